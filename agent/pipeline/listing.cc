#include "agent/pipeline/listing.h"

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
  VolumeLister(FileSystem& file_system, FilesMode mode, const SeenFiles& seen, FileStage& stage,
               Observer& observer)
      : file_system_(file_system), mode_(mode), seen_(seen), stage_(stage), observer_(observer) {}

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
  const FilesMode mode_;
  const SeenFiles& seen_;
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
  for (const auto& file_system : source.file_systems()) {
    if (stop.stop_requested()) break;
    VolumeLister lister(*file_system, mode, seen, stage, observer);
    KONSEKI_TRY(lister.run(stop));
  }
  return {};
}

}  // namespace konseki
