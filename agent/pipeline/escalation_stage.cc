#include "agent/pipeline/escalation_stage.h"

#include "agent/base/file_row_view.h"
#include "agent/pipeline/volume_set.h"

namespace konseki {

void EscalationStage::note(const FileRow& row) {
  if (!row.stream.empty()) return;
  if (row.status == FileStatus::kCollected || row.status == FileStatus::kLinked) {
    stored_.insert(row.path, {});
  }
  if (row.digests) read_.insert(row.path, {});
}

Result<void> EscalationStage::take(const WantedFile& wanted, EscalationOutcome& outcome) {
  const std::string& path = wanted.address.path;
  if (stored_.contains(path, {})) {
    ++outcome.in_bundle;
    return {};
  }
  if (outcome.taken >= kMostFiles || wanted.size > kMostOfFile ||
      outcome.bytes + wanted.size > kMostBytes) {
    ++outcome.left_out;
    return {};
  }
  const auto place = find_volume(source_.file_systems(), path);
  if (!place) return {};
  auto entry = place->file_system->stat(place->path);
  if (!entry || entry->type != FileType::kRegular) return {};  // gone by now
  FileTask task;
  task.file_system = place->file_system;
  task.entry = *std::move(entry);
  task.size = task.entry.size;
  task.artifacts = {std::string(kEscalationArtifact)};
  task.again = read_.contains(path, {});
  task.listed_before = !task.again;
  ++outcome.taken;
  outcome.bytes += task.size;
  ++outcome.reasons[std::string(wanted.why)];
  return stage_.submit(std::move(task));
}

Result<EscalationOutcome> EscalationStage::run(FilesMode mode, std::stop_token stop) {
  EscalationOutcome outcome;
  if (stop.stop_requested() || !matches_.wants_more()) return outcome;
  outcome.switched_on = true;
  observer_.started({"Looking deeper: a webshell, a miner or a defaced page was found",
                     "Web シェル・マイナー・改ざんを検出したため、詳しく調べています"});
  if (mode == FilesMode::kNone) {
    outcome.listed = true;
    KONSEKI_TRY(list_files(source_, FilesMode::kList, seen_, stage_, observer_, stop));
    KONSEKI_TRY(stage_.drain());
  }
  stage_.expect(0, 0);
  for (const WantedFile& wanted : matches_.wanted_files()) {
    if (stop.stop_requested()) break;
    KONSEKI_TRY(take(wanted, outcome));
  }
  KONSEKI_TRY(stage_.drain());
  return outcome;
}

}  // namespace konseki
