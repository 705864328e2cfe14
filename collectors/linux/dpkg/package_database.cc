#include "collectors/linux/dpkg/package_database.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "collectors/linux/dpkg/path_hash.h"
#include "collectors/linux/shared/evidence_file.h"
#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxFile = 256U << 20;
constexpr std::string_view kDatabase = "/var/lib/dpkg";

// Folders that Debian's usr-merge turns into links to /usr.
constexpr auto kMergeable =
    std::to_array<std::string_view>({"bin", "sbin", "lib", "lib32", "lib64", "libx32", "libo32"});

// "/usr/bin/x" of "/bin/x" where /bin is a link.
std::string canonical(std::string_view path, std::span<const std::string> merged) {
  for (const std::string& folder : merged) {
    if (path.starts_with(folder)) return "/usr" + std::string(path);
  }
  return std::string(path);
}

std::string_view without_architecture(std::string_view package) {
  return package.substr(0, package.find(':'));
}

// The volume's own path for a path of the system, if the volume covers it.
std::optional<std::string> inside(const FileSystem& volume, std::string_view system_path) {
  const std::string& mount = volume.info().mount;
  if (mount.empty() || mount.starts_with("/$fs$/") || mount.starts_with("$fs$/")) {
    return std::string(system_path.substr(1));
  }
  if (!system_path.starts_with(mount + "/")) return std::nullopt;
  return std::string(system_path.substr(mount.size() + 1));
}

bool is_outside(const FileSystem& volume) {
  return volume.info().mount.find("$fs$/") != std::string::npos;
}

}  // namespace

class PackageDatabaseLoader {
 public:
  explicit PackageDatabaseLoader(std::span<FileSystem* const> volumes) : volumes_(volumes) {}

  Result<PackageDatabase> run() {
    for (FileSystem* volume : volumes_) {
      const auto folder = inside(*volume, kDatabase);
      if (!folder || !is_database(*volume, *folder)) continue;
      database_volume_ = volume;
      folder_ = *folder;
      break;
    }
    if (database_volume_ == nullptr) {
      return fail(ErrorCode::kNotFound, "no dpkg database on any volume");
    }
    if (is_outside(*database_volume_)) out_.prefix_ = database_volume_->info().mount;
    find_merged();
    load_diversions();
    load_info("/info");
    load_info("/status.d");
    load_conffiles();
    settle();
    return std::move(out_);
  }

 private:
  static bool is_database(FileSystem& volume, const std::string& folder) {
    return volume.stat(folder + "/status").has_value() ||
           volume.stat(folder + "/status.d").has_value() ||
           volume.stat(folder + "/info").has_value();
  }

  // A folder is merged unless it is there as a folder of its own. Incomplete evidence without
  // /bin at all counts as merged: every Debian since 12 is.
  void find_merged() {
    FileSystem* root = database_volume_;
    for (FileSystem* volume : volumes_) {
      if (volume->info().mount.empty() && !is_outside(*database_volume_)) root = volume;
    }
    for (std::string_view name : kMergeable) {
      const auto entry = root->stat(name);
      if (entry && entry->type == FileType::kDirectory) continue;
      out_.merged_.push_back("/" + std::string(name) + "/");
    }
  }

  std::optional<std::string> read(const std::string& path) {
    const auto entry = database_volume_->stat(path);
    if (!entry) return std::nullopt;
    auto reader = database_volume_->open(*entry);
    auto text = reader ? read_text(**reader, kMaxFile) : Result<FileText>(fail(reader.error()));
    if (!text || text->cut) {
      ++out_.unread_;
      return std::nullopt;
    }
    return std::move(text->text);
  }

  void load_diversions() {
    const auto text = read(folder_ + "/diversions");
    if (!text) return;
    for (Diversion& diversion : parse_diversions(*text)) {
      diversions_[diversion.from] = std::move(diversion);
    }
  }

