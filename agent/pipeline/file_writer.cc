#include "agent/pipeline/file_writer.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/digest.h"
#include "agent/base/json_writer.h"

namespace konseki {
namespace {

constexpr std::uint64_t kChunk = 1 << 20;
constexpr std::uint64_t kReportEvery = std::uint64_t{8} << 20;

// The digests of a file of which only some ranges are given, in order; between them are zeros.
class SparseDigest {
 public:
  explicit SparseDigest(std::vector<ByteRange> ranges) : ranges_(std::move(ranges)) {}

  // The next bytes within the ranges.
  void add(std::span<const std::byte> chunk) {
    while (range_ < ranges_.size() && hashed_ >= ranges_[range_].end()) ++range_;
    if (range_ < ranges_.size()) add_zeros_to(ranges_[range_].offset);
    pass_.update(chunk);
    hashed_ += chunk.size();
  }
  // Where in the file the bytes so far end.
  std::uint64_t offset() const { return hashed_; }
  Digests finish(std::uint64_t size) {
    add_zeros_to(size);
    return pass_.finish();
  }

 private:
  void add_zeros_to(std::uint64_t end) {
    while (hashed_ < end) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, end - hashed_));
      zeros_.resize(kChunk);
      pass_.update(std::span(zeros_).first(count));
      hashed_ += count;
    }
  }

  std::vector<ByteRange> ranges_;
  std::vector<std::byte> zeros_;
  DigestPass pass_;
  std::uint64_t hashed_ = 0;
  std::size_t range_ = 0;
};

Result<void> write_zeros(BundleWriter& writer, std::uint64_t count) {
  const std::vector<std::byte> zeros(static_cast<std::size_t>(std::min(kChunk, count)));
  while (count > 0) {
    const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(zeros.size(), count));
    KONSEKI_TRY(writer.write(std::span(zeros).first(now)));
    count -= now;
  }
  return {};
}

}  // namespace

Result<void> FileWriter::write(FileJob& job) {
  if (!job.listed_rows.empty()) return write_listed(job);
  const bool digest_only = job.task.action == FileAction::kDigest;
  if (job.first_name) {
    KONSEKI_TRY(write_other_name(job));
  } else if (!job.same_as.empty()) {
    KONSEKI_TRY(write_link(job, header_of(job), job.same_as));
  } else if (digest_only && job.chunks) {
    KONSEKI_TRY(write_chunks(job, {}));
  } else if (job.status == FileStatus::kCollected) {
    KONSEKI_TRY(write_member(job));
  }
  examiner_.complete(job);
  KONSEKI_TRY(write_row(job));
  return write_records(job);
}

