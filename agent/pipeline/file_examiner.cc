#include "agent/pipeline/file_examiner.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <span>
#include <utility>

#include "agent/base/memory_reader.h"
#include "agent/base/record_json.h"
#include "agent/base/registry_log.h"
#include "agent/base/sqlite_database.h"
#include "collectors/linux/dpkg/package_database.h"
#include "konseki/persistence.h"

namespace konseki {
namespace {

// Stands among the names of definitions in the row of a file that a finding brought into the
// bundle.
constexpr std::string_view kFindingArtifact = "KonsekiFinding";

// A copy of a hive in a Linux home folder says nothing about this host, so collectors of one system
// see only volumes of its kind.
bool fits(OperatingSystem os, PathStyle style) {
  return os == OperatingSystem::kUnknown ||
         (os == OperatingSystem::kWindows) == (style == PathStyle::kWindows);
}

bool wants(const Collector& collector, const FileItem& item) {
  return fits(collector.info().os, item.volume.style) && collector.wants(item);
}

FileItem item_of(const FileJob& job) {
  return {job.task.entry, job.task.file_system->info(), job.path, job.task.stream,
          job.task.artifacts};
}

// What matchers are told of a file; views into what the caller holds.
class MatchView {
 public:
  MatchView(const FileStageParts& parts, const FileItem& item)
      : item_(item), file_{item_, {}, nullptr, {}, {}, 0, {}} {
    file_.address.evidence = parts.evidence;
    file_.address.volume = item.volume.mount;
    file_.address.path = item.path;
    file_.address.stream = item.stream;
    file_.size = item.entry.size;
    if (parts.packages && item.stream.empty()) {
      const PackageDatabase::Answer owner = parts.packages->lookup(item.path, std::nullopt);
      file_.package = owner.package;
      file_.package_state = package_state_name(owner.state);
    }
  }
  MatchView(const FileStageParts& parts, const FileJob& job) : MatchView(parts, item_of(job)) {
    file_.size = job.size;
    file_.content = job.content;
    file_.again = job.task.listed_before;
    if (!job.digests) return;
    file_.digests = &*job.digests;
    if (job.package_state.empty()) return;
    file_.package = job.package;
    file_.package_state = job.package_state;
  }
  MatchView(const MatchView&) = delete;
  MatchView& operator=(const MatchView&) = delete;

  const MatchFile& file() const { return file_; }

