#include "agent/pipeline/bundle_match.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>

#include "agent/base/digest.h"
#include "agent/base/file_row_view.h"
#include "agent/base/hex.h"
#include "agent/base/memory_reader.h"
#include "agent/base/record_reader.h"
#include "agent/bundle/entry_row.h"
#include "agent/bundle/hash_set.h"
#include "agent/bundle/xxh64.h"
#include "agent/pipeline/byte_gate.h"
#include "agent/pipeline/limits.h"
#include "agent/pipeline/match_workers.h"
#include "collectors/linux/dpkg/package_database.h"

namespace konseki {
namespace {

constexpr std::size_t kRecordBatch = 256;
constexpr std::size_t kMostVolumes = 1000;
constexpr std::size_t kRowBatch = 64;
constexpr std::uint64_t kReportEvery = 4096;

// As the row states them, all three; they were taken of the same bytes.
std::optional<Digests> row_digests(const FileRowView& row) {
  Digests digests;
  if (!read_hex(row[FileField::kSha256].plain(), digests.sha256) ||
      !read_hex(row[FileField::kSha1].plain(), digests.sha1) ||
      !read_hex(row[FileField::kMd5].plain(), digests.md5)) {
    return std::nullopt;
  }
  return digests;
}

// One file of the bundle with its facts, ready for the matchers.
struct BundleFile {
  Entry entry;
  const VolumeInfo* volume = nullptr;
  std::string path;  // display path
  std::string stream;
  std::vector<std::string> artifacts;
  std::optional<Digests> digests;
  std::string package;
  std::string package_state;
  std::string reason;
  const Member* member = nullptr;  // null: the content is not here
  bool lost = false;               // the row names a member that is not here
  bool again = false;              // an earlier row was of the same file
};

bool is_escalated(const BundleFile& file) {
  return std::find(file.artifacts.begin(), file.artifacts.end(), kEscalationArtifact) !=
         file.artifacts.end();
}

class BundleMatch {
 public:
  BundleMatch(const BundleMatchParts& parts, const BundleMatchRequest& request,
              std::stop_token stop)
      : parts_(parts),
        request_(request),
        stop_(std::move(stop)),
        whole_file_limit_(whole_file_limit(request.limits)),
        gate_(request.limits.max_memory),
        workers_(request.limits.workers) {
    for (const auto& file_system : parts_.source.file_systems()) {
      volumes_.push_back(&file_system->info());
    }
  }

  BundleMatchNotes run() {
    parts_.matches.begin(request_.context);
    parts_.observer.started({"Matching files", "ファイルを照合しています"});
    see_rows();
    see_bare_members();
    flush_files();
    parts_.observer.started({"Matching records", "レコードを照合しています"});
    for (const std::string& family : request_.record_families) see_records(family);
    workers_.drain();
    for (const auto& reader : readers_) note_fields(*reader);
    parts_.matches.finish();
    return std::move(notes_);
  }

 private:
  bool over() const { return stop_.stop_requested(); }

  void each_line(const std::string& stream, const std::function<void(std::string_view)>& line) {
    auto read = parts_.bundle.for_each_line(stream, [&](std::string_view text) {
      if (!over()) line(text);
    });
    if (!read && read.error().code != ErrorCode::kNotFound) {
      notes_.problems.push_back("konseki/" + stream + ".jsonl: " + read.error().detail);
    }
  }

  void see_rows() {
    each_line("files", [&](std::string_view line) {
      const FileRowView row = file_row_view(line);
      if (!row.whole) ++notes_.damaged_rows;
      if (!row[FileField::kPath]) return;
      const VolumeInfo& volume = volume_of(row);
      if (auto path = row_path(row, volume)) {
        see_row(row, volume, *std::move(path));
      } else {
        ++notes_.damaged_rows;
      }
      report();
    });
  }

  // One that neither run.json nor a member speaks of is made of what the row says.
  const VolumeInfo& volume_of(const FileRowView& row) {
    for (const VolumeInfo* volume : volumes_) {
      if (is_row_of(row, *volume)) return *volume;
    }
    if (made_volumes_.size() >= kMostVolumes) return made_volumes_.back();
    VolumeInfo& made = made_volumes_.emplace_back();
    made.mount = row[FileField::kVolume].text();
    made.style = guess_path_style(made.mount, {});
    made.access_method = "bundle";
    volumes_.push_back(&made);
    return made;
  }

