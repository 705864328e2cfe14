#include "agent/pipeline/file_stage.h"

#include <algorithm>
#include <exception>

#include "agent/base/clock.h"
#include "agent/base/json_writer.h"
#include "agent/base/memory_reader.h"
#include "agent/base/record_json.h"
#include "agent/base/registry_log.h"
#include "agent/base/sqlite_database.h"
#include "agent/pipeline/hive_logs.h"
#include "agent/pipeline/wal_log.h"
#include "collectors/linux/dpkg/package_database.h"
#include "konseki/medium_reader.h"
#include "konseki/persistence.h"

namespace konseki {
namespace {

constexpr std::uint64_t kChunk = 1 << 20;
constexpr std::uint64_t kSparseFrom = std::uint64_t{16} << 20;  // smaller holes are stored as zeros

// Stands among the names of definitions in the row of a file that a finding brought into the
// bundle.
constexpr std::string_view kFindingArtifact = "KonsekiFinding";

bool is_stored_without_content(FileType type) {
  return type == FileType::kSymlink || type == FileType::kFifo ||
         type == FileType::kCharacterDevice || type == FileType::kBlockDevice;
}

// The stored ranges of a file with large holes; empty when it is stored whole.
std::vector<ByteRange> sparse_ranges(ByteReader& reader) {
  std::vector<ByteRange> ranges;
  std::uint64_t at = 0;
  std::uint64_t stored = 0;
  const std::uint64_t size = reader.size();
  while (at < size) {
    ByteRange range = reader.next_data(at);
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

// A copy of a hive in a Linux home folder says nothing about this host, so collectors of one system
// see only volumes of its kind.
bool fits(OperatingSystem os, PathStyle style) {
  return os == OperatingSystem::kUnknown ||
         (os == OperatingSystem::kWindows) == (style == PathStyle::kWindows);
}

std::string reason_of(const Error& error) {
  return error.detail == "overwritten" ? "overwritten" : std::string(error_code_name(error.code));
}

}  // namespace

// Chunks of a large file on their way from the reader to the writer, in order.
struct FileStage::Chunks {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::vector<std::byte>> ready;
  bool complete = false;
  std::optional<Error> error;   // the read ended early
  std::vector<ByteRange> lost;  // set before `complete`

  void push(std::vector<std::byte> chunk) {
    {
      std::lock_guard lock(mutex);
      ready.push_back(std::move(chunk));
    }
    changed.notify_one();
  }
  void finish(std::optional<Error> why, std::vector<ByteRange> lost_ranges = {}) {
    {
      std::lock_guard lock(mutex);
      lost = std::move(lost_ranges);
      complete = true;
      error = std::move(why);
    }
    changed.notify_one();
  }
  // The next chunk; empty at the end.
  std::vector<std::byte> pop() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return !ready.empty() || complete; });
    if (ready.empty()) return {};
    std::vector<std::byte> chunk = std::move(ready.front());
    ready.pop_front();
    return chunk;
  }
};

struct FileStage::Job {
  std::uint64_t sequence = 0;
  FileTask task;
  std::string path;  // display path
  FileStatus status = FileStatus::kListed;
  std::string reason;
  std::string detail;
  std::string member;
  std::uint64_t size = 0;  // as read
  std::uint64_t padded = 0;
  std::vector<ByteRange> lost;  // unreadable on the medium, zeros in the content
  std::string access_method;
  std::vector<std::byte> content;   // small files
  std::shared_ptr<Chunks> chunks;   // large files
  std::vector<ByteRange> ranges;    // of large sparse files
  std::shared_ptr<Job> first_name;  // another name of the same inode, read before
  std::uint64_t gate_bytes = 0;
  std::optional<Digests> digests;
  bool unchanged = false;  // in a shadow copy: this place held the same content on a volume before
  std::string same_as;     // large file of a shadow copy: the member that holds its content
  std::string package;
  std::string package_state;
  bool matched = false;               // matchers have seen its facts
  bool known_good = false;            // its content is known to be harmless
  std::optional<HiveLogs> hive_logs;  // of a dirty registry hive
  std::optional<WalLog> wal_log;      // of an SQLite database
  std::vector<RecordLine> records;
  std::vector<Record> persistence;
  std::vector<std::string> collector_failures;  // "collector: why"
  std::string listed_rows;                      // a batch of ready rows instead of a file
  std::uint64_t listed_count = 0;
};

