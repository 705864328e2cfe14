#include "agent/bundle/verify_manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "agent/base/digest.h"
#include "agent/base/json_view.h"
#include "agent/bundle/manifest_builder.h"
#include "agent/bundle/reader.h"
#include "agent/bundle/tar_header.h"

namespace konseki {
namespace {

constexpr std::string_view kFirstLine = R"({"format":"konseki-bundle","version":1,"members":[)";
constexpr std::string_view kLastLine = R"(],"headers_sha256":")";

class ManifestVerifier {
 public:
  ManifestVerifier(const std::vector<VerifiedMember>& members,
                   const std::vector<const VerifiedMember*>& by_name, const Sha256& headers,
                   bool compressed, VerifyReport& report)
      : members_(members),
        by_name_(by_name),
        listed_(members.size()),
        headers_(headers),
        compressed_(compressed),
        report_(report) {}

  void line(std::string_view text) {
    ++lines_;
    if (lines_ == 1) {
      if (text != kFirstLine) broken();
    } else if (text.starts_with(kLastLine)) {
      last(text);
    } else {
      if (closed_) broken();
      if (text.ends_with(',')) text.remove_suffix(1);
      row(text);
    }
  }

  void finish() {
    if (!closed_) broken();
    if (broken_) {
      report_.add(std::string(kManifestName), {"is not a manifest as this program writes it",
                                               "本プログラムの形式の目録になっていません"});
    }
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (listed_[i]) continue;
      report_.add(members_[i].name,
                  {"is not in the manifest", "目録(manifest.json)に記載がありません"});
    }
  }

 private:
  void broken() { broken_ = true; }

  // The member's number, looked for in order first: the manifest lists them as they stand.
  std::size_t number_of(const std::string& name) {
    if (next_ < members_.size() && members_[next_].name == name) return next_;
    const auto found =
        std::lower_bound(by_name_.begin(), by_name_.end(), name,
                         [](const VerifiedMember* member, const std::string& wanted) {
                           return member->name < wanted;
                         });
    if (found == by_name_.end() || (*found)->name != name) return members_.size();
    return static_cast<std::size_t>(*found - members_.data());
  }

  void row(std::string_view text) {
    const JsonView json = json_view(text);
    if (!nlohmann::json::accept(text.begin(), text.end()) || !json["name"]) return broken();
    const std::string name = json["name"].text();
    const std::size_t number = number_of(name);
    if (number == members_.size()) {
      report_.add(name, {"is in the manifest, but not in the bundle",
                         "目録に記載がありますが、バンドル内に存在しません"});
      return;
    }
    if (number != next_ && number < next_) {
      report_.add(name, {"does not stand where the manifest says", "格納順が目録と一致しません"});
    }
    next_ = number + 1;
    listed_[number] = true;
    compare(members_[number], json);
  }

  void compare(const VerifiedMember& member, const JsonView& json) {
    const std::string_view type = json["type"].plain();
    // A plain tar made by export holds full copies where the bundle has links.
    const bool expanded = !compressed_ && type == "hardlink" && member.type == MemberType::kFile;
    if (type != member_type_name(member.type) && !expanded) {
      report_.add(member.name,
                  {"is of another type than in the manifest", "種別が目録と一致しません"});
    }
    if (!expanded && json["link"].text() != member.link_target) {
      report_.add(member.name,
                  {"links to something else than in the manifest", "リンク先が目録と一致しません"});
    }
    if (member.type != MemberType::kFile && member.type != MemberType::kHardLink) return;
    if (!member.readable) return;  // told already
    if (json["size"].unsigned_number() != member.size) {
      report_.add(member.name, {"size differs from the manifest", "サイズが目録と一致しません"});
    }
    if (json["sha256"].plain() != to_hex(member.sha256)) {
      report_.add(member.name,
                  {"content differs from the SHA-256 in the manifest",
                   "内容が目録の SHA-256 と一致しません。収集後に変更または破損しています"});
    }
  }

  void last(std::string_view text) {
    closed_ = true;
    const std::string object = "{\"members\":[" + std::string(text);
    if (!nlohmann::json::accept(object)) return broken();
    const JsonView json = json_view(object);
    report_.run = json["run"].raw;
    if (json["headers_sha256"].plain() == to_hex(headers_)) return;
    if (compressed_) {
      report_.add("(headers)",
                  {"the members' headers (times, owners, modes) differ from the manifest",
                   "メンバーのヘッダー(日時・所有者・権限)が目録と一致しません"});
    } else {
      report_.notes.push_back(
          {"The tar's headers are not the sealed ones: an export, or packed again.",
           "tar のヘッダーが封印時と異なります(エクスポートまたは再パックされたもの)。"});
    }
  }

  const std::vector<VerifiedMember>& members_;
  const std::vector<const VerifiedMember*>& by_name_;
  std::vector<bool> listed_;
  const Sha256& headers_;
  bool compressed_;
  VerifyReport& report_;
  std::uint64_t lines_ = 0;
  std::size_t next_ = 0;
  bool closed_ = false;
  bool broken_ = false;
};

}  // namespace

void verify_manifest(ByteReader& manifest, const std::vector<VerifiedMember>& members,
                     const std::vector<const VerifiedMember*>& by_name, const Sha256& headers,
                     bool compressed, VerifyReport& report) {
  ManifestVerifier verifier(members, by_name, headers, compressed, report);
  const auto read = for_each_line_of(manifest, [&](std::string_view line) { verifier.line(line); });
  if (!read) {
    report.add(std::string(kManifestName), {"cannot be read: " + read.error().detail,
                                            "読み取れません: " + read.error().detail});
  }
  verifier.finish();
}

}  // namespace konseki