  void see_row(const FileRowView& row, const VolumeInfo& volume, std::string path) {
    BundleFile file;
    file.entry = row_entry(row, std::move(path));
    const bool failed = row[FileField::kStatus].plain() == "failed";
    // A folder that could not be listed is no file that was seen.
    if (failed && file.entry.type == FileType::kDirectory) return;
    file.volume = &volume;
    file.path = volume.display_path(file.entry.path);
    file.stream = row[FileField::kStream].text();
    file.artifacts = row[FileField::kArtifacts].texts();
    file.digests = row_digests(row);
    file.package = row[FileField::kPackage].text();
    file.package_state = row[FileField::kPackageState].text();
    file.reason = row[FileField::kReason].text();
    if (const JsonView& name = row[FileField::kMember]) {
      const std::string member = name.text();
      named_members_.insert(xxh64(member));
      file.member = parts_.bundle.find(member);
      file.lost = file.member == nullptr;
    }
    std::string identity = file.path + '\0' + file.stream + '\0';
    identity += std::to_string(file.entry.inode) + '.' + std::to_string(file.entry.sequence) + '.' +
                std::to_string(static_cast<int>(file.entry.allocation));
    file.again = !seen_.insert(xxh64(identity));
    add(std::move(file));
  }

  // Members that no row speaks of, as in a bundle whose end is lost.
  void see_bare_members() {
    for (const Member& member : parts_.bundle.members()) {
      if (over()) return;
      const MemberHeader& header = member.header;
      if (named_members_.contains(xxh64(header.name)) || header.type == MemberType::kDirectory) {
        continue;
      }
      const VolumeInfo* volume = volume_of_member(volumes_, header.name);
      if (!volume) continue;
      BareMember bare = bare_member(header.name, *volume);
      BundleFile file;
      file.entry.path = std::move(bare.path);
      const bool has_content =
          header.type == MemberType::kFile || header.type == MemberType::kHardLink;
      file.entry.type = has_content ? FileType::kRegular : FileType::kUnknown;
      file.entry.size = header.size;
      file.entry.times.modified = header.modified;
      file.volume = volume;
      file.path = volume->display_path(file.entry.path);
      file.stream = std::move(bare.stream);
      file.member = has_content ? &member : nullptr;
      add(std::move(file));
    }
  }

  void add(BundleFile&& file) {
    batch_bytes_ += file.member ? file.member->header.size : 0;
    batch_.push_back(std::move(file));
    if (batch_.size() >= kRowBatch || batch_bytes_ >= (1 << 20)) flush_files();
  }

  void flush_files() {
    batch_bytes_ = 0;
    if (batch_.empty()) return;
    auto files = std::make_shared<std::vector<BundleFile>>(std::exchange(batch_, {}));
    workers_.add([this, files] {
      for (BundleFile& file : *files) see_guarded(file);
    });
  }

  void see_guarded(BundleFile& file) {
    try {
      see(file);
    } catch (const std::exception& why) {
      parts_.matches.gap(file.path, {ErrorCode::kInternal, why.what(), {}});
    }
  }

  void see(BundleFile& file) {
    const FileItem item{file.entry, *file.volume, file.path, file.stream, file.artifacts};
    MatchFile match{item, {}, nullptr, {}, {}, file.entry.size, {}};
    // Listed first and read after all, as escalation does: its digests are new.
    match.again = file.again && file.digests && is_escalated(file);
    const bool shown = file.again && !match.again;
    match.address = {
        request_.context.evidence, file.volume->mount, {}, file.path, file.stream, {}, {}};
    look_up_package(file, match);
    if (file.entry.type != FileType::kRegular || !file.member) {
      if (file.lost) {
        parts_.matches.gap(file.path,
                           {ErrorCode::kNotFound, "its content is not in the bundle", {}});
      }
      if (file.digests) match.digests = &*file.digests;
      if (!shown) parts_.matches.see_file(match, why_not_read(file));
      return;
    }
    auto content = parts_.bundle.open(*file.member);
    if (!content) {
      parts_.matches.gap(file.path, content.error());
      if (file.digests) match.digests = &*file.digests;
      if (!shown) parts_.matches.see_file(match, "failed");
      return;
    }
    see_content(file, match, **content);
    if (!shown) parts_.matches.see_file(match, {});
  }

