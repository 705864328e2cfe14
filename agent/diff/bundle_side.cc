#include <map>

#include "agent/base/file_row_view.h"
#include "agent/base/hex.h"
#include "agent/base/memory_reader.h"
#include "agent/bundle/entry_row.h"
#include "agent/diff/source_side.h"

namespace konseki {
namespace {

class BundleSide : public ReaderSide {
 public:
  explicit BundleSide(std::unique_ptr<BundleReader> bundle) : bundle_(std::move(bundle)) {}

  Result<void> load(std::string name, const std::string& root) {
    info_.kind = "bundle";
    info_.name = std::move(name);
    info_.title = {"bundle", "バンドル"};
    info_.caveats.push_back(
        {"A bundle knows only what its collection looked at; what it did not list counts as absent "
         "from it.",
         "バンドルは収集時に調べた範囲だけを含みます。一覧にないものは「無い」とみなされます。"});
    if (!bundle_->sealed()) {
      info_.caveats.push_back({"This bundle is cut off: part of its list may be missing.",
                               "このバンドルは途中で切れており、一覧の一部が欠けている可能性が"
                               "あります。"});
    }
    const std::string wanted = side_path(root);
    std::uint64_t damaged = 0;
    KONSEKI_TRY(bundle_->for_each_line("files", [&](std::string_view line) {
      const FileRowView row = file_row_view(line);
      if (!row.whole) {
        ++damaged;
      } else {
        take(row, wanted);
      }
    }));
    if (damaged > 0) {
      problems_.emplace_back(
          "konseki/files.jsonl",
          Error{ErrorCode::kCorrupt, std::to_string(damaged) + " damaged rows", {}});
    }
    if (files_.empty()) {
      return fail(ErrorCode::kNotFound, root + ": nothing of it in " + info_.name,
                  {"See what the bundle holds: konseki info; collect with --profile web-server.",
                   "バンドルの内容は konseki info で確認できます。Web サーバーは --profile "
                   "web-server で収集してください。"});
    }
    settle();
    return {};
  }

 private:
  void take(const FileRowView& row, const std::string& wanted) {
    if (row[FileField::kStream] || row[FileField::kSnapshot]) return;
    SideFile file;
    const std::string path = row[FileField::kPath].text();
    file.path = side_path(path);
    if (path.size() > 1 && path[1] == ':') case_blind_ = true;
    if (!is_below(file.path, wanted)) return;
    const Entry entry = row_entry(row, path);
    if (entry.type == FileType::kDirectory || entry.allocation != Allocation::kAllocated) return;
    file.type = entry.type;
    file.size = entry.size;
    file.modified = entry.times.modified;
    file.owner = !entry.owner.empty()   ? entry.owner
                 : row[FileField::kUid] ? std::to_string(entry.uid)
                                        : std::string();
    file.link_target = entry.link_target;
    file.package = row[FileField::kPackage].text();
    Sha256 sha256;
    if (read_hex(row[FileField::kSha256].plain(), sha256)) file.sha256 = sha256;
    std::array<std::byte, 16> md5;
    if (read_hex(row[FileField::kMd5].plain(), md5)) file.md5 = md5;
    file.handle = members_.size();
    members_.push_back(row[FileField::kMember].text());
    files_.push_back(std::move(file));
  }

  Result<std::unique_ptr<ByteReader>> open(std::size_t index) override {
    const std::string& name = members_[files_[index].handle];
    const Member* member = name.empty() ? nullptr : bundle_->find(name);
    if (member == nullptr) {
      return fail(ErrorCode::kNotFound, files_[index].path + ": its content is not in the bundle");
    }
    return bundle_->open(*member);
  }

  std::unique_ptr<BundleReader> bundle_;
  std::vector<std::string> members_;  // empty: listed only
};

}  // namespace

Result<std::unique_ptr<Side>> make_bundle_side(std::unique_ptr<BundleReader> bundle,
                                               std::string name, const std::string& root) {
  auto side = std::make_unique<BundleSide>(std::move(bundle));
  KONSEKI_TRY(side->load(std::move(name), root));
  return std::unique_ptr<Side>(std::move(side));
}

}  // namespace konseki
