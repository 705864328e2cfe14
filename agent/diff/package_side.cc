#include "agent/diff/package_side.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "agent/base/memory_reader.h"
#include "agent/diff/shared_folders.h"
#include "agent/diff/source_side.h"
#include "collectors/linux/dpkg/dpkg_status.h"
#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMostText = std::uint64_t{256} << 20;
constexpr std::string_view kDatabase = "var/lib/dpkg";
constexpr auto kMergeable =
    std::to_array<std::string_view>({"bin", "sbin", "lib", "lib32", "lib64", "libx32"});

std::string_view without_architecture(std::string_view package) {
  return package.substr(0, package.find(':'));
}

class PackageSide : public Side {
 public:
  explicit PackageSide(Source& source) : source_(source) {}

  Result<void> load(const std::vector<std::string>& packages, const std::string& root) {
    info_.kind = "packages";
    info_.name = source_.info().location;
    info_.title = {"package database of the examined system", "調査対象のパッケージデータベース"};
    info_.caveats.push_back(
        {"The database lies on the examined system: who became root there could change it. It "
         "holds "
         "MD5 digests and no contents, so changed lines cannot be shown; compare with the .deb "
         "file "
         "for both.",
         "データベースは調査対象の上にあり、root 権限を得た者は書き換えられます。MD5 のみで内容を"
         "含まないため、変更行は表示できません。確実な比較には .deb ファイルを使ってください。"});
    KONSEKI_TRY(find_database());
    find_merged();
    const std::string wanted = side_path(root);
    for (const std::string& name : packages) asked_.insert(name);
    for (Diversion& each : parse_diversions(read("diversions").value_or(""))) {
      diversions_[each.from] = std::move(each);
    }
    KONSEKI_TRY(read_lists());
    read_conffiles();
    for (const std::string& name : packages) {
      if (known_.contains(name)) continue;
      return fail(ErrorCode::kNotFound, name + ": no such package in the database",
                  {"See what is installed: konseki collect records linux.dpkg.",
                   "導入済みパッケージは konseki collect の linux.dpkg で確認できます。"});
    }
    for (auto& [path, file] : found_) {
      if (is_below(path, wanted) && !is_folder(path)) files_.push_back(std::move(file));
    }
    if (files_.empty()) {
      return fail(ErrorCode::kNotFound, root + ": no package owns anything there",
                  {"Compare with the archive of the release instead.",
                   "配布アーカイブと比較してください。"});
    }
    if (wanted.empty()) own_folders_ = outermost({folders_.begin(), folders_.end()});
    settle();
    return {};
  }

  Result<Digests> digests(std::size_t index) override {
    return fail(ErrorCode::kNotFound, files_[index].path + ": no digest in the database");
  }

  Result<void> contents(std::span<const std::size_t> wanted, std::uint64_t,
                        const ContentVisitor& visit) override {
    for (const std::size_t index : wanted) {
      visit(index, fail(ErrorCode::kNotFound, "a package database holds no contents"));
    }
    return {};
  }

 private:
  Result<void> find_database() {
    for (const auto& volume : source_.file_systems()) {
      // The folder of a volume of its own (/var, /var/lib) or of the system's.
      std::string folder(kDatabase);
      const std::string mount = side_path(volume->info().mount);
      if (!mount.empty() && !mount.starts_with("$fs$")) {
        if (!is_below(folder, mount)) continue;
        folder.erase(0, std::min(folder.size(), mount.size() + 1));
      }
      const auto entry = volume->stat(folder + "/info");
      if (!entry || entry->type != FileType::kDirectory) continue;
      volume_ = volume.get();
      folder_ = folder;
      if (mount.starts_with("$fs$")) prefix_ = mount + "/";
      return {};
    }
    return fail(ErrorCode::kNotFound, source_.info().location + ": no dpkg database in it",
                {"Give the whole system (its root folder or image), or compare with a .deb file or "
                 "a release archive.",
                 "システム全体 (ルートフォルダーまたはイメージ) を指定するか、.deb ファイル・"
                 "配布アーカイブと比較してください。"});
  }

  std::optional<std::string> read(const std::string& name) {
    const std::string path = folder_ + '/' + name;
    const auto entry = volume_->stat(path);
    if (!entry) return std::nullopt;
    auto reader = volume_->open(*entry);
    auto bytes = reader ? read_all(**reader, kMostText)
                        : Result<std::vector<std::byte>>(fail(reader.error()));
    if (!bytes) {
      problems_.emplace_back(path, bytes.error());
      return std::nullopt;
    }
    return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }

  // Folders that Debian's usr-merge made links.
  void find_merged() {
    for (const std::string_view name : kMergeable) {
      for (const auto& volume : source_.file_systems()) {
        const auto entry = volume->stat(name);
        if (entry && entry->type == FileType::kSymlink) merged_.emplace(name);
      }
    }
  }

  bool is_folder(const std::string& path) const {
    for (const auto& volume : source_.file_systems()) {
      const std::string mount = side_path(volume->info().mount);
      if (!is_below(path, mount)) continue;
      const auto entry =
          volume->stat(path.substr(mount.empty() ? 0 : std::min(path.size(), mount.size() + 1)));
      if (entry) return entry->type == FileType::kDirectory;
    }
    return folders_.contains(path);
  }

  // The side's path of a path of the system, for the package that claims it.
  std::string placed(std::string_view path, std::string_view package) const {
    if (const auto found = diversions_.find(path);
        found != diversions_.end() && without_architecture(package) != found->second.package) {
      path = found->second.to;
    }
    std::string out = side_path(path);
    const std::string first = out.substr(0, out.find('/'));
    if (merged_.contains(first)) out.insert(0, "usr/");
    return prefix_ + out;
  }

  bool is_asked(std::string_view package) const {
    return asked_.empty() || asked_.contains(std::string(package)) ||
           asked_.contains(std::string(without_architecture(package)));
  }

  Result<void> read_lists() {
    std::vector<std::string> names;
    KONSEKI_TRY(volume_->list(folder_ + "/info", [&](const Entry& entry) {
      if (entry.name().ends_with(".list")) names.emplace_back(entry.name());
      return WalkAction::kContinue;
    }));
    std::sort(names.begin(), names.end());
    std::set<std::string> of_others;
    for (const std::string& name : names) {
      const std::string package = name.substr(0, name.size() - 5);
      const bool ours = is_asked(package);
      if (ours) {
        known_.insert(package);
        known_.insert(std::string(without_architecture(package)));
      }
      const auto text = read("info/" + name);
      if (!text) continue;
      // Folders come before what they hold.
      std::string held;
      const auto flush = [&](std::string_view next) {
        if (held.empty()) return;
        const bool folder = next.size() > held.size() && is_below(next, held);
        if (!ours) {
          of_others.insert(placed(held, package));
        } else if (folder) {
          folders_.insert(placed(held, package));
        } else {
          SideFile& file = found_[placed(held, package)];
          file.path = placed(held, package);
          file.type = FileType::kUnknown;
          file.package = package;
        }
      };
      for_each_line(*text, [&](const ConfigLine& line) {
        if (!line.text.starts_with('/') || line.text == "/.") return;
        flush(line.text);
        held = line.text;
      });
      flush({});
      if (ours) read_md5sums(package);
    }
    for (const std::string& folder : of_others) folders_.erase(folder);
    return {};
  }

  void read_md5sums(const std::string& package) {
    const auto text = read("info/" + package + ".md5sums");
    if (!text) return;
    for_each_line(*text, [&](const ConfigLine& line) {
      std::string_view rest = line.text;
      const auto md5 = parse_md5(take_word(rest));
      if (!md5 || rest.empty()) return;
      const std::string path = placed(rest, package);
      SideFile& file = found_[path];
      file.path = path;
      file.type = FileType::kRegular;
      file.md5 = *md5;
      file.package = package;
    });
  }

  void read_conffiles() {
    const auto text = read("status");
    if (!text) return;
    parse_dpkg_status(*text, [&](PackageStanza&& stanza) {
      const std::string_view package = stanza.field("Package");
      if (!is_asked(package)) return;
      for (const Conffile& each : stanza.conffiles()) {
        const auto file = found_.find(placed(each.path, package));
        if (file == found_.end() || !each.md5 || each.obsolete) continue;
        file->second.type = FileType::kRegular;
        file->second.md5 = *each.md5;
      }
    });
  }

  Source& source_;
  FileSystem* volume_ = nullptr;
  std::string folder_;
  std::string prefix_;
  std::set<std::string> asked_, known_;
  std::set<std::string> merged_;
  std::set<std::string> folders_;
  std::map<std::string, Diversion, std::less<>> diversions_;
  std::map<std::string, SideFile> found_;
};

}  // namespace

Result<std::unique_ptr<Side>> make_package_side(Source& source,
                                                const std::vector<std::string>& packages,
                                                const std::string& root) {
  auto side = std::make_unique<PackageSide>(source);
  KONSEKI_TRY(side->load(packages, root));
  return std::unique_ptr<Side>(std::move(side));
}

}  // namespace konseki