  void see_content(BundleFile& file, MatchFile& match, ByteReader& content) {
    match.size = content.size();
    const bool small = content.size() <= whole_file_limit_;
    if (!file.digests && small) file.digests = digest_of(content);
    if (file.digests) match.digests = &*file.digests;
    if (!parts_.matches.wants_content(match)) return;
    if (!small) {
      parts_.matches.see_content(match, content);
      return;
    }
    gate_.acquire(content.size());
    auto bytes = read_all(content, whole_file_limit_);
    if (bytes) {
      match.content = *bytes;
      SpanReader reader(match.content);
      parts_.matches.see_content(match, reader);
      match.content = {};
    } else {
      parts_.matches.gap(file.path, bytes.error());
    }
    gate_.release(content.size());
  }

  static std::optional<Digests> digest_of(ByteReader& content) {
    const auto bytes = read_all(content, content.size());
    if (!bytes) return std::nullopt;
    DigestPass pass;
    pass.update(*bytes);
    return pass.finish();
  }

  void look_up_package(BundleFile& file, MatchFile& match) const {
    if (file.package_state.empty() && parts_.packages && file.stream.empty()) {
      const PackageDatabase::Answer owner = parts_.packages->lookup(file.path, std::nullopt);
      file.package = owner.package;
      file.package_state = package_state_name(owner.state);
    }
    match.package = file.package;
    match.package_state = file.package_state;
  }

  static std::string_view why_not_read(const BundleFile& file) {
    if (!file.reason.empty()) return file.reason;
    return file.digests || file.lost ? "not_in_bundle" : "listed";
  }

  void see_records(const std::string& family) {
    const auto known =
        std::find_if(request_.schemas.begin(), request_.schemas.end(),
                     [&](const RecordSchema* schema) { return schema->name == family; });
    if (known == request_.schemas.end()) notes_.unknown_families.push_back(family);
    readers_.push_back(
        std::make_unique<RecordReader>(family, known == request_.schemas.end() ? nullptr : *known));
    RecordReader& reader = *readers_.back();
    std::vector<Record> batch;
    each_line("records/" + family, [&](std::string_view line) {
      auto record = reader.read(line);
      if (!record) {
        ++notes_.damaged_rows;
        return;
      }
      record->source.evidence = request_.context.evidence;
      batch.push_back(*std::move(record));
      if (batch.size() >= kRecordBatch) flush_records(std::exchange(batch, {}));
      report();
    });
    flush_records(std::move(batch));
  }

  void flush_records(std::vector<Record> batch) {
    if (batch.empty()) return;
    auto records = std::make_shared<std::vector<Record>>(std::move(batch));
    workers_.add([this, records] {
      for (const Record& record : *records) parts_.matches.see_record(record);
    });
  }

  void note_fields(const RecordReader& reader) {
    const std::size_t unknown = reader.unknown_fields();
    const std::string_view name = reader.name();
    const auto& families = notes_.unknown_families;
    if (unknown > 0 && std::find(families.begin(), families.end(), name) == families.end()) {
      notes_.unknown_fields.emplace(name, unknown);
    }
  }

  void report() {
    if (++looked_at_ % kReportEvery != 0) return;
    parts_.observer.progressed({{"Matching", "照合中"}, looked_at_, 0, 0, 0, {}});
  }

  const BundleMatchParts& parts_;
  const BundleMatchRequest& request_;
  std::stop_token stop_;
  const std::uint64_t whole_file_limit_;
  std::vector<const VolumeInfo*> volumes_;
  std::deque<VolumeInfo> made_volumes_;
  HashSet seen_;           // files that had a row
  HashSet named_members_;  // that a row speaks of
  std::vector<BundleFile> batch_;
  std::uint64_t batch_bytes_ = 0;
  std::uint64_t looked_at_ = 0;
  std::vector<std::unique_ptr<RecordReader>> readers_;  // own the schemas of records
  BundleMatchNotes notes_;
  ByteGate gate_;
  MatchWorkers workers_;  // last: its threads use all of the above
};

}  // namespace

BundleMatchNotes match_bundle(const BundleMatchParts& parts, const BundleMatchRequest& request,
                              std::stop_token stop) {
  return BundleMatch(parts, request, std::move(stop)).run();
}

}  // namespace konseki
