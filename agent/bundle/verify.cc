#include "agent/bundle/verify.h"

#include <algorithm>
#include <array>

#include "agent/base/cursor.h"
#include "agent/base/digest.h"
#include "agent/base/json_view.h"
#include "agent/bundle/content_reader.h"
#include "agent/bundle/frame_format.h"
#include "agent/bundle/hash_set.h"
#include "agent/bundle/manifest_builder.h"
#include "agent/bundle/member_names.h"
#include "agent/bundle/reader.h"
#include "agent/bundle/tar_header.h"
#include "agent/bundle/tar_walker.h"
#include "agent/bundle/verify_container.h"
#include "agent/bundle/verify_manifest.h"
#include "agent/bundle/verify_rows.h"
#include "agent/bundle/verify_signature.h"
#include "agent/bundle/xxh64.h"

namespace konseki {
namespace {

constexpr std::size_t kBuffer = 1024 * 1024;

class Verifier {
 public:
  Verifier(std::shared_ptr<ContentReader> content, const VerifyOptions& options)
      : content_(std::move(content)), options_(options), rows_(report_), buffer_(kBuffer) {}

  Result<VerifyReport> run() {
    report_.file_bytes = content_->file().size();
    report_.content_bytes = content_->size();
    if (content_->compressed()) {
      report_.frames = content_->index().frames.size();
      // Neither table: not our container at all, so only what is inside can be held to account.
      foreign_ = content_->index().digests.empty() && !content_->index().from_seek_table &&
                 content_->index().frames.size() == 1 &&
                 content_->index().frames[0].content_size > kFrameContent;
      content_->collect_digests();
    }
    KONSEKI_TRY(check_members());
    check_end();
    check_manifest();
    if (foreign_) {
      report_.notes.push_back(
          {"The bundle was packed again by another program: its members were checked, the "
           "container could not be.",
           "別のプログラムで再圧縮されたバンドルです。各メンバーは検証しましたが、容器自体は検証で"
           "きません。"});
    } else if (content_->compressed()) {
      KONSEKI_TRY(verify_container(*content_, members_, report_));
    }
    check_signature();
    if (options_.encryption) check_encryption(*options_.encryption);
    return std::move(report_);
  }

 private:
  Result<void> check_members() {
    TarWalker walker(*content_);
    while (true) {
      auto found = walker.next();
      if (!found) {
        if (found.error().code == ErrorCode::kIoError) return fail(std::move(found).error());
        KONSEKI_TRY(skip_damage(walker, found.error()));
        if (at_end_) break;
        continue;
      }
      if (!*found) {
        found_end_mark_ = walker.found_end_mark();
        end_ = walker.offset();
        break;
      }
      KONSEKI_TRY(check_member(**found, walker.header_bytes()));
    }
    report_.members = members_.size() + (manifest_ ? 1 : 0) + (signature_ ? 1 : 0);
    if (report_.members == 0) {
      return fail(ErrorCode::kUnsupported, "no member of a bundle found",
                  {"This is not a Konseki bundle.", "Konseki のバンドルではありません。"});
    }
    return {};
  }

  Result<void> skip_damage(TarWalker& walker, const Error& error) {
    const std::string before = members_.empty() ? "(start)" : members_.back().name;
    report_.add(before, {"what follows it is damaged: " + error.detail,
                         "直後の内容が破損しています: " + error.detail});
    KONSEKI_ASSIGN(const bool more, walker.resync());
    at_end_ = !more;
    end_ = walker.offset();
    return {};
  }

  Result<void> check_member(const WalkedMember& found, const std::string& header_bytes) {
    const MemberHeader& header = found.member.header;
    const bool is_signature = manifest_ && !signature_ && header.name == kSignatureName &&
                              found.header_offset == sealed_end_;
    if (manifest_ && !is_signature) {
      report_.add(header.name, {"stands behind the manifest, which must be last",
                                "目録より後ろに格納されています(目録は末尾でなければなりません)"});
    }
    VerifiedMember member{header.name,    header.link_target, header.type,         header.size, {},
                          found.readable, header.modified,    found.header_offset, found.end()};
    if (!found.readable) {
      report_.add(header.name, {"is sparse in a form that cannot be read",
                                "読み取れない形式のスパースファイルです"});
    } else if (header.type == MemberType::kFile) {
      KONSEKI_TRY(read_content(found, member));
    }
    KONSEKI_TRY(check_padding(found));
    if (options_.progress) {
      options_.progress(std::min(found.end(), content_->size()), content_->size());
    }
    if (header.name == kManifestName && !manifest_) {
      manifest_ = found.member;
      if (member.readable) report_.manifest = member.sha256;
      sealed_end_ = found.end();
      check_plain_header(header, header_bytes);
      return {};
    }
    if (is_signature) {
      signature_ = found.member;
      sealed_end_ = found.end();
      check_plain_header(header, header_bytes);
      return {};
    }
    headers_.update(header_bytes);
    check_name(header);
    if (header.name == kRunName && !run_) run_ = found.member;
    members_.push_back(std::move(member));
    return {};
  }

