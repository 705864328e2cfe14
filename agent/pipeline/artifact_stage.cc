#include "agent/pipeline/artifact_stage.h"

#include <cstdint>
#include <string>
#include <utility>

#include "agent/pipeline/reading_order.h"

namespace konseki {
namespace {

// What becomes of files that nobody asks the content of.
FileAction action_of(FilesMode mode) {
  switch (mode) {
    case FilesMode::kCollect:
      return FileAction::kCollect;
    case FilesMode::kDigest:
      return FileAction::kDigest;
    case FilesMode::kNone:
    case FilesMode::kList:
      break;
  }
  return FileAction::kList;
}

std::uint64_t bytes_to_read(const ResolvedPlan& plan) {
  std::uint64_t bytes = 0;
  for (const ResolvedItem& item : plan.items) {
    if (item.content || item.digest) bytes += item.entry.size;
  }
  return bytes;
}

}  // namespace

Result<std::optional<ResolvedPlan>> ArtifactStage::find(std::stop_token stop) {
  observer_.started({"Finding the files to collect", "収集するファイルを探しています"});
  ResolveOptions options;
  options.core = request_.profile.core;
  options.stop = std::move(stop);
  for (const VolumeDetail& detail : source_.details()) {
    if (!detail.snapshot.empty()) options.prefixes[detail.mount] = detail.snapshot_of;
  }
  Result<void> gaps;
  options.on_gap = [&](const VolumeInfo& volume, std::string_view path, const Error& error) {
    // Places left out on purpose (/proc, network shares) are told by Source::unreadable().
    if (error.code == ErrorCode::kUnsupported) return;
    if (gaps) gaps = files_.submit_gap(volume, path, error);
  };
  const ArtifactResolver resolver(*request_.definitions, *request_.knowledge);
  auto plan = resolver.resolve(source_.file_systems(), request_.profile.artifacts, options);
  KONSEKI_TRY(std::move(gaps));
  if (!plan) return std::nullopt;
  KONSEKI_TRY(files_.drain());  // the writer is ours again
  KONSEKI_TRY(note_requests(*plan));
  return *std::move(plan);
}

// What definitions ask for beyond files: kept as facts, not done.
Result<void> ArtifactStage::note_requests(const ResolvedPlan& plan) {
  for (const std::string& name : plan.unknown_names) {
    KONSEKI_TRY(audit_.gap(name, {ErrorCode::kNotFound, "no definition of this name", {}}));
  }
  if (!request_.command_time) {
    for (const CommandRequest& command : plan.commands) {
      KONSEKI_TRY(audit_.note("command_not_run", "artifact", command.artifact));
    }
  }
  for (const WmiRequest& query : plan.wmi_queries) {
    KONSEKI_TRY(audit_.note("wmi_not_queried", "artifact", query.artifact));
  }
  return {};
}

Result<void> ArtifactStage::read(ResolvedPlan& plan) {
  put_in_reading_order(plan.items, [this](std::size_t volume) { return is_snapshot(volume); });
  observer_.started({"Reading files", "ファイルを読み取っています"});
  files_.expect(plan.items.size(), bytes_to_read(plan));
  std::size_t volume = 0;
  for (ResolvedItem& item : plan.items) {
    if (item.volume != volume) {
      volume = item.volume;
      if (is_snapshot(volume)) KONSEKI_TRY(files_.begin_snapshot());
    }
    KONSEKI_TRY(files_.submit(task_of(std::move(item))));
  }
  plan.items.clear();
  return files_.drain();
}

bool ArtifactStage::is_snapshot(std::size_t volume) const {
  const VolumeInfo& info = source_.file_systems()[volume]->info();
  return find_snapshot(source_.details(), info.mount) != nullptr;
}

FileTask ArtifactStage::task_of(ResolvedItem&& item) {
  FileTask task;
  task.file_system = source_.file_systems()[item.volume].get();
  task.entry = std::move(item.entry);
  task.size = task.entry.size;
  for (const StreamInfo& stream : task.entry.streams) {
    if (stream.name == item.stream) task.size = stream.size;
  }
  task.stream = std::move(item.stream);
  task.artifacts = std::move(item.artifacts);
  task.core = item.core;
  // Links are small and tell what is switched on (systemd, rc directories): always kept.
  const bool link = task.entry.type == FileType::kSymlink;
  task.action = item.content || link ? FileAction::kCollect : action_of(request_.files);
  if (item.digest && task.action == FileAction::kList) task.action = FileAction::kDigest;
  seen_.insert(task.file_system->info().display_path(task.entry.path), task.stream);
  return task;
}

}  // namespace konseki
