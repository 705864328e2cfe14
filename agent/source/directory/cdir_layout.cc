#include "agent/source/directory/cdir_layout.h"

#include <algorithm>
#include <array>
#include <set>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::array<std::string_view, 6> kSystemHives = {"sam",    "security", "software",
                                                          "system", "default",  "components"};
constexpr std::string_view kSystem32 = "Windows/System32/";

struct Found {
  std::string name;
  std::string path;
  FileType type;
};

std::vector<Found> children(FileSystem& tree, const std::string& directory) {
  std::vector<Found> found;
  const auto listed = tree.list(directory, [&](const Entry& entry) {
    found.push_back({std::string(entry.name()), entry.path, entry.type});
    return WalkAction::kContinue;
  });
  if (!listed) found.clear();  // nothing of CDIR's then
  return found;
}

// `name` without a transaction log's ending.
std::string_view without_log(std::string_view name) {
  for (const std::string_view ending : {".log1", ".log2", ".log"}) {
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  }
  return name;
}

class CdirFolder {
 public:
  CdirFolder(FileSystem& tree, const std::string& root) : tree_(tree), top_(children(tree, root)) {}

  bool recognised() const {
    std::size_t folders = 0;
    bool sure = false;
    for (const Found& found : top_) {
      const std::string name = fold_case(found.name);
      sure = sure || name == "collector-log.txt" || name == "$usnjrnl-$j";
      if (found.type != FileType::kDirectory) continue;
      for (const std::string_view folder :
           {"ntfs", "evtx", "prefetch", "registry", "wmi", "srum", "web"}) {
        folders += name == folder;
      }
    }
    return folders >= (sure ? 1u : 3u);
  }

  std::map<char, std::vector<PlacedFile>> files() {
    find_drives();
    find_users();
    for (const Found& found : top_) {
      std::string name = fold_case(found.name);
      if (name == "$mft") add(system_, "$MFT", "", found);
      if (name == "$usnjrnl-$j") add(system_, "$Extend/$UsnJrnl", "$J", found);
      if (found.type != FileType::kDirectory) continue;
      std::string prefix;
      if (name.ends_with("_old")) {
        prefix = "Windows.old/";
        name.resize(name.size() - 4);
      }
      map_folder(name, prefix, found);
    }
    return std::move(files_);
  }

 private:
  void add(char drive, std::string path, std::string stream, const Found& found) {
    if (found.type == FileType::kRegular) {
      files_[drive].push_back({std::move(path), std::move(stream), found.path});
    }
  }

  void find_drives() {
    for (const Found& folder : top_) {
      if (fold_case(folder.name) != "ntfs") continue;
      for (const Found& file : children(tree_, folder.path)) {
        if (file.name.size() < 3 || file.name[1] != '_') continue;
        const char drive = file.name[0] >= 'a' && file.name[0] <= 'z'
                               ? static_cast<char>(file.name[0] - 'a' + 'A')
                               : file.name[0];
        if (drive < 'A' || drive > 'Z') continue;
        const std::string kind = fold_case(std::string_view(file.name).substr(2));
        if (kind == "$mft") add(drive, "$MFT", "", file);
        if (kind == "$secure-$sds") add(drive, "$Secure", "$SDS", file);
        if (kind == "$usnjrnl-$j") add(drive, "$Extend/$UsnJrnl", "$J", file);
      }
    }
    // Users may live on a second drive; the system is on the one named C where there is a C.
    if (!files_.empty() && !files_.contains('C')) system_ = files_.begin()->first;
  }

  void find_users() {
    for (const Found& folder : top_) {
      const std::string name = fold_case(folder.name);
      if (name != "registry" && name != "registry_old") continue;
      for (const Found& file : children(tree_, folder.path)) {
        const std::string plain(without_log(fold_case(file.name)));
        for (const std::string_view ending : {"_ntuser.dat", "_usrclass.dat"}) {
          if (plain.ends_with(ending) && plain.size() > ending.size()) {
            users_.insert(file.name.substr(0, plain.size() - ending.size()));
          }
        }
      }
    }
  }