FileStage::FileStage(FileStageParts parts, const Limits& limits)
    : parts_(std::move(parts)),
      gate_(limits.max_memory / 4),
      whole_file_limit_(whole_file_limit(limits)) {
  snapshots_ = std::any_of(parts_.details.begin(), parts_.details.end(),
                           [](const VolumeDetail& detail) { return !detail.snapshot.empty(); });
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

Result<void> FileStage::error() {
  std::lock_guard lock(mutex_);
  if (error_) return fail(*error_);
  return {};
}

void FileStage::enqueue(std::shared_ptr<Job> job, bool needs_worker) {
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

std::string_view FileStage::refuse(const FileTask& task) const {
  if (task.entry.cloud_placeholder && task.stream.empty()) return "cloud_placeholder";
  const bool store = task.action == FileAction::kCollect;
  return parts_.budget.refuse(task.size, store, task.core);
}

Result<void> FileStage::submit(FileTask&& task) {
  KONSEKI_TRY(error());
  parts_.budget.pace();
  auto job = std::make_shared<Job>();
  job->path = task.file_system->info().display_path(task.entry.path);
  job->size = task.size;
  job->task = std::move(task);
  const FileTask& its = job->task;

  if (its.action == FileAction::kCollect && is_stored_without_content(its.entry.type)) {
    job->status = FileStatus::kCollected;
    enqueue(job, true);
    return {};
  }
  if (its.action == FileAction::kList || its.entry.type != FileType::kRegular) {
    enqueue(job, false);
    return {};
  }
  if (const std::string_view reason = refuse(its); !reason.empty()) {
    job->status = FileStatus::kSkipped;
    job->reason = reason;
    enqueue(job, false);
    return {};
  }
  auto reader = its.file_system->open(its.entry, its.stream);
  if (!reader) {
    const Error& why = reader.error();
    const bool by_design = why.code == ErrorCode::kUnsupported;
    job->status = by_design ? FileStatus::kSkipped : FileStatus::kFailed;
    job->reason = reason_of(why);
    job->detail = why.detail;
    enqueue(job, false);
    return {};
  }
  job->status = its.action == FileAction::kCollect ? FileStatus::kCollected : FileStatus::kListed;
  job->access_method = access_method_of(**reader);
  if ((*reader)->size() > whole_file_limit_) {
    if (repeat_first_name(job)) return {};
    if (auto digests = digest_first(*job, **reader)) {
      job->digests = *digests;
      job->unchanged = known_.same_place(digests->sha256, place_of(*job));
      job->same_as = known_.member(digests->sha256);
      look_at_large(*job);
      enqueue(job, false);
      return {};
    }
    return read_large(job, **reader);
  }
  read_small(*job, **reader);
  if (its.action == FileAction::kCollect) {
    parts_.budget.take(job->content.size());
    SpanReader content(job->content);
    look_for_logs(*job, content);
  }
  enqueue(job, true);
  return {};
}

// Large files are stored while they are read, so of those in shadow copies that may be known the
// digest is taken first: a read more, but no second copy. Nothing where the content is new.
std::optional<Digests> FileStage::digest_first(const Job& job, ByteReader& reader) {
  const FileTask& task = job.task;
  if (snapshot_of(task) == nullptr || task.action != FileAction::kCollect) return std::nullopt;
  if (!known_.has_size(reader.size())) return std::nullopt;
  DigestPass pass;
  std::vector<std::byte> chunk(kChunk);
  for (std::uint64_t at = 0; at < reader.size();) {
    parts_.budget.pace();
    const auto count = reader.read_at(at, chunk);
    if (!count || *count == 0) return std::nullopt;
    pass.update(std::span(chunk).first(*count));
    at += *count;
  }
  const Digests digests = pass.finish();
  if (known_.member(digests.sha256).empty()) return std::nullopt;
  return digests;
}

// A further name of a large file that was read already is not read again.
bool FileStage::repeat_first_name(const std::shared_ptr<Job>& job) {
  const FileTask& task = job->task;
  if (task.entry.link_count < 2 || !task.stream.empty()) return false;
  auto [at, is_new] = first_name_.try_emplace({task.file_system, task.entry.inode}, job);
  if (is_new || at->second->task.action != task.action) return false;
  job->first_name = at->second;
  enqueue(job, false);
  return true;
}

void FileStage::read_small(Job& job, ByteReader& reader) {
  job.gate_bytes = reader.size();
  gate_.acquire(job.gate_bytes);
  const std::uint64_t expected = job.task.size;
  job.content.resize(static_cast<std::size_t>(reader.size()));
  std::size_t filled = 0;
  while (filled < job.content.size()) {
    auto count = reader.read_at(filled, std::span(job.content).subspan(filled));
    if (!count) {
      job.reason = reason_of(count.error());
      job.detail = count.error().detail;
      break;
    }
    if (*count == 0) break;
    filled += *count;
  }
  job.content.resize(filled);
  job.size = filled;
  job.lost = lost_of(reader, {0, filled});
  if (!job.reason.empty() && filled == 0) {
    job.status = FileStatus::kFailed;
  } else if (job.reason.empty() && filled != expected) {
    job.detail = "changed while it was read: " + std::to_string(expected) + " bytes before";
  }
}

Result<void> FileStage::read_large(const std::shared_ptr<Job>& job, ByteReader& reader) {
  job->chunks = std::make_shared<Chunks>();
  job->size = reader.size();
  job->ranges = sparse_ranges(reader);
  std::vector<ByteRange> ranges = job->ranges;
  if (ranges.empty()) ranges.push_back({0, job->size});
  if (job->task.action == FileAction::kCollect) {
    std::uint64_t stored = 0;
    for (const ByteRange& range : ranges) stored += range.length;
    parts_.budget.take(stored);
  }
  look_at_large(*job);
  const std::shared_ptr<Chunks> chunks = job->chunks;
  enqueue(job, false);

  for (const ByteRange& range : ranges) {
    std::uint64_t at = range.offset;
    while (at < range.end()) {
      if (auto failed = error(); !failed) {
        chunks->finish(std::nullopt);
        return failed;
      }
      parts_.budget.pace();
      const auto want = static_cast<std::size_t>(std::min(kChunk, range.end() - at));
      gate_.acquire(want);
      std::vector<std::byte> chunk(want);
      auto count = reader.read_at(at, chunk);
      if (!count || *count == 0) {
        gate_.release(want);
        chunks->finish(count ? std::nullopt : std::optional<Error>(count.error()),
                       lost_of(reader, {0, at}));
        return {};
      }
      if (*count < want) gate_.release(want - *count);
      chunk.resize(*count);
      chunks->push(std::move(chunk));
      at += *count;
    }
  }
  chunks->finish(std::nullopt, lost_of(reader, {0, reader.size()}));
  return {};
}

// Parsers and matchers need random access; a file that does not fit in memory is read by them from
// its source, on the reader's thread, which owns it. The kernel or the image cache has most of it
// at hand.
void FileStage::look_at_large(Job& job) {
  const bool parsed = job.task.action == FileAction::kCollect;
  if (!parsed && !wants_match(job)) return;
  auto reader = job.task.file_system->open(job.task.entry, job.task.stream);
  if (!reader) return;
  if (parsed) {
    look_for_logs(job, **reader);
    parse(job, **reader);
  }
  match_content(job, **reader);
}

void FileStage::look_for_logs(Job& job, ByteReader& content) {
  const FileTask& task = job.task;
  if (!task.stream.empty()) return;
  if (task.file_system->info().style == PathStyle::kWindows) {
    job.hive_logs = read_hive_logs(*task.file_system, task.entry, job.path, content);
  }
  if (!job.hive_logs && begins_as_sqlite(content) && is_wanted(job)) {
    job.wal_log = read_wal_log(*task.file_system, task.entry, content);
  }
}

// True when some collector will parse the file.
bool FileStage::is_wanted(const Job& job) const {
  const FileItem item{job.task.entry, job.task.file_system->info(), job.path, job.task.stream,
                      job.task.artifacts};
  return std::any_of(parts_.collectors.begin(), parts_.collectors.end(), [&](const auto& each) {
    return fits(each->info().os, item.volume.style) && each->wants(item);
  });
}

Result<void> FileStage::submit_listed(std::string&& rows, std::uint64_t count) {
  KONSEKI_TRY(error());
  parts_.budget.pace();
  auto job = std::make_shared<Job>();
  job->gate_bytes = rows.size();
  gate_.acquire(job->gate_bytes);
  job->listed_rows = std::move(rows);
  job->listed_count = count;
  enqueue(job, false);
  return {};
}

Result<void> FileStage::submit_gap(const VolumeInfo& volume, std::string_view path,
                                   const Error& why) {
  KONSEKI_TRY(error());
  Entry entry;
  entry.path = path;
  entry.type = FileType::kDirectory;
  const std::string display = volume.display_path(path);
  const std::string reason = reason_of(why);
  FileRow row;
  row.entry = &entry;
  row.volume = &volume;
  row.path = display;
  row.status = FileStatus::kFailed;
  row.reason = reason;
  row.detail = why.detail;
  auto job = std::make_shared<Job>();
  append_file_row(job->listed_rows, row);
  job->listed_rows += '\n';
  job->status = FileStatus::kFailed;
  job->reason = reason;
  enqueue(job, false);
  return {};
}

// What matchers are told of a file; views into what the caller holds.
class FileStage::Looked {
 public:
  Looked(const FileStageParts& parts, const Entry& entry, const VolumeInfo& volume,
         std::string_view path, std::string_view stream, std::span<const std::string> artifacts)
      : item_{entry, volume, path, stream, artifacts}, file_{item_, {}, nullptr, {}, {}, 0, {}} {
    file_.address.evidence = parts.evidence;
    file_.address.volume = volume.mount;
    file_.address.path = path;
    file_.address.stream = stream;
    file_.size = entry.size;
    if (parts.packages && stream.empty()) {
      const PackageDatabase::Answer owner = parts.packages->lookup(path, std::nullopt);
      file_.package = owner.package;
      file_.package_state = package_state_name(owner.state);
    }
  }
  Looked(const FileStageParts& parts, const Job& job)
      : Looked(parts, job.task.entry, job.task.file_system->info(), job.path, job.task.stream,
               job.task.artifacts) {
    file_.size = job.size;
    file_.content = job.content;
    file_.again = job.task.listed_before;
    if (!job.digests) return;
    file_.digests = &*job.digests;
    if (job.package_state.empty()) return;
    file_.package = job.package;
    file_.package_state = job.package_state;
  }
  Looked(const Looked&) = delete;
  Looked& operator=(const Looked&) = delete;

  const MatchFile& file() const { return file_; }

 private:
  FileItem item_;
  MatchFile file_;
};

void FileStage::see_listed(const Entry& entry, const VolumeInfo& volume, std::string_view path) {
  if (!parts_.matches) return;
  parts_.matches->see_file(Looked(parts_, entry, volume, path, {}, {}).file(),
                           entry.cloud_placeholder ? "cloud_placeholder" : "listed");
}

// Everything that is known of the file is known now.
void FileStage::match_file(Job& job) {
  if (!parts_.matches || job.task.again || job.unchanged) return;
  if (std::exchange(job.matched, true)) return;
  std::string_view not_read;
  if (!job.digests) not_read = job.reason.empty() ? std::string_view("listed") : job.reason;
  parts_.matches->see_file(Looked(parts_, job).file(), not_read);
}

bool FileStage::wants_match(const Job& job) const {
  return parts_.matches && !job.task.again && !job.unchanged &&
         parts_.matches->wants_content(Looked(parts_, job).file());
}

// True when the content is evidence.
bool FileStage::match_content(Job& job, ByteReader& content) {
  if (!wants_match(job)) return false;
  const MatchedContent seen = parts_.matches->see_content(Looked(parts_, job).file(), content);
  job.known_good = seen.known_good;
  return seen.evidence;
}

// A file of which only digests were asked, and which a matcher calls evidence, goes into the bundle
// after all: its content is in memory still.
void FileStage::keep_evidence(Job& job) {
  if (!parts_.budget.refuse(job.content.size(), true, job.task.core).empty()) return;
  job.task.action = FileAction::kCollect;
  job.status = FileStatus::kCollected;
  job.task.artifacts.emplace_back(kFindingArtifact);
}

void FileStage::look_up_package(Job& job) {
  if (!parts_.packages || !job.digests || !job.task.stream.empty()) return;
  const PackageDatabase::Answer verdict = parts_.packages->lookup(job.path, job.digests->md5);
  job.package = verdict.package;
  job.package_state = package_state_name(verdict.state);
}

void FileStage::work() {
  DigestPass digests;
  while (true) {
    std::shared_ptr<Job> job;
    {
      std::unique_lock lock(mutex_);
      work_ready_.wait(lock, [&] { return stopping_ || !work_.empty(); });
      if (work_.empty()) return;
      job = std::move(work_.front());
      work_.pop_front();
    }
    process(*job, digests);
    {
      std::lock_guard lock(mutex_);
      finished_.emplace(job->sequence, job);
    }
    write_ready_.notify_one();
  }
}

void FileStage::process(Job& job, DigestPass& digests) {
  if (job.task.entry.type == FileType::kRegular && job.status != FileStatus::kFailed) {
    digests.update(job.content);
    job.digests = digests.finish();
    job.unchanged =
        snapshot_of(job.task) != nullptr && known_.same_place(job.digests->sha256, place_of(job));
    look_up_package(job);
    match_file(job);
    SpanReader content(job.content);
    const bool evidence = match_content(job, content);
    // Kept all the same where an artifact asked for it: what is harmless may still be evidence.
    if (job.known_good && job.task.action == FileAction::kCollect && job.task.artifacts.empty()) {
      job.task.action = FileAction::kDigest;
      job.status = FileStatus::kListed;
      job.reason = "known_good";
    }
    if (job.task.action == FileAction::kCollect) parse(job, content);
    if (evidence && job.task.action == FileAction::kDigest && job.reason.empty()) {
      keep_evidence(job);
    }
  } else if (job.task.action == FileAction::kCollect) {
    SpanReader content(job.content);
    parse(job, content);
  }
  job.hive_logs.reset();
  job.wal_log.reset();
  if (job.task.action == FileAction::kDigest) {
    gate_.release(job.gate_bytes);
    job.gate_bytes = 0;
    job.content = {};
  }
}

// The row about a log that was read with the file.
void FileStage::tell_log(Job& job, Record& record, const FileItem& item,
                         const std::string& snapshot) {
  record.source.evidence = parts_.evidence;
  record.source.volume = item.volume.mount;
  record.source.snapshot = snapshot;
  record.source.path = job.path;
  if (parts_.matches && !job.unchanged) parts_.matches->see_record(record);
  job.records.push_back({record.schema().name, record_json(record)});
}

void FileStage::parse(Job& job, ByteReader& stored) {
  const FileItem item{job.task.entry, job.task.file_system->info(), job.path, job.task.stream,
                      job.task.artifacts};
  const VolumeDetail* copy = snapshot_of(job.task);
  const std::string snapshot = copy == nullptr ? std::string() : copy->snapshot;
  std::optional<ReplayedHive> replayed;
  if (job.hive_logs) {
    tell_log(job, job.hive_logs->record, item, snapshot);
    if (job.hive_logs->changes.entries > 0) replayed.emplace(stored, job.hive_logs->changes);
  }
  std::optional<ReplayedDatabase> with_log;
  if (job.wal_log) {
    tell_log(job, job.wal_log->record, item, snapshot);
    if (job.wal_log->changes.frames > 0) with_log.emplace(stored, job.wal_log->changes);
  }
  ByteReader& content = replayed   ? static_cast<ByteReader&>(*replayed)
                        : with_log ? static_cast<ByteReader&>(*with_log)
                                   : stored;
  for (const auto& collector : parts_.collectors) {
    if (!fits(collector->info().os, item.volume.style) || !collector->wants(item)) continue;
    auto emit = [&](Record&& record) {
      record.source.evidence = parts_.evidence;
      record.source.volume = item.volume.mount;
      record.source.snapshot = snapshot;
      record.source.path = job.path;
      record.source.stream = job.task.stream;
      if (&record.schema() == &kPersistenceSchema) {
        job.persistence.push_back(std::move(record));
      } else {
        if (parts_.matches && !job.unchanged) parts_.matches->see_record(record);
        job.records.push_back({record.schema().name, record_json(record)});
      }
    };
    const std::string name(collector->info().name);
    try {
      if (auto parsed = collector->parse(item, content, emit); !parsed) {
        job.collector_failures.push_back(name + ": " +
                                         std::string(error_code_name(parsed.error().code)) + ": " +
                                         parsed.error().detail);
      }
    } catch (const std::exception& why) {
      job.collector_failures.push_back(name + ": " + why.what());
    }
  }
  // Parsed all the same: collectors join files of one volume when they finish.
  if (job.unchanged) {
    job.records.clear();
    job.persistence.clear();
  }
}

void FileStage::write_loop() {
  while (true) {
    std::shared_ptr<Job> job;
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
    if (!failed) written = write(*job);
    if (job->chunks) {  // whatever was not written still holds its bytes
      for (auto rest = job->chunks->pop(); !rest.empty(); rest = job->chunks->pop()) {
        gate_.release(rest.size());
      }
    }
    gate_.release(job->gate_bytes);
    {
      std::lock_guard lock(mutex_);
      if (!written && !error_) error_ = written.error();
      ++next_written_;
    }
    drained_.notify_all();
    write_ready_.notify_one();
  }
}

Result<void> FileStage::write(Job& job) {
  if (!job.listed_rows.empty()) {
    if (job.status == FileStatus::kFailed) {
      count(job);
    } else {
      parts_.counts.listed += job.listed_count;
    }
    std::string_view rows = job.listed_rows;
    while (!rows.empty()) {
      const std::size_t end = rows.find('\n');
      KONSEKI_TRY(parts_.writer.append_line("files", rows.substr(0, end)));
      rows.remove_prefix(end + 1);
    }
    return {};
  }
  const bool digest_only = job.task.action == FileAction::kDigest;
  if (job.first_name) {
    KONSEKI_TRY(write_other_name(job));
  } else if (!job.same_as.empty()) {
    KONSEKI_TRY(write_link(job, job.same_as));
  } else if (job.status == FileStatus::kCollected || (digest_only && job.chunks)) {
    KONSEKI_TRY(write_member(job));
  }
  if (job.package_state.empty()) look_up_package(job);
  match_file(job);
  KONSEKI_TRY(write_row(job));
  for (const RecordLine& line : job.records) KONSEKI_TRY(parts_.records.write(line));
  for (Record& record : job.persistence) parts_.records.hold(std::move(record));
  for (const std::string& failure : job.collector_failures) {
    ++parts_.counts.gaps;
    std::string details;
    JsonWriter json(details);
    json.begin_object();
    json.field("path", std::string_view(job.path));
    json.field("detail", std::string_view(failure));
    json.end_object();
    KONSEKI_TRY(parts_.writer.audit(system_now(), "gap", details));
  }
  return {};
}

// Stores the file, or the link that stands for it; for large files of which only digests are
// asked, just reads the chunks.
Result<void> FileStage::write_member(Job& job) {
  const Entry& entry = job.task.entry;
  if (job.task.action == FileAction::kDigest) return write_chunks(job, MemberHeader{});
  MemberHeader header = parts_.names.header(job.task.file_system->info(), entry, job.task.stream);
  job.member = header.name;
  if (header.type != MemberType::kFile) return parts_.writer.add(header, {});
  header.size = job.size;
  return write_content(job, std::move(header));
}

Result<void> FileStage::write_other_name(Job& job) {
  const Job& first = *job.first_name;
  job.digests = first.digests;
  job.size = first.size;
  job.padded = first.padded;
  job.lost = first.lost;
  job.reason = first.reason;
  job.detail = first.detail;
  if (job.task.action == FileAction::kDigest) return {};
  return write_link(job, first.member);
}

// A hard link to the member that holds the same content.
Result<void> FileStage::write_link(Job& job, std::string_view first) {
  MemberHeader header =
      parts_.names.header(job.task.file_system->info(), job.task.entry, job.task.stream);
  header.type = MemberType::kHardLink;
  header.link_target = first;
  header.size = job.size;
  header.sha256 = job.digests->sha256;
  job.member = header.name;
  job.status = FileStatus::kLinked;
  return parts_.writer.add(header, {});
}

Result<void> FileStage::write_content(Job& job, MemberHeader header) {
  const bool may_link =
      may_be_hard_link(job.size, is_parser_input(job.path, job.task.stream)) && job.ranges.empty();
  const std::string* first = nullptr;
  std::string known;
  if (snapshot_of(job.task) != nullptr && job.digests && job.size > 0) {
    known = known_.member(job.digests->sha256);
  }
  if (!known.empty()) {
    first = &known;
  } else if (may_link && job.digests) {
    auto [at, is_new] = first_member_.try_emplace(job.digests->sha256, header.name);
    if (!is_new) first = &at->second;
  }
  if (first) {
    header.type = MemberType::kHardLink;
    header.link_target = *first;
    header.sha256 = job.digests->sha256;
    job.status = FileStatus::kLinked;
    return parts_.writer.add(header, {});
  }
  if (!job.chunks) {
    header.sha256 = job.digests->sha256;
    return parts_.writer.add(header, job.content);
  }
  return write_chunks(job, std::move(header));
}

Result<void> FileStage::write_chunks(Job& job, MemberHeader header) {
  const bool store = job.task.action == FileAction::kCollect;
  if (store) {
    header.data = job.ranges;
    header.digest_follows = true;
    KONSEKI_TRY(parts_.writer.begin(header));
  }
  std::vector<ByteRange> ranges = job.ranges;
  if (ranges.empty()) ranges.push_back({0, job.size});

  DigestPass digests;
  const std::vector<std::byte> zeros(kChunk);
  std::uint64_t hashed = 0;
  auto hash_zeros_to = [&](std::uint64_t end) {
    while (hashed < end) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, end - hashed));
      digests.update(std::span(zeros).first(count));
      hashed += count;
    }
  };
  std::uint64_t expected = 0;
  for (const ByteRange& each : ranges) expected += each.length;
  std::uint64_t taken = 0;
  std::size_t range = 0;
  std::uint64_t last_report = 0;
  for (auto chunk = job.chunks->pop(); !chunk.empty(); chunk = job.chunks->pop()) {
    while (range < ranges.size() && hashed >= ranges[range].end()) ++range;
    if (range < ranges.size()) hash_zeros_to(ranges[range].offset);
    Result<void> written;
    if (store) written = parts_.writer.write(chunk);
    digests.update(chunk);
    hashed += chunk.size();
    taken += chunk.size();
    gate_.release(chunk.size());
    KONSEKI_TRY(std::move(written));
    if (hashed - last_report >= (std::uint64_t{8} << 20)) {
      last_report = hashed;
      report_progress(hashed, job.path);
    }
  }
  {
    std::lock_guard lock(job.chunks->mutex);
    if (job.chunks->error) {
      job.reason = reason_of(*job.chunks->error);
      job.detail = job.chunks->error->detail;
    }
    job.lost = std::move(job.chunks->lost);
  }
  hash_zeros_to(job.size);
  job.digests = digests.finish();
  job.padded = expected - taken;
  if (job.padded > 0 && job.detail.empty()) job.detail = "shrank while it was read";
  if (!store) return {};
  for (std::uint64_t missing = job.padded; missing > 0;) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, missing));
    KONSEKI_TRY(parts_.writer.write(std::span(zeros).first(count)));
    missing -= count;
  }
  KONSEKI_TRY(parts_.writer.end(job.digests->sha256));
  return {};
}

