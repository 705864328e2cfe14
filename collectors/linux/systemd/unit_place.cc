#include "collectors/linux/systemd/unit_place.h"

#include <algorithm>
#include <array>

namespace konseki {
namespace {

struct Directory {
  std::string_view path;
  int rank;
};

// Ranks follow the order of the manual; /lib is /usr/lib before the merge of both.
constexpr auto kSystem = std::to_array<Directory>({
    {"/etc/systemd/system.control/", 0},
    {"/run/systemd/system.control/", 1},
    {"/run/systemd/transient/", 2},
    {"/run/systemd/generator.early/", 3},
    {"/etc/systemd/system/", 4},
    {"/etc/systemd/system.attached/", 5},
    {"/run/systemd/system/", 6},
    {"/run/systemd/system.attached/", 7},
    {"/run/systemd/generator/", 8},
    {"/usr/local/lib/systemd/system/", 9},
    {"/usr/lib/systemd/system/", 10},
    {"/lib/systemd/system/", 11},
    {"/run/systemd/generator.late/", 12},
});

constexpr auto kUser = std::to_array<Directory>({
    {"/etc/systemd/user/", 24},
    {"/run/systemd/user/", 25},
    {"/usr/local/share/systemd/user/", 30},
    {"/usr/share/systemd/user/", 31},
    {"/usr/local/lib/systemd/user/", 32},
    {"/usr/lib/systemd/user/", 33},
    {"/lib/systemd/user/", 34},
});

// Below a home, or below /run/user/UID.
constexpr auto kHome = std::to_array<Directory>({
    {"/.config/systemd/user.control/", 20},
    {"/systemd/user.control/", 21},
    {"/systemd/transient/", 22},
    {"/systemd/generator.early/", 22},
    {"/.config/systemd/user/", 23},
    {"/systemd/user/", 26},
    {"/systemd/generator/", 28},
    {"/.local/share/systemd/user/", 29},
    {"/systemd/generator.late/", 40},
});

struct HookDirectory {
  std::string_view name;
  std::string_view hook;
  bool user;
};

constexpr auto kHooks = std::to_array<HookDirectory>({
    {"system-generators", "generator", false},
    {"user-generators", "generator", true},
    {"system-environment-generators", "environment generator", false},
    {"user-environment-generators", "environment generator", true},
    {"system-sleep", "sleep", false},
    {"system-shutdown", "shutdown", false},
});

constexpr auto kHookRoots =
    std::to_array<std::string_view>({"/etc/systemd/", "/run/systemd/", "/usr/local/lib/systemd/",
                                     "/usr/lib/systemd/", "/lib/systemd/"});

// What stands below a unit directory: a unit, a drop-in or a link.
std::optional<UnitPlace> below(std::string_view rest) {
  UnitPlace place;
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) {
    if (unit_type(rest).empty()) return std::nullopt;
    place.unit = rest;
    return place;
  }
  const std::string_view folder = rest.substr(0, slash);
  const std::string_view name = rest.substr(slash + 1);
  if (name.find('/') != std::string_view::npos) return std::nullopt;
  if (folder.ends_with(".d")) {
    if (!name.ends_with(".conf")) return std::nullopt;
    place.kind = UnitPieceKind::kDropIn;
    place.unit = folder.substr(0, folder.size() - 2);
    place.file_name = name;
    return place;
  }
  for (std::string_view relation : {"wants", "requires", "upholds"}) {
    if (!folder.ends_with(relation) || unit_type(name).empty()) continue;
    const std::string_view owner = folder.substr(0, folder.size() - relation.size());
    if (owner.size() < 2 || owner.back() != '.') continue;
    place.kind = UnitPieceKind::kLink;
    place.unit = name;
    place.relation = relation;
    place.owner = owner.substr(0, owner.size() - 1);
    return place;
  }
  return std::nullopt;
}

std::optional<UnitPlace> hook_place(std::string_view path) {
  for (std::string_view root : kHookRoots) {
    if (!path.starts_with(root)) continue;
    const std::string_view rest = path.substr(root.size());
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos || rest.find('/', slash + 1) != std::string_view::npos) {
      continue;
    }
    for (const HookDirectory& directory : kHooks) {
      if (rest.substr(0, slash) != directory.name) continue;
      UnitPlace place;
      place.kind = UnitPieceKind::kHook;
      place.user = directory.user;
      place.hook = directory.hook;
      return place;
    }
  }
  return std::nullopt;
}

std::optional<UnitPlace> home_place(std::string_view path) {
  const bool runtime = path.starts_with("/run/user/");
  for (const Directory& directory : kHome) {
    if (directory.path.starts_with("/.") == runtime) continue;
    const std::size_t at = path.find(directory.path);
    if (at == std::string_view::npos || at == 0) continue;
    auto place = below(path.substr(at + directory.path.size()));
    if (!place) continue;
    place->user = true;
    place->home = path.substr(0, at);
    place->rank = directory.rank;
    return place;
  }
  return std::nullopt;
}

}  // namespace

std::string_view unit_type(std::string_view name) {
  constexpr auto kTypes =
      std::to_array<std::string_view>({"service", "timer", "socket", "path", "mount", "automount",
                                       "swap", "target", "slice", "scope", "device"});
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  const std::string_view type = name.substr(dot + 1);
  const auto found = std::find(kTypes.begin(), kTypes.end(), type);
  return found == kTypes.end() ? std::string_view() : type;
}

std::string template_of(std::string_view name) {
  const std::size_t at = name.find('@');
  const std::size_t dot = name.rfind('.');
  if (at == std::string_view::npos || dot == std::string_view::npos || dot <= at + 1) return {};
  return std::string(name.substr(0, at + 1)) + std::string(name.substr(dot));
}

bool is_template(std::string_view name) { return name.find("@.") != std::string_view::npos; }

std::optional<UnitPlace> unit_place(std::string_view path) {
  for (const Directory& directory : kSystem) {
    if (!path.starts_with(directory.path)) continue;
    auto place = below(path.substr(directory.path.size()));
    if (place) place->rank = directory.rank;
    return place;
  }
  for (const Directory& directory : kUser) {
    if (!path.starts_with(directory.path)) continue;
    auto place = below(path.substr(directory.path.size()));
    if (!place) return place;
    place->user = true;
    place->rank = directory.rank;
    return place;
  }
  if (auto place = hook_place(path)) return place;
  if (auto place = home_place(path)) return place;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::string_view type = unit_type(name);
  // D-Bus activation files share the suffix and are another format.
  if (path.find("/dbus-1/") != std::string_view::npos) return std::nullopt;
  if (type != "service" && type != "timer" && type != "socket" && type != "path") {
    return std::nullopt;
  }
  UnitPlace place;
  place.kind = UnitPieceKind::kOutside;
  place.unit = name;
  return place;
}

}  // namespace konseki
