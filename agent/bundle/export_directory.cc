#include <algorithm>
#include <array>
#include <cstdio>

#include "agent/base/unicode.h"
#include "agent/bundle/export.h"
#include "agent/bundle/export_member.h"
#include "agent/bundle/member_names.h"
#include "agent/bundle/xxh64.h"

namespace konseki {
namespace {

constexpr std::size_t kLongestName = 255;  // bytes, of ext4, xfs, btrfs; NTFS counts more kindly
constexpr std::size_t kKeptOfLong = 200;

// Components too long for the output's file system keep their start and get a hash.
std::string fitting_path(std::string_view name) {
  std::string out;
  while (true) {
    const auto slash = name.find('/');
    const std::string_view component = name.substr(0, slash);
    if (component.size() <= kLongestName) {
      out += component;
    } else {
      std::size_t kept = 0;
      while (kept < kKeptOfLong) {
        kept += std::max<std::size_t>(1, utf8_sequence_length(component.substr(kept)));
      }
      std::array<char, 24> hash{};
      std::snprintf(hash.data(), hash.size(), "~%016llx",
                    static_cast<unsigned long long>(xxh64(component)));
      out += component.substr(0, kept);
      out += hash.data();
    }
    if (slash == std::string_view::npos) return out;
    out += '/';
    name.remove_prefix(slash + 1);
  }
}

class DirectoryExport {
 public:
  DirectoryExport(BundleReader& bundle, OutputDirectory& out) : bundle_(bundle), out_(out) {}

  Result<ExportReport> run() {
    for (const Member& member : bundle_.members()) {
      const std::string path = place_of(member.header.name);
      linux_tree_ = linux_tree_ || path.starts_with("[root]/");
      if (has_content(member)) {
        KONSEKI_TRY(write_file(member, path));
      } else if (member.header.type == MemberType::kDirectory) {
        directories_.emplace_back(&member, path);
        if (!remark_unless(out_.create_directory(path), member)) continue;
      } else if (member.header.type == MemberType::kSymlink) {
        links_.emplace_back(&member, path);
        continue;
      } else {
        remark_type(member, report_);
        continue;
      }
      ++report_.members;
    }
    // Links last, so that no path ever meets one on its way.
    for (const auto& [member, path] : links_) {
      if (!remark_unless(out_.create_symlink(member->header.link_target, path), *member)) continue;
      if (member->header.modified) {
        remark_unless(out_.set_modified(path, *member->header.modified), *member);
      }
      ++report_.members;
    }
    // Times of folders last of all: whatever is put into one changes it.
    for (const auto& [member, path] : directories_) {
      if (member->header.modified) {
        remark_unless(out_.set_modified(path, *member->header.modified), *member);
      }
    }
    if (linux_tree_) KONSEKI_TRY(write_marker());
    return std::move(report_);
  }

 private:
  std::string place_of(const std::string& name) {
    std::string path = fitting_path(safe_member_path(name, PathStyle::kPosix));
    if (path != name) {
      report_.remarks.push_back(
          {name, {"written as " + path, path + " という名前で書き出しました"}});
    }
    return path;
  }

  // A file that cannot be made is a remark, a full disk ends the export.
  Result<void> write_file(const Member& member, const std::string& path) {
    auto file = out_.create_file(path);
    if (!file) {
      if (file.error().code == ErrorCode::kIoError) return fail(std::move(file).error());
      remark(member, file.error());
      return {};
    }
    std::vector<ByteRange> ranges = member.header.data;
    if (ranges.empty()) ranges.push_back({0, member.header.size});
    for (const ByteRange& range : ranges) {
      KONSEKI_TRY(export_content(bundle_, member, range, report_,
                                 [&](std::uint64_t offset, std::span<const std::byte> piece) {
                                   return (*file)->write_at(offset, piece);
                                 }));
    }
    KONSEKI_TRY((*file)->set_size(member.header.size));
    if (member.header.modified) {
      remark_unless((*file)->set_modified(*member.header.modified), member);
    }
    return {};
  }

  // dissect takes a folder with [root] for what it is only with this file beside it.
  Result<void> write_marker() {
    constexpr std::string_view kText = "Exported from a Konseki bundle: see konseki/run.json.\n";
    auto file = out_.create_file("uac.log");
    if (!file) return fail(std::move(file).error());
    return (*file)->write_at(0, std::as_bytes(std::span(kText)));
  }

  void remark(const Member& member, const Error& error) {
    report_.remarks.push_back(
        {member.header.name,
         {error.describe(Language::kEnglish), error.describe(Language::kJapanese)}});
  }

  bool remark_unless(const Result<void>& result, const Member& member) {
    if (!result) remark(member, result.error());
    return result.has_value();
  }

  BundleReader& bundle_;
  OutputDirectory& out_;
  ExportReport report_;
  std::vector<std::pair<const Member*, std::string>> directories_;
  std::vector<std::pair<const Member*, std::string>> links_;
  bool linux_tree_ = false;
};

}  // namespace

Result<ExportReport> export_directory(BundleReader& bundle, OutputDirectory& out) {
  return DirectoryExport(bundle, out).run();
}

}  // namespace konseki