  void map_folder(const std::string& kind, const std::string& prefix, const Found& folder) {
    for (const Found& file : children(tree_, folder.path)) {
      const std::string& name = file.name;
      if (kind == "evtx")
        add(system_, prefix + std::string(kSystem32) + "winevt/Logs/" + name, "", file);
      if (kind == "wmi")
        add(system_, prefix + std::string(kSystem32) + "wbem/Repository/" + name, "", file);
      if (kind == "srum") add(system_, prefix + std::string(kSystem32) + "sru/" + name, "", file);
      if (kind == "prefetch") map_prefetch(prefix, file);
      if (kind == "registry") map_hive(prefix, file);
      if (kind == "web" && file.type == FileType::kDirectory) {
        for (const Found& item : children(tree_, file.path)) {
          map_web(prefix, fold_case(name), item);
        }
      }
    }
  }

  void map_prefetch(const std::string& prefix, const Found& file) {
    const auto colon = file.name.find(':');
    const std::string path = prefix + "Windows/Prefetch/" + file.name.substr(0, colon);
    add(system_, path, colon == std::string::npos ? "" : file.name.substr(colon + 1), file);
  }

  void map_hive(const std::string& prefix, const Found& file) {
    const std::string plain(without_log(fold_case(file.name)));
    if (std::find(kSystemHives.begin(), kSystemHives.end(), plain) != kSystemHives.end()) {
      add(system_, prefix + std::string(kSystem32) + "config/" + file.name, "", file);
    } else if (plain == "amcache.hve") {
      add(system_, prefix + "Windows/AppCompat/Programs/" + file.name, "", file);
    } else if (const auto user = user_before(plain, "_ntuser.dat")) {
      const auto size = *user;
      add(system_, home(prefix, file.name.substr(0, size)) + file.name.substr(size + 1), "", file);
    } else if (const auto owner = user_before(plain, "_usrclass.dat")) {
      const auto size = *owner;
      add(system_,
          home(prefix, file.name.substr(0, size)) + "AppData/Local/Microsoft/Windows/" +
              file.name.substr(size + 1),
          "", file);
    }
  }

  void map_web(const std::string& prefix, const std::string& browser, const Found& file) {
    const auto split = user_length(file.name);
    if (split == std::string::npos) return;
    const std::string user = file.name.substr(0, split);
    const std::string rest = file.name.substr(split + 1);
    const std::string local = home(prefix, user) + "AppData/Local/";
    const auto last = rest.rfind('_');
    if (browser == "ie10_edge") {
      add(system_, local + "Microsoft/Windows/WebCache/" + rest, "", file);
    } else if (last == std::string::npos) {
      return;
    } else if (browser == "firefox") {
      add(system_,
          home(prefix, user) + "AppData/Roaming/Mozilla/Firefox/Profiles/" + rest.substr(0, last) +
              "/" + rest.substr(last + 1),
          "", file);
    } else if (browser == "chrome" || browser == "edge") {
      add(system_,
          local + (browser == "chrome" ? "Google/Chrome" : "Microsoft/Edge") + "/User Data/" +
              rest.substr(0, last) + "/" + rest.substr(last + 1),
          "", file);
    }
  }

  static std::optional<std::size_t> user_before(std::string_view plain, std::string_view ending) {
    if (!plain.ends_with(ending) || plain.size() == ending.size()) return std::nullopt;
    return plain.size() - ending.size();
  }

  // Length of the user's name before the '_' that ends it: the longest user known, else up to the
  // first '_'.
  std::size_t user_length(const std::string& name) const {
    std::size_t best = 0;
    for (const std::string& user : users_) {
      if (user.size() > best && name.size() > user.size() && name[user.size()] == '_' &&
          fold_case(name.substr(0, user.size())) == fold_case(user)) {
        best = user.size();
      }
    }
    return best > 0 ? best : name.find('_');
  }

  static std::string home(const std::string& prefix, const std::string& user) {
    return prefix + "Users/" + user + "/";
  }

  FileSystem& tree_;
  std::vector<Found> top_;
  char system_ = 'C';
  std::set<std::string> users_;
  std::map<char, std::vector<PlacedFile>> files_;
};

}  // namespace

std::optional<std::map<char, std::vector<PlacedFile>>> cdir_files(FileSystem& tree,
                                                                  const std::string& root) {
  CdirFolder folder(tree, root);
  if (!folder.recognised()) return std::nullopt;
  auto files = folder.files();
  if (files.empty()) return std::nullopt;
  return files;
}

}  // namespace konseki