  void load_info(const std::string& folder) {
    std::vector<std::string> names;
    auto listed = database_volume_->list(folder_ + folder, [&](const Entry& entry) {
      const std::string_view name = entry.name();
      if (name.ends_with(".list") || name.ends_with(".md5sums")) names.emplace_back(name);
      return WalkAction::kContinue;
    });
    if (!listed) return;  // the other of the two folders, or neither: status tells conffiles
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      const std::string package = name.substr(0, name.rfind('.'));
      const auto text = read(folder_ + folder + "/" + name);
      if (!text) continue;
      if (name.ends_with(".list")) {
        load_list(*text, package_index(package));
      } else {
        load_md5sums(*text, package_index(package));
      }
    }
  }

  // Folders come before what they hold, so a line that the next one continues is a folder.
  void load_list(std::string_view text, std::uint32_t package) {
    std::string_view held;
    const auto flush = [&](std::string_view next) {
      const bool folder =
          next.size() > held.size() && next.starts_with(held) && next[held.size()] == '/';
      if (held.starts_with('/') && held != "/." && !folder) add(held, package, std::nullopt, false);
    };
    for_each_line(text, [&](const ConfigLine& line) {
      flush(line.text);
      held = line.text;
    });
    flush({});
  }

  void load_md5sums(std::string_view text, std::uint32_t package) {
    for_each_line(text, [&](const ConfigLine& line) {
      std::string_view rest = line.text;
      const auto md5 = parse_md5(take_word(rest));
      if (!md5 || rest.empty()) return;
      if (rest.starts_with("./")) rest.remove_prefix(2);
      add("/" + std::string(rest), package, md5, false);
    });
  }

  void load_conffiles() {
    const auto text = read(folder_ + "/status");
    if (!text) return;
    parse_dpkg_status(*text, [&](PackageStanza&& stanza) {
      std::string name(stanza.field("Package"));
      const std::string qualified = name + ":" + std::string(stanza.field("Architecture"));
      if (index_.contains(qualified)) name = qualified;
      for (const Conffile& file : stanza.conffiles()) {
        if (file.md5 && !file.obsolete) add(file.path, package_index(name), file.md5, true);
      }
    });
  }

  std::uint32_t package_index(const std::string& name) {
    const auto [found, fresh] =
        index_.try_emplace(name, static_cast<std::uint32_t>(out_.packages_.size()));
    if (fresh) out_.packages_.push_back(name);
    return found->second;
  }

  void add(std::string_view path, std::uint32_t package, const std::optional<Md5>& md5,
           bool conffile) {
    std::string_view real = path;
    if (const auto found = diversions_.find(path); found != diversions_.end()) {
      const Diversion& diversion = found->second;
      const std::string_view owner = out_.packages_[package];
      if (without_architecture(owner) != diversion.package) real = diversion.to;
    }
    PackageDatabase::File file;
    file.path = out_.hash(canonical(real, out_.merged_));
    file.package = package;
    file.has_md5 = md5.has_value();
    file.conffile = conffile;
    if (md5) file.md5 = *md5;
    out_.files_.push_back(file);
  }

  // Sorts, and joins what the list, the digests and the conffiles say of one path and package.
  void settle() {
    auto& files = out_.files_;
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
      return std::tuple(a.path, a.package, !a.conffile, !a.has_md5, a.md5) <
             std::tuple(b.path, b.package, !b.conffile, !b.has_md5, b.md5);
    });
    files.erase(std::unique(files.begin(), files.end(),
                            [](const auto& a, const auto& b) {
                              return a.path == b.path && a.package == b.package;
                            }),
                files.end());
    files.shrink_to_fit();
  }

  std::span<FileSystem* const> volumes_;
  FileSystem* database_volume_ = nullptr;
  std::string folder_;
  std::map<std::string, Diversion, std::less<>> diversions_;
  std::unordered_map<std::string, std::uint32_t> index_;
  PackageDatabase out_;
};

std::string_view package_state_name(PackageState state) {
  switch (state) {
    case PackageState::kIntact:
      return "intact";
    case PackageState::kChanged:
      return "changed";
    case PackageState::kNobody:
      return "nobody";
    case PackageState::kUnknown:
      break;
  }
  return "unknown";
}

std::uint64_t PackageDatabase::hash(std::string_view system_path) const {
  return path_hash(system_path);
}

Result<PackageDatabase> PackageDatabase::load(std::span<FileSystem* const> volumes) {
  return PackageDatabaseLoader(volumes).run();
}

Result<PackageDatabase> PackageDatabase::load(FileSystem& root) {
  FileSystem* const volumes[] = {&root};
  return load(volumes);
}

PackageDatabase::Answer PackageDatabase::lookup(std::string_view display_path,
                                                const std::optional<Md5>& md5) const {
  if (!display_path.starts_with(prefix_)) return {};
  const std::uint64_t key = hash(canonical(display_path.substr(prefix_.size()), merged_));
  auto at = std::lower_bound(files_.begin(), files_.end(), key,
                             [](const File& file, std::uint64_t path) { return file.path < path; });
  Answer answer;
  for (; at != files_.end() && at->path == key; ++at) {
    const bool comparable = md5 && at->has_md5;
    PackageState state = PackageState::kUnknown;
    if (comparable) state = *md5 == at->md5 ? PackageState::kIntact : PackageState::kChanged;
    // Several packages may share a path: the one whose digest fits speaks for it.
    const bool better = answer.package.empty() || state == PackageState::kIntact;
    if (better) answer = {packages_[at->package], state, at->conffile};
    if (state == PackageState::kIntact) break;
  }
  return answer;
}

}  // namespace konseki
