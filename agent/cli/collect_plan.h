// CollectPlan: what a run takes from its source, made of settings, definitions and the source.
#pragma once

#include <future>

#include "agent/cli/collect_settings.h"
#include "agent/pipeline/collection_request.h"
#include "konseki/artifact.h"
#include "konseki/observer.h"
#include "konseki/result.h"
#include "konseki/source.h"

namespace konseki {

// Not thread-safe. The settings outlive it; it outlives the run.
class CollectPlan {
 public:
  // Begins to load the embedded definitions, which takes a tenth of a second.
  explicit CollectPlan(const CollectSettings& settings) : settings_(settings) {}

  // Asked for only where there are shadow copies, for it waits for the definitions.
  SnapshotChoice snapshots();

  // Reads definitions that were given by hand, and from the source who and where it is. `observer`
  // is warned of what is wrong in the former. kInvalidArgument with advice for names that nobody
  // knows. What the request points to is here; its matches and output are left to the caller.
  Result<CollectionRequest> make(Source& source, Observer& observer);

  const DefinitionSet& definitions() const { return definitions_; }
  const KnowledgeBase& knowledge() const { return knowledge_; }

 private:
  void load_embedded();
  Result<void> read_definitions(Observer& observer);
  Result<Profile> choose_profile();
  Limits limits_of(const Profile& profile) const;
  FilesMode files_of(const Profile& profile, const Source& source, Observer& observer) const;
  bool is_loose_folder(const Source& source) const;

  const CollectSettings& settings_;
  std::future<DefinitionSet> embedded_ = std::async(std::launch::async, [this] {
    const bool needed = settings_.profile != kNoProfile || !settings_.artifacts.empty();
    return needed ? embedded_definitions() : DefinitionSet();
  });
  DefinitionSet definitions_;
  KnowledgeBase knowledge_;
};

}  // namespace konseki
