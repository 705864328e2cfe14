#include "agent/pipeline/listing.h"

#include <algorithm>

#include "agent/bundle/hash_set.h"
#include "agent/pipeline/known_content.h"

namespace konseki {
namespace {

constexpr std::size_t kBatchBytes = 512 * 1024;
constexpr std::uint64_t kReportEvery = 4096;

std::size_t hash_of(std::string_view display_path, std::string_view stream) {
  const std::size_t path = std::hash<std::string_view>{}(display_path);
  return stream.empty() ? path : path * 31 + std::hash<std::string_view>{}(stream) + 1;
}

// Gathers rows of one volume into batches and hands files on that must be read.
class VolumeLister {
 public:
  // `known` (null where there are no shadow copies) holds what the volumes before have listed; a
  // shadow copy lists only what differs from it.
  VolumeLister(FileSystem& file_system, std::span<const VolumeDetail> details, FilesMode mode,
               const SeenFiles& seen, HashSet* known, FileStage& stage, Observer& observer)
      : file_system_(file_system),
        details_(details),
        copy_(find_snapshot(details, file_system.info().mount)),
        mode_(mode),
        seen_(seen),
        known_(known),
        stage_(stage),
        observer_(observer) {}

  Result<void> run(std::stop_token stop) {
    WalkOptions options;
    options.include_deleted = true;
    options.stop = stop;
    options.on_error = [&](std::string_view path, const Error& error) {
      keep(flush());
      if (result_) keep(stage_.submit_gap(file_system_.info(), path, error));
    };
    auto walked = file_system_.walk(options, [&](const Entry& entry) {
      visit(entry);
      return result_ && !stop.stop_requested() ? WalkAction::kContinue : WalkAction::kStop;
    });
    KONSEKI_TRY(std::move(result_));
    KONSEKI_TRY(flush());
    if (walked || walked.error().code == ErrorCode::kCancelled) return {};
    return stage_.submit_gap(file_system_.info(), "", walked.error());
  }

 private:
  void visit(const Entry& entry) {
    display_.assign(file_system_.info().mount);
    display_ += '/';
    display_ += entry.path;
    const bool is_new = known_ == nullptr || known_->insert(facts_of(entry));
    if (!is_new && copy_ != nullptr) return;
    if (!seen_.contains(display_, {})) take(entry);
    if (mode_ != FilesMode::kList) {
      for (const StreamInfo& stream : entry.streams) {
        if (!seen_.contains(display_, stream.name)) read(entry, stream.name, stream.size);
      }
    }
    if (++visited_ % kReportEvery == 0) {
      observer_.progressed({{"Listing files", "ファイルを一覧中"}, visited_, 0, 0, 0, display_});
    }
  }

  // What changes when a file does, by its place on its own volume.
  std::uint64_t facts_of(const Entry& entry) const {
    std::string key;
    for (const auto& time : {entry.times.modified, entry.times.changed, entry.times.created}) {
      if (time) key += time->iso8601();
      key += ' ';
    }
    for (const std::uint64_t number :
         {entry.size, entry.inode, std::uint64_t{entry.sequence},
          static_cast<std::uint64_t>(entry.allocation), std::uint64_t{entry.streams.size()}}) {
      key += std::to_string(number) + ' ';
    }
    return own_place(details_, file_system_.info(), entry.path, key);
  }

  void take(const Entry& entry) {
    const bool readable = entry.type == FileType::kRegular && !entry.cloud_placeholder;
    const bool storable = readable || entry.type == FileType::kSymlink;
    if (mode_ == FilesMode::kDigest ? readable : mode_ == FilesMode::kCollect && storable) {
      read(entry, {}, entry.size);
      return;
    }
    stage_.see_listed(entry, file_system_.info(), display_);
    FileRow row;
    row.entry = &entry;
    row.volume = &file_system_.info();
    row.path = display_;
    if (copy_ != nullptr) row.snapshot = copy_->snapshot;
    row.size = entry.size;
    if (entry.cloud_placeholder) {
      row.status = FileStatus::kSkipped;
      row.reason = "cloud_placeholder";
    }
    append_file_row(batch_, row);
    batch_ += '\n';
    ++batched_;
    if (batch_.size() >= kBatchBytes) keep(flush());
  }

  void read(const Entry& entry, std::string_view stream, std::uint64_t size) {
    keep(flush());
    if (!result_) return;
    FileTask task;
    task.file_system = &file_system_;
    task.entry = entry;
    task.stream = stream;
    task.size = size;
    task.action = mode_ == FilesMode::kCollect ? FileAction::kCollect : FileAction::kDigest;
    keep(stage_.submit(std::move(task)));
  }

  Result<void> flush() {
    if (batch_.empty()) return {};
    std::string batch;
    batch.reserve(kBatchBytes + 4096);
    batch.swap(batch_);
    return stage_.submit_listed(std::move(batch), std::exchange(batched_, 0));
  }

  void keep(Result<void> result) {
    if (result_ && !result) result_ = std::move(result);
  }

  FileSystem& file_system_;
  std::span<const VolumeDetail> details_;
  const VolumeDetail* copy_;  // null unless the volume is a shadow copy
  const FilesMode mode_;
  const SeenFiles& seen_;
  HashSet* known_;
  FileStage& stage_;
  Observer& observer_;
  std::string display_;
  std::string batch_;
  std::uint64_t batched_ = 0;
  std::uint64_t visited_ = 0;
  Result<void> result_;
};

}  // namespace

bool SeenFiles::insert(std::string_view display_path, std::string_view stream) {
  return hashes_.insert(hash_of(display_path, stream)).second;
}

bool SeenFiles::contains(std::string_view display_path, std::string_view stream) const {
  return !hashes_.empty() && hashes_.contains(hash_of(display_path, stream));
}

Result<void> list_files(Source& source, FilesMode mode, const SeenFiles& seen, FileStage& stage,
                        Observer& observer, std::stop_token stop) {
  if (mode == FilesMode::kNone) return {};
  observer.started({"Listing every file", "すべてのファイルを一覧しています"});
  const auto details = source.details();
  const bool snapshots = std::any_of(details.begin(), details.end(),
                                     [](const auto& detail) { return !detail.snapshot.empty(); });
  HashSet known;
  for (const auto& file_system : source.file_systems()) {
    if (stop.stop_requested()) break;
    if (find_snapshot(details, file_system->info().mount) != nullptr) {
      KONSEKI_TRY(stage.begin_snapshot());
    }
    VolumeLister lister(*file_system, details, mode, seen, snapshots ? &known : nullptr, stage,
                        observer);
    KONSEKI_TRY(lister.run(stop));
  }
  return {};
}

}  // namespace konseki
