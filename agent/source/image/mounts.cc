#include "agent/source/image/mounts.h"

#include <algorithm>
#include <map>
#include <set>

#include "agent/base/cursor.h"
#include "agent/base/memory_reader.h"
#include "agent/base/unicode.h"
#include "agent/source/directory/layered_tree.h"
#include "agent/source/image/drive_letters.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxFstabSize = 1 << 20;

bool is_directory(FileSystem& file_system, std::string_view path) {
  auto entry = file_system.stat(path);
  // usr-merged systems have bin as a link.
  return entry && (entry->type == FileType::kDirectory || entry->type == FileType::kSymlink);
}

bool is_windows_system(FileSystem& file_system) {
  return file_system.info().style == PathStyle::kWindows &&
         is_directory(file_system, "Windows/System32");
}

bool has_linux_folders(FileSystem& file_system) {
  return is_directory(file_system, "etc") &&
         (is_directory(file_system, "bin") || is_directory(file_system, "usr") ||
          is_directory(file_system, "var"));
}

bool is_linux_root(FileSystem& file_system) {
  return file_system.info().style == PathStyle::kPosix && has_linux_folders(file_system);
}

// A Linux tree copied to a stick. More is asked than of a Linux file system, whose kind already
// speaks for it.
bool is_linux_copy(FileSystem& file_system) {
  if (file_system.info().style == PathStyle::kPosix || !has_linux_folders(file_system)) {
    return false;
  }
  constexpr std::string_view kSure[] = {"etc/passwd", "etc/hostname", "etc/os-release"};
  return std::any_of(std::begin(kSure), std::end(kSure),
                     [&](std::string_view path) { return file_system.stat(path).has_value(); });
}

// A Windows tree copied to a file system that tells case apart.
bool is_windows_copy(FileSystem& file_system) {
  if (file_system.info().style == PathStyle::kWindows) return false;
  std::string windows;
  (void)file_system.list("", [&](const Entry& entry) {
    if (fold_case(entry.name()) == "windows" && entry.type == FileType::kDirectory) {
      windows = entry.path;
    }
    return windows.empty() ? WalkAction::kContinue : WalkAction::kStop;
  });
  bool found = false;
  if (windows.empty()) return false;
  (void)file_system.list(windows, [&](const Entry& entry) {
    found = fold_case(entry.name()) == "system32";
    return found ? WalkAction::kStop : WalkAction::kContinue;
  });
  return found;
}

// The names of another file system, found in any case.
class CaseBlindVolume : public MountableFileSystem {
 public:
  explicit CaseBlindVolume(std::unique_ptr<MountableFileSystem> base)
      : MountableFileSystem(windows_info(*base)),
        tree_(std::move(base), MountableFileSystem::info(), {.layers = {""}, .hidden = {}}) {}

  Result<Entry> stat(std::string_view path) override { return tree_.stat(path); }
  Result<void> list(std::string_view directory, const EntryVisitor& visit) override {
    return tree_.list(directory, visit);
  }
  Result<void> walk(const WalkOptions& options, const EntryVisitor& visit) override {
    return tree_.walk(options, visit);
  }
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view stream) override {
    return tree_.open(entry, stream);
  }

 private:
  static VolumeInfo windows_info(const FileSystem& base) {
    VolumeInfo info = base.info();
    info.style = PathStyle::kWindows;
    return info;
  }

  LayeredTree tree_;
};

struct FstabLine {
  std::string device;
  std::string mount;
};

// fstab(5): fields by blanks, octal escapes in names; a device may be in double quotes.
std::vector<FstabLine> parse_fstab(std::string_view text) {
  const auto field = [](std::string_view& line) {
    const auto start = line.find_first_not_of(" \t\r");
    if (start == std::string_view::npos) return std::string();
    const auto end = std::min(line.find_first_of(" \t\r", start), line.size());
    const std::string_view raw = line.substr(start, end - start);
    line = line.substr(end);
    std::string value;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      const auto octal = [&](std::size_t at) { return raw[at] >= '0' && raw[at] <= '7'; };
      if (raw[i] == '\\' && i + 3 < raw.size() && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
        value += static_cast<char>((raw[i + 1] - '0') * 64 + (raw[i + 2] - '0') * 8 +
                                   (raw[i + 3] - '0'));
        i += 3;
      } else if (raw[i] != '"') {
        value += raw[i];
      }
    }
    return value;
  };
  std::vector<FstabLine> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
    FstabLine parsed;
    parsed.device = field(line);
    parsed.mount = field(line);
    if (parsed.device.starts_with('#') || !parsed.mount.starts_with('/')) continue;
    while (parsed.mount.ends_with('/')) parsed.mount.pop_back();
    if (!parsed.mount.empty()) lines.push_back(std::move(parsed));
  }
  return lines;
}

std::vector<FstabLine> read_fstab(FileSystem& root) {
  auto entry = root.stat("etc/fstab");
  if (!entry || entry->type != FileType::kRegular) return {};
  auto reader = root.open(*entry);
  if (!reader) return {};
  auto bytes = read_all(**reader, kMaxFstabSize);
  if (!bytes) return {};
  return parse_fstab(as_text(*bytes));
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// /dev/vg0/root is the same as /dev/mapper/vg0-root ('-' doubled inside names).
std::string mapper_name(const std::string& device) {
  constexpr std::string_view kDev = "/dev/";
  if (!device.starts_with(kDev) || device.starts_with("/dev/mapper/")) return device;
  const std::string_view rest = std::string_view(device).substr(kDev.size());
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos || rest.find('/', slash + 1) != std::string_view::npos) {
    return device;
  }
  std::string name = "/dev/mapper/";
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (i == slash) {
      name += '-';
    } else if (rest[i] == '-') {
      name += "--";
    } else {
      name += rest[i];
    }
  }
  return name;
}

