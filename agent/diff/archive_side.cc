#include "agent/diff/archive_side.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "agent/base/digest.h"
#include "agent/diff/deb_package.h"
#include "agent/diff/shared_folders.h"
#include "agent/diff/source_side.h"
#include "agent/match/container/archive_stream.h"
#include "agent/match/container/member_name.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMostMembers = 2'000'000;
constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 30;  // unpacked
constexpr std::uint64_t kRatio = 1000;                         // unpacked for each packed byte
constexpr std::uint64_t kRatioFrom = std::uint64_t{1} << 30;

// "./a//b/../c" as "a/b/../c": nothing is ever written to such a name.
std::string tidy(std::string_view raw) {
  const std::string name = member_name(raw);
  std::string out;
  std::string_view rest = name;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (part.empty() || part == ".") continue;
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

Error unpacks_too_far(std::string detail) {
  return {ErrorCode::kLimitExceeded,
          std::move(detail),
          {"Unpack it on a clean machine and compare with the folder.",
           "安全な機械で展開し、そのフォルダーと比較してください。"}};
}

class ArchiveSide : public Side {
 public:
  explicit ArchiveSide(std::unique_ptr<ByteReader> content) : content_(std::move(content)) {}

  Result<void> load(std::string name, const std::string& root) {
    info_.name = std::move(name);
    std::array<std::byte, 64> head;
    KONSEKI_ASSIGN(const std::size_t got, content_->read_at(0, head));
    if (is_deb(std::span(head).first(got))) {
      KONSEKI_ASSIGN(const DebPackage package, read_deb(*content_));
      info_.kind = "deb";
      const std::string what = package.name + ' ' + package.version;
      info_.title = {"Debian package " + what, "Debian パッケージ " + what};
      package_ = package.name;
      part_ = std::make_unique<PartReader>(*content_, package.data);
    } else {
      info_.kind = "archive";
      info_.title = {"release archive", "配布アーカイブ"};
    }
    const std::string wanted = side_path(root);
    auto read = each([&](ArchiveStream& archive, const ArchiveMember& member) {
      return take(archive, member, wanted);
    });
    if (!read) return read;
    settle();
    resolve_hard_links();
    if (files_.empty()) {
      return fail(ErrorCode::kNotFound,
                  info_.name + ": no files" + (wanted.empty() ? "" : " below ") + wanted);
    }
    if (info_.kind == "deb") own_folders_ = own_folders_of(files_, package_);
    return {};
  }

  Result<Digests> digests(std::size_t index) override {
    // Only SHA-256 is taken while unpacking, and that is known: nobody asks for more.
    return fail(ErrorCode::kNotFound, files_[index].path + ": no content in the archive");
  }

  Result<void> contents(std::span<const std::size_t> wanted, std::uint64_t most,
                        const ContentVisitor& visit) override {
    std::map<std::string, std::vector<std::size_t>, std::less<>> waiting;
    for (const std::size_t index : wanted) {
      const auto link = hard_links_.find(files_[index].path);
      waiting[link == hard_links_.end() ? files_[index].path : link->second].push_back(index);
    }
    // Of members that come twice the last counts.
    std::map<std::size_t, Result<std::vector<std::byte>>> found;
    auto read = each([&](ArchiveStream& archive, const ArchiveMember& member) -> Result<void> {
      const auto asked = waiting.find(tidy(member.name));
      if (asked == waiting.end() || !member.regular || !member.link_target.empty()) return {};
      std::vector<std::byte> bytes;
      bool larger = false;
      KONSEKI_TRY(drain(archive, [&](std::span<const std::byte> chunk) {
        larger = larger || bytes.size() + chunk.size() > most;
        if (!larger) bytes.insert(bytes.end(), chunk.begin(), chunk.end());
      }));
      for (const std::size_t index : asked->second) {
        if (larger) {
          found.insert_or_assign(index, fail(ErrorCode::kLimitExceeded, files_[index].path));
        } else {
          found.insert_or_assign(index, bytes);
        }
      }
      return {};
    });
    if (!read) return read;
    for (auto& [index, bytes] : found) visit(index, std::move(bytes));
    return {};
  }

 private:
  using MemberVisitor = std::function<Result<void>(ArchiveStream&, const ArchiveMember&)>;

  ByteReader& body() { return part_ ? *part_ : *content_; }

  Result<void> each(const MemberVisitor& visit) {
    KONSEKI_ASSIGN(auto archive, open_archive(body(), ArchiveForm::kAny));
    unpacked_ = 0;
    for (std::uint64_t members = 0;; ++members) {
      KONSEKI_ASSIGN(const auto member, archive->next());
      if (!member) return {};
      if (archive->single()) {
        return fail(ErrorCode::kUnsupported, info_.name + ": a compressed file and no archive",
                    {"Give the release as tar, zip, 7z or deb.",
                     "配布物は tar、zip、7z、deb の形で指定してください。"});
      }
      if (members >= kMostMembers) {
        return fail(unpacks_too_far(fmt::format("more than {} members", kMostMembers)));
      }
      if (member->encrypted) {
        return fail(ErrorCode::kUnsupported, info_.name + ": needs a password",
                    {"Unpack it with its password and compare with the folder.",
                     "パスワードで展開し、そのフォルダーと比較してください。"});
      }
      KONSEKI_TRY(visit(*archive, *member));
    }
  }

  template <class Take>
  Result<std::uint64_t> drain(ArchiveStream& archive, Take&& take) {
    std::uint64_t size = 0;
    while (true) {
      KONSEKI_ASSIGN(const auto chunk, archive.read());
      if (chunk.empty()) return size;
      size += chunk.size();
      unpacked_ += chunk.size();
      if (unpacked_ > kMostBytes ||
          (unpacked_ > kRatioFrom && unpacked_ / kRatio > body().size())) {
        return fail(unpacks_too_far(fmt::format("{}: unpacks to more than {} bytes", info_.name,
                                                unpacked_ - chunk.size())));
      }
      take(chunk);
    }
  }

  Result<void> take(ArchiveStream& archive, const ArchiveMember& member,
                    const std::string& wanted) {
    if (!member.regular && !member.symbolic_link) return {};
    SideFile file;
    file.path = tidy(member.name);
    if (file.path.empty() || !is_below(file.path, wanted)) return {};
    file.modified = member.modified;
    if (member.symbolic_link) {
      file.type = FileType::kSymlink;
      file.link_target = member_name(member.link_target);
    } else if (!member.link_target.empty()) {
      hard_links_[file.path] = tidy(member.link_target);
    } else {
      Sha256Pass pass;
      KONSEKI_ASSIGN(file.size,
                     drain(archive, [&](std::span<const std::byte> chunk) { pass.update(chunk); }));
      file.sha256 = pass.finish();
    }
    files_.push_back(std::move(file));
    return {};
  }

  // They have the content of the member they name.
  void resolve_hard_links() {
    for (SideFile& file : files_) {
      const auto link = hard_links_.find(file.path);
      if (link == hard_links_.end()) continue;
      const auto target = std::lower_bound(
          files_.begin(), files_.end(), link->second,
          [](const SideFile& a, const std::string& path) { return a.path < path; });
      if (target == files_.end() || target->path != link->second) continue;
      file.size = target->size;
      file.sha256 = target->sha256;
    }
  }

  std::unique_ptr<ByteReader> content_;
  std::unique_ptr<PartReader> part_;  // data.tar of a Debian package
  std::string package_;
  std::map<std::string, std::string, std::less<>> hard_links_;
  std::uint64_t unpacked_ = 0;
};

}  // namespace

Result<std::unique_ptr<Side>> make_archive_side(std::unique_ptr<ByteReader> content,
                                                std::string name, const std::string& root) {
  auto side = std::make_unique<ArchiveSide>(std::move(content));
  if (auto loaded = side->load(name, root); !loaded) {
    Error error = loaded.error();
    if (error.detail.find(name) == std::string::npos) error.detail = name + ": " + error.detail;
    return fail(std::move(error));
  }
  return std::unique_ptr<Side>(std::move(side));
}

}  // namespace konseki