  // The manifest vouches for every header but its own and its signature's, which can only be as the
  // writer makes them.
  void check_plain_header(const MemberHeader& header, const std::string& header_bytes) {
    std::string expected;
    append_tar_header(expected, header);
    if (header_bytes == expected) return;
    const Bilingual text{"its header is not as this program writes it",
                         "ヘッダーが本プログラムの形式と異なります"};
    if (content_->compressed() && !foreign_) {
      report_.add(header.name, text);
    } else {
      report_.notes.push_back({header.name + ": " + text.en, header.name + ": " + text.ja});
    }
  }

  Result<void> read_content(const WalkedMember& found, VerifiedMember& member) {
    if (found.packed_offset + found.packed_size > content_->size()) {
      member.readable = false;
      report_.add(member.name, {"the bundle ends inside it", "途中でバンドルが終わっています"});
      return {};
    }
    const auto content = member_content(content_, found.member);
    Sha256Pass pass;
    for (std::uint64_t offset = 0; offset < content->size();) {
      const auto got = content->read_at(offset, buffer_);
      if (!got && got.error().code == ErrorCode::kIoError) return fail(got.error());
      if (!got || *got == 0) {
        member.readable = false;
        report_.add(member.name, {"its content cannot be read", "内容を読み取れません"});
        return {};
      }
      pass.update(std::span(buffer_).first(*got));
      offset += *got;
    }
    member.sha256 = pass.finish();
    if (RowVerifier::is_text(member.name)) rows_.check(member.name, *content);
    return {};
  }

  // Size and digest of a link are those of the member it repeats.
  void resolve_links(const std::vector<const VerifiedMember*>& by_name) {
    for (VerifiedMember& member : members_) {
      if (member.type != MemberType::kHardLink) continue;
      const auto target = std::lower_bound(
          by_name.begin(), by_name.end(), member.link_target,
          [](const VerifiedMember* other, const std::string& name) { return other->name < name; });
      if (target == by_name.end() || (*target)->name != member.link_target ||
          (*target)->type != MemberType::kFile || (*target)->start > member.start) {
        member.readable = false;
        report_.add(member.name,
                    {"repeats a file that does not come before it: " + member.link_target,
                     "参照先のファイルが前方に見つかりません: " + member.link_target});
        continue;
      }
      member.size = (*target)->size;
      member.sha256 = (*target)->sha256;
      member.readable = (*target)->readable;
    }
  }

  Result<void> check_padding(const WalkedMember& found) {
    const std::uint64_t start = found.packed_offset + found.packed_size;
    std::array<std::byte, kTarBlock> padding{};
    const auto room =
        std::span(padding).first(static_cast<std::size_t>(tar_padding(found.packed_size)));
    const auto got = content_->read_at(start, room);
    if (!got && got.error().code == ErrorCode::kIoError) return fail(got.error());
    if (std::any_of(room.begin(), room.end(), [](std::byte byte) { return byte != std::byte{}; })) {
      report_.add(found.member.header.name,
                  {"the padding behind it is not zero", "直後の詰め物がゼロではありません"});
    }
    return {};
  }

  void check_name(const MemberHeader& header) {
    const std::string& name = header.name;
    MemberHeader known = header;
    known.sha256 = Sha256{};  // only asked for when writing
    if (const auto valid = check_member_header(known); !valid) {
      report_.add(name, {"may not be in a bundle: " + valid.error().detail,
                         "バンドルに格納できない項目です: " + valid.error().detail});
    }
    const bool windows = name.starts_with("fs/");
    const bool linux_tree = name == "[root]" || name.starts_with("[root]/");
    if (!windows && !linux_tree && !name.starts_with("konseki/")) {
      report_.add(name, {"lies outside fs/, [root]/ and konseki/",
                         "fs/、[root]/、konseki/ のいずれにも属していません"});
    }
    if (members_.empty() && name != kRunName) {
      report_.add(name, {"comes first, where konseki/run.json must be",
                         "先頭は konseki/run.json でなければなりません"});
    }
    if (header.type == MemberType::kDirectory) {
      if (!directories_.insert(xxh64(name))) {
        report_.add(name, {"is there twice", "同名の項目が重複しています"});
      }
    } else if (names_.unique(name) != name) {
      report_.add(name, {"has the name of another member, as Windows tools see it",
                         "Windows のツールから見て同名となる項目が重複しています"});
    }
    if (windows && header.type != MemberType::kDirectory && !below_volume_root(name)) {
      report_.add(name, {"comes before its volume's own entry",
                         "ボリュームの項目より前に格納されています"});
    }
  }