Result<void> FileStage::write_row(Job& job) {
  if (!job.lost.empty() && job.reason.empty()) {
    job.reason = "unreadable_sectors";
    job.detail = "the medium would not give some sectors; they are zeros here";
  }
  FileRow row;
  row.entry = &job.task.entry;
  row.volume = &job.task.file_system->info();
  row.path = job.path;
  if (const VolumeDetail* copy = snapshot_of(job.task)) row.snapshot = copy->snapshot;
  row.stream = job.task.stream;
  row.member = job.member;
  row.size = job.size;
  row.status = job.status;
  row.reason = job.reason;
  row.detail = job.detail;
  row.digests = job.digests ? &*job.digests : nullptr;
  row.padded = job.padded;
  row.lost = job.lost;
  row.access_method = job.access_method;
  row.artifacts = job.task.artifacts;
  row.package = job.package;
  row.package_state = job.package_state;
  std::string line;
  append_file_row(line, row);
  count(job);
  KONSEKI_TRY(parts_.writer.append_line("files", line));
  const bool sound = job.reason.empty() && job.padded == 0 && job.lost.empty();
  const bool stored = job.status == FileStatus::kCollected || job.status == FileStatus::kLinked;
  if (snapshots_ && stored && job.digests && sound) {
    known_.add(job.digests->sha256, job.size, place_of(job), job.member);
  }
  if (done_) done_(row);
  return {};
}