Result<void> FileWriter::write_listed(const FileJob& job) {
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

MemberHeader FileWriter::header_of(const FileJob& job) {
  return parts_.names.header(job.task.file_system->info(), job.task.entry, job.task.stream);
}

// Stores the file, or the link that stands for it.
Result<void> FileWriter::write_member(FileJob& job) {
  MemberHeader header = header_of(job);
  job.member = header.name;
  if (header.type != MemberType::kFile) return parts_.writer.add(header, {});
  header.size = job.size;
  return write_content(job, std::move(header));
}

Result<void> FileWriter::write_other_name(FileJob& job) {
  const FileJob& first = *job.first_name;
  job.digests = first.digests;
  job.size = first.size;
  job.padded = first.padded;
  job.lost = first.lost;
  job.reason = first.reason;
  job.detail = first.detail;
  if (job.task.action == FileAction::kDigest) return {};
  return write_link(job, header_of(job), first.member);
}

// A hard link to the member that holds the same content.
Result<void> FileWriter::write_link(FileJob& job, MemberHeader header, std::string_view first) {
  header.type = MemberType::kHardLink;
  header.link_target = first;
  header.size = job.size;
  header.sha256 = job.digests->sha256;
  job.member = header.name;
  job.status = FileStatus::kLinked;
  return parts_.writer.add(header, {});
}

Result<void> FileWriter::write_content(FileJob& job, MemberHeader header) {
  if (job.chunks) return write_chunks(job, std::move(header));
  if (const std::string first = find_same_content(job, header.name); !first.empty()) {
    return write_link(job, std::move(header), first);
  }
  header.sha256 = job.digests->sha256;
  return parts_.writer.add(header, job.content);
}

// The member that holds the same content as the job, which is to be stored as `member`; empty when
// it is to be stored.
std::string FileWriter::find_same_content(const FileJob& job, std::string_view member) {
  if (job.snapshot != nullptr && job.size > 0) {
    const std::string_view first = known_->member(job.digests->sha256);
    if (!first.empty()) return std::string(first);
  }
  if (!may_be_hard_link(job.size, is_parser_input(job.path, job.task.stream))) return {};
  const auto [at, is_new] = first_member_.try_emplace(job.digests->sha256, member);
  return is_new ? std::string() : at->second;
}

// Stores the chunks of a large file; where only its digests are asked, just reads them.
Result<void> FileWriter::write_chunks(FileJob& job, MemberHeader header) {
  const bool store = job.task.action == FileAction::kCollect;
  if (store) {
    header.data = job.ranges;
    header.digest_follows = true;
    KONSEKI_TRY(parts_.writer.begin(header));
  }
  std::uint64_t expected = 0;
  for (const ByteRange& each : job.data_ranges()) expected += each.length;
  SparseDigest digest(job.data_ranges());
  std::uint64_t taken = 0;
  std::uint64_t last_report = 0;
  for (auto chunk = job.chunks->pop(); !chunk.empty(); chunk = job.chunks->pop()) {
    digest.add(chunk);
    taken += chunk.size();
    Result<void> written;
    if (store) written = parts_.writer.write(chunk);
    gate_.release(chunk.size());
    KONSEKI_TRY(std::move(written));
    if (digest.offset() - last_report >= kReportEvery) {
      last_report = digest.offset();
      progress_.reading(digest.offset(), job.path);
    }
  }
  ChunkQueue::End end = job.chunks->take_end();
  if (end.error) {
    job.reason = row_reason(*end.error);
    job.detail = end.error->detail;
  }
  job.lost = std::move(end.lost);
  job.digests = digest.finish(job.size);
  job.padded = expected - taken;
  if (job.padded > 0 && job.detail.empty()) job.detail = "shrank while it was read";
  if (!store) return {};
  KONSEKI_TRY(write_zeros(parts_.writer, job.padded));
  KONSEKI_TRY(parts_.writer.end(job.digests->sha256));
  return {};
}

Result<void> FileWriter::write_row(FileJob& job) {
  if (!job.lost.empty() && job.reason.empty()) {
    job.reason = "unreadable_sectors";
    job.detail = "the medium would not give some sectors; they are zeros here";
  }
  FileRow row;
  row.entry = &job.task.entry;
  row.volume = &job.task.file_system->info();
  row.path = job.path;
  if (job.snapshot != nullptr) row.snapshot = job.snapshot->snapshot;
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
  if (known_ != nullptr && stored && job.digests && sound) {
    known_->add(job.digests->sha256, job.size, job.place, job.member);
  }
  if (done_) done_(row);
  return {};
}

// What collectors found in the file, and where they failed.
Result<void> FileWriter::write_records(FileJob& job) {
  for (const RecordLine& line : job.records) KONSEKI_TRY(parts_.records.write(line));
  for (Record& record : job.persistence) parts_.records.hold(std::move(record));
  for (const FileGap& gap : job.gaps) {
    ++parts_.counts.gaps;
    std::string details;
    JsonWriter json(details);
    json.begin_object();
    json.field("path", std::string_view(job.path));
    if (!gap.code.empty()) json.field("code", gap.code);
    json.field("detail", std::string_view(gap.detail));
    json.end_object();
    KONSEKI_TRY(parts_.writer.audit(system_now(), "gap", details));
  }
  return {};
}

void FileWriter::count(const FileJob& job) {
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
  progress_.done(job);
}

}  // namespace konseki
