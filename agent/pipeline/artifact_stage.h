// ArtifactStage: the files that definitions ask for, found by one walk and read in good order.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>

#include "agent/pipeline/collection_request.h"
#include "agent/pipeline/file_stage.h"
#include "agent/pipeline/listing.h"
#include "agent/pipeline/run_audit.h"
#include "konseki/artifact.h"
#include "konseki/observer.h"
#include "konseki/source.h"

namespace konseki {

// References outlive it. Used on the thread that owns the source.
class ArtifactStage {
 public:
  ArtifactStage(Source& source, const CollectionRequest& request, FileStage& files, SeenFiles& seen,
                RunAudit& audit, Observer& observer)
      : source_(source),
        request_(request),
        files_(files),
        seen_(seen),
        audit_(audit),
        observer_(observer) {}

  // What the request's definitions mean on this source; nothing when `stop` was requested before
  // the end. What is asked beyond files is noted; places that could not be looked at get rows. The
  // only errors are those of writing.
  Result<std::optional<ResolvedPlan>> find(std::stop_token stop);

  // Reads the files of the plan, takes them out of it, and waits until they are written.
  Result<void> read(ResolvedPlan& plan);

 private:
  bool is_snapshot(std::size_t volume) const;
  Result<void> note_requests(const ResolvedPlan& plan);
  FileTask task_of(ResolvedItem&& item);

  Source& source_;
  const CollectionRequest& request_;
  FileStage& files_;
  SeenFiles& seen_;
  RunAudit& audit_;
  Observer& observer_;
};

}  // namespace konseki
