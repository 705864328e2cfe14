// LiveStage: the running system, observed before any file is read.
#pragma once

#include <vector>

#include "agent/pipeline/file_stage_parts.h"
#include "agent/pipeline/file_task.h"
#include "agent/pipeline/limits.h"
#include "agent/pipeline/run_audit.h"
#include "konseki/collector.h"
#include "konseki/live_host.h"

namespace konseki {

// Used on the writer's thread, with no member open.
class LiveStage {
 public:
  // `parts.collectors` are in order of volatility.
  LiveStage(FileStageParts parts, const Limits& limits, RunAudit& audit)
      : parts_(std::move(parts)), limits_(limits), audit_(audit) {}

  // Lets each collector of live state look, until the budget's time is over. What they cannot see
  // becomes gaps; the only errors are those of writing.
  Result<void> run(LiveHost& host, const CollectorContext& context);

 private:
  class Found;

  Result<void> observe(Collector& collector, const CollectorContext& context, LiveHost& host,
                       Found& found);
  Result<void> copy_files(std::vector<FileTask> tasks);

  FileStageParts parts_;
  const Limits& limits_;
  RunAudit& audit_;
};

}  // namespace konseki
