// FileStageParts: what a FileStage and its parts need and do not own.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/bundle/member_names.h"
#include "agent/pipeline/budget.h"
#include "agent/pipeline/counts.h"
#include "agent/pipeline/match_stage.h"
#include "agent/pipeline/record_stage.h"
#include "konseki/bundle.h"
#include "konseki/collector.h"
#include "konseki/observer.h"
#include "konseki/source.h"

namespace konseki {

class PackageDatabase;

struct FileStageParts {
  BundleWriter& writer;
  MemberNames& names;
  RecordStage& records;
  std::vector<std::unique_ptr<Collector>>& collectors;
  Budget& budget;
  Counts& counts;
  Observer& observer;
  const PackageDatabase* packages = nullptr;   // null when the evidence has none
  std::string evidence;                        // PathSpec::evidence of every record
  MatchStage* matches = nullptr;               // null when nobody looks for anything
  std::span<const VolumeDetail> details = {};  // of the source
};

}  // namespace konseki
