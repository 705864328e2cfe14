#include "agent/bundle/recover.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "agent/base/cursor.h"
#include "agent/base/digest.h"
#include "agent/base/json_view.h"
#include "agent/base/json_writer.h"
#include "agent/bundle/content_reader.h"
#include "agent/bundle/manifest_builder.h"
#include "agent/bundle/reader.h"
#include "agent/bundle/tar_header.h"
#include "agent/bundle/tar_walker.h"
#include "agent/bundle/verify_rows.h"

namespace konseki {
namespace {

constexpr std::size_t kBuffer = 1024 * 1024;
constexpr std::size_t kMostNamed = 10'000;  // lost members that the manifest names

const Bilingual kCutOff{"the bundle ends inside it", "途中でバンドルが終わっています"};
const Bilingual kDamaged{"its content is damaged", "内容が破損しています"};
const Bilingual kNoTarget{"the file it repeats was lost", "参照先のファイルが失われています"};
const Bilingual kMissing{"it was in the manifest and is gone",
                         "目録に記載がありますが失われています"};
const Bilingual kShortened{"saved up to its last whole line", "最後の完全な行までを救出しました"};

// The SHA-256 that the old manifest gives for each member, by name.
using OldDigests = std::unordered_map<std::string, std::string>;

class Recovery {
 public:
  Recovery(std::shared_ptr<ContentReader> content, OutputStream& out, const RecoverOptions& options)
      : content_(std::move(content)),
        options_(options),
        writer_(make_bundle_writer(out, options.writer)),
        buffer_(kBuffer) {}

  Result<RecoverReport> run() {
    KONSEKI_TRY(find_members());
    for (const WalkedMember& found : members_) KONSEKI_TRY(save(found));
    if (report_.members == 0) {
      return fail(ErrorCode::kCorrupt, "no whole member left",
                  {"Nothing could be saved from this file. If another copy exists, use that.",
                   "救出できるデータがありませんでした。別の複製があればそちらをお使いください。"});
    }
    for (const auto& [name, digest] : old_digests_) missing_.push_back(name);
    std::sort(missing_.begin(), missing_.end());
    for (const std::string& name : missing_) lose(name, kMissing);
    KONSEKI_ASSIGN(report_.manifest, writer_->seal(trailer()));
    return std::move(report_);
  }

 private:
  Result<void> find_members() {
    TarWalker walker(*content_);
    std::optional<WalkedMember> manifest;
    while (true) {
      auto found = walker.next();
      if (!found) {
        if (found.error().code == ErrorCode::kIoError) return fail(std::move(found).error());
        KONSEKI_ASSIGN(const bool more, walker.resync());
        if (!more) break;
        continue;
      }
      if (!*found) break;
      if ((*found)->member.header.name == kManifestName) {
        manifest = std::move(**found);
      } else if ((*found)->member.header.name != kSignatureName) {
        // A signature of the old manifest says nothing of the new one.
        members_.push_back(std::move(**found));
      }
    }
    if (manifest && is_whole(*manifest)) read_manifest(*manifest);
    return {};
  }

  bool is_whole(const WalkedMember& found) const {
    return found.packed_offset + found.packed_size <= content_->size();
  }

  // Only a manifest that is whole from its first line to its last is believed.
  void read_manifest(const WalkedMember& found) {
    const auto content = member_content(content_, found.member);
    OldDigests digests;
    bool closed = false;
    const auto read = for_each_line_of(*content, [&](std::string_view line) {
      closed = line.starts_with("]");
      if (line.ends_with(',')) line.remove_suffix(1);
      const JsonView row = json_view(line);
      if (row["name"]) digests.emplace(row["name"].text(), row["sha256"].plain());
    });
    if (!read || !closed) return;
    report_.had_manifest = true;
    old_digests_ = std::move(digests);
  }

  // Takes the member off the old manifest; answers the digest it must have, "" when it is free.
  // Nothing when a manifest is there and does not know the member.
  std::optional<std::string> expected_digest(const std::string& name) {
    if (!report_.had_manifest) return "";
    const auto known = old_digests_.find(name);
    if (known == old_digests_.end()) return std::nullopt;
    std::string digest = std::move(known->second);
    old_digests_.erase(known);
    return digest;
  }

  void lose(const std::string& name, const Bilingual& why) { report_.lost.push_back({name, why}); }

  Result<void> save(const WalkedMember& found) {
    const MemberHeader& header = found.member.header;
    if (saved_.contains(header.name)) return {};
    const auto expected = expected_digest(header.name);
    // Bytes that only look like a member: evidence holds tars of its own.
    if (!expected) return {};
    MemberHeader copy = header;
    if (!found.readable || !check_copy(copy)) {
      lose(header.name, kDamaged);
      return {};
    }
    if (header.type == MemberType::kHardLink) return save_link(std::move(copy));
    if (header.type != MemberType::kFile) return store(copy, {}, nullptr);
    if (!is_whole(found)) {
      if (RowVerifier::is_text(header.name)) return save_lines(found);
      lose(header.name, kCutOff);
      return {};
    }
    return save_file(found, *expected);
  }

  static bool check_copy(MemberHeader& header) {
    header.sha256 = Sha256{};
    const bool valid = check_member_header(header).has_value();
    header.sha256.reset();
    return valid;
  }

  Result<void> save_link(MemberHeader header) {
    const auto target = saved_.find(header.link_target);
    if (target == saved_.end()) {
      lose(header.name, kNoTarget);
      return {};
    }
    header.sha256 = target->second.sha256;
    header.size = target->second.size;
    return store(header, {}, &target->second.sha256);
  }

