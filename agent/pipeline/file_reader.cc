#include "agent/pipeline/file_reader.h"

#include <algorithm>
#include <string>

#include "agent/base/memory_reader.h"
#include "agent/base/sqlite_database.h"
#include "agent/pipeline/ese_logs.h"
#include "konseki/medium_reader.h"

namespace konseki {
namespace {

constexpr std::uint64_t kChunk = 1 << 20;
// Programs and libraries are smaller; the run cannot be ended while it reads so.
constexpr std::uint64_t kMostDigestedFirst = std::uint64_t{1} << 30;
constexpr std::uint64_t kSparseFrom = std::uint64_t{16} << 20;  // smaller holes are stored as zeros

bool is_stored_without_content(FileType type) {
  return type == FileType::kSymlink || type == FileType::kFifo ||
         type == FileType::kCharacterDevice || type == FileType::kBlockDevice;
}

// The stored ranges of a file with large holes; empty when it is stored whole.
std::vector<ByteRange> sparse_ranges(ByteReader& content) {
  std::vector<ByteRange> ranges;
  std::uint64_t at = 0;
  std::uint64_t stored = 0;
  const std::uint64_t size = content.size();
  while (at < size) {
    ByteRange range = content.next_data(at);
    if (range.length == 0 || range.offset < at || range.offset >= size) break;
    range.length = std::min(range.length, size - range.offset);
    stored += range.length;
    at = range.end();
    if (!ranges.empty() && ranges.back().end() == range.offset) {
      ranges.back().length += range.length;
    } else {
      ranges.push_back(range);
    }
  }
  if (size - stored < kSparseFrom) return {};
  if (ranges.empty()) ranges.push_back({size, 0});
  return ranges;
}

}  // namespace

FileReader::Begun FileReader::begin(const std::shared_ptr<FileJob>& job) {
  const FileTask& task = job->task;
  if (task.action == FileAction::kCollect && is_stored_without_content(task.entry.type)) {
    job->status = FileStatus::kCollected;
    return {.needs_worker = true, .rest = {}};
  }
  if (task.action == FileAction::kList || task.entry.type != FileType::kRegular) return {};
  if (const std::string_view reason = refuse(task); !reason.empty()) {
    job->status = FileStatus::kSkipped;
    job->reason = reason;
    return {};
  }
  auto content = task.file_system->open(task.entry, task.stream);
  if (!content) {
    const Error& why = content.error();
    const bool by_design = why.code == ErrorCode::kUnsupported;
    job->status = by_design ? FileStatus::kSkipped : FileStatus::kFailed;
    job->reason = row_reason(why);
    job->detail = why.detail;
    return {};
  }
  job->status = task.action == FileAction::kCollect ? FileStatus::kCollected : FileStatus::kListed;
  job->access_method = access_method_of(**content);
  if ((*content)->size() > whole_file_limit_) return begin_large(job, *std::move(content));
  read_small(*job, **content);
  if (task.action == FileAction::kCollect) {
    budget_.take(job->content.size());
    SpanReader bytes(job->content);
    look_for_logs(*job, bytes);
  }
  return {.needs_worker = true, .rest = {}};
}

std::string_view FileReader::refuse(const FileTask& task) const {
  if (task.entry.cloud_placeholder && task.stream.empty()) return "cloud_placeholder";
  const bool store = task.action == FileAction::kCollect;
  return budget_.refuse(task.size, store, task.core);
}

void FileReader::read_small(FileJob& job, ByteReader& content) {
  job.gate_bytes = content.size();
  gate_.acquire(job.gate_bytes);
  const std::uint64_t expected = job.task.size;
  job.content.resize(static_cast<std::size_t>(content.size()));
  std::size_t filled = 0;
  while (filled < job.content.size()) {
    auto count = content.read_at(filled, std::span(job.content).subspan(filled));
    if (!count) {
      job.reason = row_reason(count.error());
      job.detail = count.error().detail;
      break;
    }
    if (*count == 0) break;
    filled += *count;
  }
  job.content.resize(filled);
  job.size = filled;
  job.lost = lost_of(content, {0, filled});
  if (!job.reason.empty() && filled == 0) {
    job.status = FileStatus::kFailed;
  } else if (job.reason.empty() && filled != expected) {
    job.detail = "changed while it was read: " + std::to_string(expected) + " bytes before";
  }
}

FileReader::Begun FileReader::begin_large(const std::shared_ptr<FileJob>& job,
                                          std::unique_ptr<ByteReader> content) {
  if (repeat_first_name(job)) return {};
  job->size = content->size();
  job->ranges = sparse_ranges(*content);
  if (job->ranges.empty() && may_be_known(*job)) job->digests = digest_first(*content);
  if (job->digests && job->snapshot != nullptr && job->task.action == FileAction::kCollect) {
    job->same_as = known_.member(job->digests->sha256);
    job->unchanged = !job->same_as.empty() && known_.same_place(job->digests->sha256, job->place);
  }
  examine_large(*job);
  if (!job->same_as.empty()) return {};
  if (job->digests && job->task.action == FileAction::kDigest) {
    job->lost = lost_of(*content, {0, job->size});
    return {};
  }
  job->chunks = std::make_shared<ChunkQueue>();
  std::vector<ByteRange> ranges = job->data_ranges();
  if (job->task.action == FileAction::kCollect) {
    std::uint64_t stored = 0;
    for (const ByteRange& range : ranges) stored += range.length;
    budget_.take(stored);
  }
  return {.needs_worker = false, .rest = Rest{std::move(content), std::move(ranges), job->chunks}};
}

// A further name of a large file that was read already is not read again.
bool FileReader::repeat_first_name(const std::shared_ptr<FileJob>& job) {
  const FileTask& task = job->task;
  if (task.entry.link_count < 2 || !task.stream.empty()) return false;
  auto [at, is_new] = first_name_.try_emplace({task.file_system, task.entry.inode}, job);
  if (is_new || at->second->task.action != task.action) return false;
  job->first_name = at->second;
  return true;
}

// Large files are stored and shown to matchers while they are read. Where all of it may be known by
// its digest, that is taken first: a read more, but no second copy, and nothing to look through.
bool FileReader::may_be_known(const FileJob& job) const {
  if (job.size > kMostDigestedFirst) return false;
  if (examiner_.may_be_harmless(job)) return true;
  return job.snapshot != nullptr && job.task.action == FileAction::kCollect &&
         known_.has_size(job.size);
}

// Nothing where it could not be read to its end: who reads it afterwards says why.
std::optional<Digests> FileReader::digest_first(ByteReader& content) {
  DigestPass pass;
  std::vector<std::byte> chunk(kChunk);
  for (std::uint64_t at = 0; at < content.size();) {
    budget_.pace();
    const auto count = content.read_at(at, chunk);
    if (!count || *count == 0) return std::nullopt;
    pass.update(std::span(chunk).first(*count));
    at += *count;
  }
  return pass.finish();
}

// What programs wrote beside a hive or a database and not yet into it.
void FileReader::look_for_logs(FileJob& job, ByteReader& content) {
  const FileTask& task = job.task;
  if (!task.stream.empty()) return;
  if (task.file_system->info().style == PathStyle::kWindows) {
    job.hive_logs = read_hive_logs(*task.file_system, task.entry, job.path, content);
  }
  if (job.hive_logs || !examiner_.parses(job)) return;
  if (begins_as_sqlite(content)) {
    job.wal_log = read_wal_log(*task.file_system, task.entry, content);
  } else {
    job.ese_logs = read_ese_logs(*task.file_system, task.entry, content);
  }
}

// Parsers and matchers need random access; a file that does not fit in memory is read by them from
// its source, on this thread. The kernel or the image cache has most of it at hand.
void FileReader::examine_large(FileJob& job) {
  const bool parsed = job.task.action == FileAction::kCollect;
  if (!parsed && !examiner_.wants_match(job)) return;
  auto content = job.task.file_system->open(job.task.entry, job.task.stream);
  if (!content) return;
  if (parsed) look_for_logs(job, **content);
  examiner_.examine_large(job, **content);
}

Result<void> FileReader::read_rest(const Rest& rest, const std::function<Result<void>()>& state) {
  for (const ByteRange& range : rest.ranges) {
    std::uint64_t at = range.offset;
    while (at < range.end()) {
      if (auto failed = state(); !failed) {
        rest.chunks->finish({});
        return failed;
      }
      budget_.pace();
      const auto want = static_cast<std::size_t>(std::min(kChunk, range.end() - at));
      gate_.acquire(want);
      std::vector<std::byte> chunk(want);
      auto count = rest.content->read_at(at, chunk);
      if (!count || *count == 0) {
        gate_.release(want);
        rest.chunks->finish({count ? std::nullopt : std::optional<Error>(count.error()),
                             lost_of(*rest.content, {0, at})});
        return {};
      }
      if (*count < want) gate_.release(want - *count);
      chunk.resize(*count);
      rest.chunks->push(std::move(chunk));
      at += *count;
    }
  }
  rest.chunks->finish({std::nullopt, lost_of(*rest.content, {0, rest.content->size()})});
  return {};
}

}  // namespace konseki