  // One of the folders above has an entry of its own, as every Windows volume must.
  bool below_volume_root(std::string_view name) const {
    for (auto slash = name.find('/', 3); slash != std::string_view::npos;
         slash = name.find('/', slash + 1)) {
      if (directories_.contains(xxh64(name.substr(0, slash)))) return true;
    }
    return false;
  }

  void check_end() {
    if (!found_end_mark_) {
      report_.add("(end)", {"the tar has no end mark: the bundle was cut off",
                            "tar の終端がありません。バンドルが途中で切れています"});
    } else if (end_ + 2 * kTarBlock != content_->size() && !foreign_) {
      // Other tools fill up to a whole record; in a sealed bundle nothing may follow.
      const bool blank = rest_is_zero(end_ + 2 * kTarBlock);
      if (content_->compressed() || !blank) {
        report_.add("(end)", {"something follows the end of the tar",
                              "tar の終端より後ろにデータがあります"});
      }
    }
    report_.sealed = found_end_mark_ && manifest_ && sealed_end_ == end_;
  }

  bool rest_is_zero(std::uint64_t offset) {
    while (offset < content_->size()) {
      const auto got = content_->read_at(offset, buffer_);
      if (!got || *got == 0) return false;
      if (as_text(std::span(buffer_).first(*got)).find_first_not_of('\0') !=
          std::string_view::npos) {
        return false;
      }
      offset += *got;
    }
    return true;
  }

  void check_manifest() {
    std::vector<const VerifiedMember*> by_name;
    by_name.reserve(members_.size());
    for (const VerifiedMember& member : members_) by_name.push_back(&member);
    std::stable_sort(by_name.begin(), by_name.end(),
                     [](const auto* a, const auto* b) { return a->name < b->name; });
    resolve_links(by_name);
    if (!manifest_) {
      rows_.finish(by_name, false);
      report_.add("(manifest)",
                  {"missing: the bundle was not sealed; `konseki recover` saves what is there",
                   "目録がありません(封印前に中断)。`konseki recover` で救出できます"});
      return;
    }
    const auto content = member_content(content_, *manifest_);
    verify_manifest(*content, members_, by_name, headers_.finish(),
                    content_->compressed() && !foreign_, report_);
    const bool recovered = json_view(report_.run)["recovered"].is_true();
    if (recovered) {
      report_.notes.push_back(
          {"A recovered bundle, without the signature of its run: what was lost is listed in its "
           "manifest.",
           "救出されたバンドルで、収集時の署名はありません。失われた項目は目録に記載されています"
           "。"});
    }
    rows_.finish(by_name, recovered);
  }

  void check_signature() {
    if (!manifest_) return;  // told already
    const auto manifest = member_content(content_, *manifest_);
    std::unique_ptr<ByteReader> signature;
    if (signature_) signature = member_content(content_, *signature_);
    std::unique_ptr<ByteReader> run;
    if (run_) run = member_content(content_, *run_);
    verify_signature_member(*manifest, signature.get(), run.get(), options_.expected_key, report_);
  }

  void check_encryption(const AgeDamage& damage) {
    if (damage.bad_end) {
      report_.add("(encryption)", {"the encrypted file was cut off, or something was added to it",
                                   "暗号化ファイルが途中で切れているか、末尾に追加があります"});
    }
    for (const std::uint64_t chunk : damage.chunks) {
      const std::string number = std::to_string(chunk);
      report_.add("(encryption)", {"chunk " + number + " is not as it was encrypted",
                                   "チャンク " + number + " が暗号化時と異なります"});
    }
  }

  std::shared_ptr<ContentReader> content_;
  const VerifyOptions& options_;
  VerifyReport report_;
  RowVerifier rows_;
  std::vector<std::byte> buffer_;
  std::vector<VerifiedMember> members_;
  std::optional<Member> run_;
  std::optional<Member> manifest_;
  std::optional<Member> signature_;
  std::uint64_t sealed_end_ = 0;  // of the manifest, or its signature
  Sha256Pass headers_;
  MemberNames names_;
  HashSet directories_;
  bool foreign_ = false;
  bool found_end_mark_ = false;
  bool at_end_ = false;
  std::uint64_t end_ = 0;
};

}  // namespace

void VerifyReport::add(std::string member, Bilingual text) {
  ++problem_count;
  if (problems.size() < kMostProblems) problems.push_back({std::move(member), std::move(text)});
}

Result<VerifyReport> verify_bundle(std::unique_ptr<ByteReader> file, const VerifyOptions& options) {
  KONSEKI_ASSIGN(auto content, ContentReader::open(std::move(file), OnDamage::kSalvage));
  return Verifier(std::move(content), options).run();
}

}  // namespace konseki