  // Reads the content once to judge it and once to copy it: the frames are at hand.
  Result<void> save_file(const WalkedMember& found, const std::string& expected) {
    const auto content = member_content(content_, found.member);
    Sha256Pass pass;
    const std::size_t damage_before = content_->damage().size();
    KONSEKI_TRY(each_piece(*content, [&](std::span<const std::byte> piece) {
      pass.update(piece);
      return Result<void>{};
    }));
    const Sha256 digest = pass.finish();
    const bool right = expected.empty()
                           ? !touches_damage(found) && content_->damage().size() == damage_before
                           : expected == to_hex(digest);
    if (!right) {
      if (RowVerifier::is_text(found.member.header.name)) return save_lines(found);
      lose(found.member.header.name, kDamaged);
      return {};
    }
    MemberHeader header = found.member.header;
    header.sha256 = digest;
    KONSEKI_TRY(writer_->begin(header));
    // The stored ranges only: what lies between are holes.
    std::vector<ByteRange> ranges = header.data;
    if (ranges.empty()) ranges.push_back({0, header.size});
    for (const ByteRange& range : ranges) {
      for (std::uint64_t done = 0; done < range.length;) {
        const auto count =
            static_cast<std::size_t>(std::min<std::uint64_t>(kBuffer, range.length - done));
        const auto room = std::span(buffer_).first(count);
        KONSEKI_ASSIGN(const std::size_t got, content->read_at(range.offset + done, room));
        KONSEKI_TRY(writer_->write(room.first(got)));
        done += got;
      }
    }
    KONSEKI_TRY(writer_->end());
    return note_saved(header, digest);
  }

  // The whole lines of a text member that is cut or damaged further on.
  Result<void> save_lines(const WalkedMember& found) {
    MemberHeader header = found.member.header;
    header.data.clear();
    const std::uint64_t end = std::min(content_->size(), sound_end(found));
    const std::uint64_t start = found.member.content_offset;
    const std::uint64_t size = std::min(header.size, end > start ? end - start : 0);
    std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(size, 64 * kBuffer)), '\0');
    KONSEKI_ASSIGN(const std::size_t got,
                   content_->read_at(start, std::as_writable_bytes(std::span(text))));
    text.resize(got);
    const auto last = text.rfind('\n');
    text.resize(last == std::string::npos ? 0 : last + 1);
    if (text.empty()) {
      lose(header.name, kCutOff);
      return {};
    }
    header.size = text.size();
    lose(header.name, kShortened);
    const Sha256 digest = sha256_of(std::as_bytes(std::span(text)));
    return store(header, std::as_bytes(std::span(text)), &digest);
  }

  // Where the first damaged frame under the member begins, or its end.
  std::uint64_t sound_end(const WalkedMember& found) const {
    std::uint64_t end = found.packed_offset + found.packed_size;
    for (const FrameDamage& damage : content_->damage()) {
      const Frame& frame = content_->index().frames[damage.frame];
      if (frame.content_offset + frame.content_size > found.packed_offset) {
        end = std::min(end, std::max(frame.content_offset, found.packed_offset));
      }
    }
    return end;
  }

  bool touches_damage(const WalkedMember& found) const {
    return sound_end(found) < found.packed_offset + found.packed_size;
  }

  Result<void> store(const MemberHeader& header, std::span<const std::byte> content,
                     const Sha256* digest) {
    KONSEKI_TRY(writer_->add(header, content));
    return note_saved(header, digest != nullptr ? *digest : Sha256{});
  }

  Result<void> note_saved(const MemberHeader& header, const Sha256& digest) {
    ++report_.members;
    report_.content_bytes += stored_size(header);
    saved_.emplace(header.name, Saved{digest, header.size});
    return {};
  }

  template <class Each>
  Result<void> each_piece(ByteReader& content, const Each& each) {
    for (std::uint64_t offset = 0; offset < content.size();) {
      auto got = content.read_at(offset, buffer_);
      if (!got && got.error().code == ErrorCode::kIoError) return fail(std::move(got).error());
      if (!got || *got == 0) break;
      KONSEKI_TRY(each(std::span<const std::byte>(buffer_).first(*got)));
      offset += *got;
    }
    return {};
  }

  std::string trailer() const {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.field("recovered", true);
    json.field("original", options_.original);
    json.field("checked_against_manifest", report_.had_manifest);
    json.field("members", report_.members);
    json.field("lost", std::uint64_t{report_.lost.size()});
    json.key("lost_members");
    json.begin_array();
    for (std::size_t i = 0; i < std::min(report_.lost.size(), kMostNamed); ++i) {
      json.begin_object();
      json.field("name", report_.lost[i].name);
      json.field("why", report_.lost[i].why.en);
      json.end_object();
    }
    json.end_array();
    json.end_object();
    return text;
  }

  struct Saved {
    Sha256 sha256{};
    std::uint64_t size = 0;
  };

  std::shared_ptr<ContentReader> content_;
  const RecoverOptions& options_;
  std::unique_ptr<BundleWriter> writer_;
  std::vector<std::byte> buffer_;
  std::vector<WalkedMember> members_;
  OldDigests old_digests_;
  std::unordered_map<std::string, Saved> saved_;
  std::vector<std::string> missing_;
  RecoverReport report_;
};

}  // namespace

Result<RecoverReport> recover_bundle(std::unique_ptr<ByteReader> damaged, OutputStream& out,
                                     const RecoverOptions& options) {
  KONSEKI_ASSIGN(auto content, ContentReader::open(std::move(damaged), OnDamage::kSalvage));
  return Recovery(std::move(content), out, options).run();
}

}  // namespace konseki
