#include "agent/pipeline/file_stage.h"

#include <algorithm>
#include <utility>

#include "agent/base/digest.h"

namespace konseki {

FileStage::FileStage(FileStageParts parts, const Limits& limits)
    : parts_(std::move(parts)),
      snapshots_(std::any_of(parts_.details.begin(), parts_.details.end(),
                             [](const VolumeDetail& detail) { return !detail.snapshot.empty(); })),
      gate_(limits.max_memory / 4),
      examiner_(parts_, known_),
      reader_(parts_.budget, gate_, known_, examiner_, limits),
      writer_(parts_, gate_, snapshots_ ? &known_ : nullptr, examiner_) {
  for (unsigned i = 0; i < std::max(1U, limits.workers); ++i) {
    workers_.emplace_back([this] { work(); });
  }
  writer_thread_ = std::jthread([this] { write_loop(); });
}

FileStage::~FileStage() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_ready_.notify_all();
  write_ready_.notify_all();
}

Result<void> FileStage::state() {
  std::lock_guard lock(mutex_);
  if (error_) return fail(*error_);
  return {};
}

Result<void> FileStage::submit(FileTask&& task) {
  KONSEKI_TRY(state());
  parts_.budget.pace();
  const VolumeInfo& volume = task.file_system->info();
  auto job = std::make_shared<FileJob>();
  job->path = volume.display_path(task.entry.path);
  job->size = task.size;
  if (snapshots_) {
    job->snapshot = find_snapshot(parts_.details, volume.mount);
    job->place = own_place(parts_.details, volume, task.entry.path, task.stream);
  }
  job->task = std::move(task);
  const FileReader::Begun begun = reader_.begin(job);
  enqueue(std::move(job), begun.needs_worker);
  if (!begun.rest) return {};
  return reader_.read_rest(*begun.rest, [this] { return state(); });
}

Result<void> FileStage::submit_listed(std::string&& rows, std::uint64_t count) {
  KONSEKI_TRY(state());
  parts_.budget.pace();
  auto job = std::make_shared<FileJob>();
  job->gate_bytes = rows.size();
  gate_.acquire(job->gate_bytes);
  job->listed_rows = std::move(rows);
  job->listed_count = count;
  enqueue(std::move(job), false);
  return {};
}

Result<void> FileStage::submit_gap(const VolumeInfo& volume, std::string_view path,
                                   const Error& error) {
  KONSEKI_TRY(state());
  Entry entry;
  entry.path = path;
  entry.type = FileType::kDirectory;
  const std::string display = volume.display_path(path);
  FileRow row;
  row.entry = &entry;
  row.volume = &volume;
  row.path = display;
  row.status = FileStatus::kFailed;
  row.reason = row_reason(error);
  row.detail = error.detail;
  auto job = std::make_shared<FileJob>();
  append_file_row(job->listed_rows, row);
  job->listed_rows += '\n';
  job->status = FileStatus::kFailed;
  enqueue(std::move(job), false);
  return {};
}

void FileStage::enqueue(std::shared_ptr<FileJob> job, bool needs_worker) {
  {
    std::lock_guard lock(mutex_);
    job->sequence = next_sequence_++;
    if (needs_worker) {
      work_.push_back(std::move(job));
    } else {
      finished_.emplace(job->sequence, std::move(job));
    }
  }
  (needs_worker ? work_ready_ : write_ready_).notify_one();
}

void FileStage::work() {
  DigestPass digests;
  while (true) {
    std::shared_ptr<FileJob> job;
    {
      std::unique_lock lock(mutex_);
      work_ready_.wait(lock, [&] { return stopping_ || !work_.empty(); });
      if (work_.empty()) return;
      job = std::move(work_.front());
      work_.pop_front();
    }
    examiner_.examine(*job, digests);
    if (job->task.action == FileAction::kDigest) let_go(*job);
    {
      std::lock_guard lock(mutex_);
      finished_.emplace(job->sequence, job);
    }
    write_ready_.notify_one();
  }
}

void FileStage::write_loop() {
  while (true) {
    std::shared_ptr<FileJob> job;
    bool failed = false;
    {
      std::unique_lock lock(mutex_);
      write_ready_.wait(lock, [&] {
        return (!finished_.empty() && finished_.begin()->first == next_written_) ||
               (stopping_ && next_written_ == next_sequence_);
      });
      if (finished_.empty() || finished_.begin()->first != next_written_) return;
      job = std::move(finished_.begin()->second);
      finished_.erase(finished_.begin());
      failed = error_.has_value();
    }
    Result<void> written;
    if (!failed) written = writer_.write(*job);
    let_go(*job);
    {
      std::lock_guard lock(mutex_);
      if (!written && !error_) error_ = written.error();
      ++next_written_;
    }
    drained_.notify_all();
    write_ready_.notify_one();
  }
}

// Gives back what of the job's content, which nobody needs any more, is still in flight.
void FileStage::let_go(FileJob& job) {
  if (job.chunks) {  // those that were not written
    for (auto rest = job.chunks->pop(); !rest.empty(); rest = job.chunks->pop()) {
      gate_.release(rest.size());
    }
  }
  gate_.release(std::exchange(job.gate_bytes, 0));
  job.content = {};
}

Result<void> FileStage::begin_snapshot() {
  KONSEKI_TRY(drain());
  known_.publish();
  return {};
}

Result<void> FileStage::drain() {
  std::unique_lock lock(mutex_);
  drained_.wait(lock, [&] { return next_written_ == next_sequence_; });
  if (error_) return fail(*error_);
  return {};
}

}  // namespace konseki