void FileStage::count(const Job& job) {
  Counts& counts = parts_.counts;
  switch (job.status) {
    case FileStatus::kCollected:
      ++counts.collected;
      counts.bytes += job.size;
      break;
    case FileStatus::kLinked:
      ++counts.linked;
      break;
    case FileStatus::kListed:
      ++counts.listed;
      break;
    case FileStatus::kSkipped:
      ++counts.skipped;
      break;
    case FileStatus::kFailed:
      ++counts.failed;
      break;
  }
  const bool partial =
      !job.lost.empty() || (job.status == FileStatus::kCollected && !job.reason.empty());
  if (job.status == FileStatus::kFailed || partial || job.padded > 0) ++counts.gaps;
  if (job.digests) {
    bytes_done_ += job.size;
  } else {
    bytes_expected_ -= std::min(bytes_expected_, job.size);
  }
  if (++files_done_ % 64 == 0) report_progress(0, job.path);
}

void FileStage::expect(std::uint64_t files, std::uint64_t bytes) {
  files_done_ = bytes_done_ = 0;
  files_expected_ = files;
  bytes_expected_ = bytes;
}

void FileStage::report_progress(std::uint64_t bytes_of_this, std::string_view path) {
  parts_.observer.progressed({{"Reading files", "ファイルを読み取り中"},
                              files_done_,
                              files_expected_,
                              bytes_done_ + bytes_of_this,
                              bytes_expected_,
                              path});
}

const VolumeDetail* FileStage::snapshot_of(const FileTask& task) const {
  return find_snapshot(parts_.details, task.file_system->info().mount);
}

std::uint64_t FileStage::place_of(const Job& job) const {
  return own_place(parts_.details, job.task.file_system->info(), job.task.entry.path,
                   job.task.stream);
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