bool is_device(const OpenedVolume& volume, const std::string& device) {
  const auto tagged = [&](std::string_view tag, std::string_view path) -> std::string_view {
    if (device.starts_with(tag)) return std::string_view(device).substr(tag.size());
    if (device.starts_with(path)) return std::string_view(device).substr(path.size());
    return {};
  };
  if (const auto uuid = tagged("UUID=", "/dev/disk/by-uuid/"); !uuid.empty()) {
    return equal_ignoring_case(uuid, volume.uuid);
  }
  if (const auto label = tagged("LABEL=", "/dev/disk/by-label/"); !label.empty()) {
    return label == volume.file_system->info().label;
  }
  if (const auto id = tagged("PARTUUID=", "/dev/disk/by-partuuid/"); !id.empty()) {
    return equal_ignoring_case(id, volume.unique_id);
  }
  return !volume.device_name.empty() && mapper_name(device) == volume.device_name;
}

void mount_by_fstab(std::vector<OpenedVolume>& volumes, std::vector<bool>& mounted) {
  std::set<std::string> taken;
  for (const FstabLine& line : read_fstab(*volumes.front().file_system)) {
    for (std::size_t i = 1; i < volumes.size(); ++i) {
      if (mounted[i] || !is_device(volumes[i], line.device)) continue;
      if (!taken.insert(line.mount).second) continue;
      volumes[i].file_system->set_mount(line.mount);
      mounted[i] = true;
      break;
    }
  }
}

// Gives each volume the letter that the system on the first one knew it by, and brings them into
// the order of letters behind that one. The system's own letter is "C:" unless the registry knows
// another; what it does not know has none.
void mount_by_registry(std::vector<OpenedVolume>& volumes, std::vector<bool>& mounted) {
  struct Lettered {
    char letter = 0;
    OpenedVolume volume;
  };
  const std::vector<DriveLetter> letters = read_drive_letters(*volumes.front().file_system);
  const auto letter_of = [&](const OpenedVolume& volume) {
    const auto found = std::find_if(letters.begin(), letters.end(), [&](const DriveLetter& drive) {
      return drive.names(volume.unique_id, volume.file_system->info().offset);
    });
    return found == letters.end() ? char{0} : found->letter;
  };
  std::set<char> taken;
  std::vector<Lettered> ordered;
  for (OpenedVolume& volume : volumes) {
    char letter = letter_of(volume);
    if (letter == 0 && ordered.empty()) letter = 'C';
    if (!taken.insert(letter).second) letter = 0;  // a clone: the first one has it
    ordered.push_back({letter, std::move(volume)});
  }
  std::stable_sort(ordered.begin() + 1, ordered.end(), [](const auto& a, const auto& b) {
    return (a.letter == 0 ? '~' : a.letter) < (b.letter == 0 ? '~' : b.letter);
  });
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    volumes[i] = std::move(ordered[i].volume);
    mounted[i] = ordered[i].letter != 0;
    if (mounted[i]) volumes[i].file_system->set_mount({ordered[i].letter, ':'});
  }
}

}  // namespace

void assign_mounts(std::vector<OpenedVolume>& volumes) {
  if (volumes.empty()) return;
  const auto find = [&](bool (*is_system)(FileSystem&)) {
    return std::find_if(volumes.begin(), volumes.end(),
                        [&](const OpenedVolume& v) { return is_system(*v.file_system); });
  };
  auto system = find(is_windows_system);
  bool windows = system != volumes.end();
  if (!windows) system = find(is_linux_root);
  // What remains are copies, which may lie on any file system.
  if (system == volumes.end()) {
    system = find(is_windows_copy);
    windows = system != volumes.end();
    if (windows) {
      system->file_system = std::make_unique<CaseBlindVolume>(std::move(system->file_system));
    } else if (system = find(is_linux_copy); system != volumes.end()) {
      system->file_system->set_style(PathStyle::kPosix);
    }
  }
  const bool linux_root = !windows && system != volumes.end();
  if (system != volumes.end()) std::rotate(volumes.begin(), system, system + 1);

  std::vector<bool> mounted(volumes.size(), false);
  if (windows) {
    mount_by_registry(volumes, mounted);
  } else if (linux_root) {
    volumes.front().file_system->set_mount("");
    mounted[0] = true;
    mount_by_fstab(volumes, mounted);
  } else if (volumes.size() == 1 &&
             volumes.front().file_system->info().style == PathStyle::kPosix) {
    volumes.front().file_system->set_mount("");
    mounted[0] = true;
  }
  int number = 0;
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    if (mounted[i]) continue;
    const bool posix =
        linux_root || (!windows && volumes[i].file_system->info().style == PathStyle::kPosix);
    volumes[i].file_system->set_mount((posix ? "/$fs$/fs" : "$fs$/fs") + std::to_string(number++));
  }
}

}  // namespace konseki