 private:
  FileItem item_;
  MatchFile file_;
};

}  // namespace

void FileExaminer::examine(FileJob& job, DigestPass& digests) {
  SpanReader content(job.content);
  if (job.task.entry.type == FileType::kRegular && job.status != FileStatus::kFailed) {
    digests.update(job.content);
    job.digests = digests.finish();
    job.unchanged = job.snapshot != nullptr && known_.same_place(job.digests->sha256, job.place);
    complete(job);
    const bool evidence = match_content(job, content);
    if (job.known_good) leave_out_known_good(job);
    if (job.task.action == FileAction::kCollect) parse(job, content);
    if (evidence && job.task.action == FileAction::kDigest && job.reason.empty()) {
      keep_evidence(job);
    }
  } else if (job.task.action == FileAction::kCollect) {
    parse(job, content);
  }
  job.hive_logs.reset();
  job.wal_log.reset();
  job.ese_logs.reset();
}

void FileExaminer::examine_large(FileJob& job, ByteReader& content) {
  if (job.digests) complete(job);
  match_content(job, content);
  if (job.known_good) leave_out_known_good(job);
  if (job.task.action == FileAction::kCollect) parse(job, content);
}

void FileExaminer::complete(FileJob& job) {
  if (job.package_state.empty()) look_up_package(job);
  match_facts(job);
}

void FileExaminer::see_listed(const Entry& entry, const VolumeInfo& volume, std::string_view path) {
  if (!parts_.matches) return;
  parts_.matches->see_file(MatchView(parts_, FileItem{entry, volume, path, {}, {}}).file(),
                           entry.cloud_placeholder ? "cloud_placeholder" : "listed");
}

bool FileExaminer::parses(const FileJob& job) const {
  const FileItem item = item_of(job);
  return std::any_of(parts_.collectors.begin(), parts_.collectors.end(),
                     [&](const auto& each) { return wants(*each, item); });
}

bool FileExaminer::wants_match(const FileJob& job) const {
  return parts_.matches && !job.task.again && !job.unchanged &&
         parts_.matches->wants_content(MatchView(parts_, job).file());
}

bool FileExaminer::may_be_harmless(const FileJob& job) const {
  return parts_.matches && parts_.matches->knows_harmless() && wants_match(job);
}

void FileExaminer::look_up_package(FileJob& job) const {
  if (!parts_.packages || !job.digests || !job.task.stream.empty()) return;
  const PackageDatabase::Answer verdict = parts_.packages->lookup(job.path, job.digests->md5);
  job.package = verdict.package;
  job.package_state = package_state_name(verdict.state);
}

void FileExaminer::match_facts(FileJob& job) {
  if (!parts_.matches || job.task.again || job.unchanged) return;
  if (std::exchange(job.matched, true)) return;
  std::string_view not_read;
  if (!job.digests) not_read = job.reason.empty() ? std::string_view("listed") : job.reason;
  parts_.matches->see_file(MatchView(parts_, job).file(), not_read);
}

// True when the content is evidence.
bool FileExaminer::match_content(FileJob& job, ByteReader& content) {
  if (!wants_match(job)) return false;
  const MatchedContent seen = parts_.matches->see_content(MatchView(parts_, job).file(), content);
  job.known_good = seen.known_good;
  return seen.evidence;
}

// Kept all the same where an artifact asked for it: what is harmless may still be evidence.
void FileExaminer::leave_out_known_good(FileJob& job) const {
  if (job.task.action != FileAction::kCollect || !job.task.artifacts.empty()) return;
  job.task.action = FileAction::kDigest;
  job.status = FileStatus::kListed;
  job.reason = "known_good";
}

// A file of which only digests were asked, and which a matcher calls evidence, goes into the bundle
// after all: its content is in memory still.
void FileExaminer::keep_evidence(FileJob& job) const {
  if (!parts_.budget.refuse(job.content.size(), true, job.task.core).empty()) return;
  job.task.action = FileAction::kCollect;
  job.status = FileStatus::kCollected;
  job.task.artifacts.emplace_back(kFindingArtifact);
}

void FileExaminer::parse(FileJob& job, ByteReader& stored) {
  std::optional<ReplayedHive> replayed;
  if (job.hive_logs) {
    tell_log(job, job.hive_logs->record);
    if (job.hive_logs->changes.entries > 0) replayed.emplace(stored, job.hive_logs->changes);
  }
  std::optional<ReplayedDatabase> with_log;
  if (job.wal_log) {
    tell_log(job, job.wal_log->record);
    if (job.wal_log->changes.frames > 0) with_log.emplace(stored, job.wal_log->changes);
  }
  if (job.ese_logs) {
    if (!job.unchanged) job.gaps.push_back({"logs_not_replayed", job.ese_logs->note});
    tell_log(job, *job.ese_logs);
  }
  ByteReader& content = replayed   ? static_cast<ByteReader&>(*replayed)
                        : with_log ? static_cast<ByteReader&>(*with_log)
                                   : stored;
  const FileItem item = item_of(job);
  const RecordEmitter emit = [&](Record&& record) {
    place(job, record);
    record.source.stream = job.task.stream;
    tell(job, std::move(record));
  };
  for (const auto& collector : parts_.collectors) {
    if (!wants(*collector, item)) continue;
    const std::string name(collector->info().name);
    try {
      if (auto parsed = collector->parse(item, content, emit); !parsed) {
        job.gaps.push_back({{},
                            name + ": " + std::string(error_code_name(parsed.error().code)) + ": " +
                                parsed.error().detail});
      }
    } catch (const std::exception& why) {
      job.gaps.push_back({{}, name + ": " + why.what()});
    }
  }
  // Parsed all the same: collectors join files of one volume when they finish.
  if (job.unchanged) {
    job.records.clear();
    job.persistence.clear();
  }
}

// The row about a log that was read with the file.
void FileExaminer::tell_log(FileJob& job, Record& record) {
  place(job, record);
  tell(job, std::move(record));
}

void FileExaminer::tell(FileJob& job, Record&& record) {
  if (&record.schema() == &kPersistenceSchema) {
    job.persistence.push_back(std::move(record));
    return;
  }
  if (parts_.matches && !job.unchanged) parts_.matches->see_record(record);
  job.records.push_back({record.schema().name, record_json(record)});
}

void FileExaminer::place(const FileJob& job, Record& record) const {
  record.source.evidence = parts_.evidence;
  record.source.volume = job.task.file_system->info().mount;
  if (job.snapshot != nullptr) record.source.snapshot = job.snapshot->snapshot;
  record.source.path = job.path;
}

}  // namespace konseki
