#include "collectors/windows/live/live_path.h"

#include <algorithm>
#include <array>
#include <span>

#include "agent/base/unicode.h"
#include "collectors/windows/base/command_target.h"

namespace konseki::windows {
namespace {

constexpr auto kTemporary = std::to_array<std::string_view>(
    {"/temp/", "/tmp/", "/$recycle.bin/", "/recycler/", "/users/public/", "/perflogs/",
     "/downloads/", "/inetcache/", "/temporary internet files/", "/system volume information/",
     "/windows/tasks/", "/windows/tracing/", "/windows/debug/", "/windows/system32/tasks/",
     "/windows/system32/spool/drivers/color/"});

constexpr auto kUserWritable =
    std::to_array<std::string_view>({"/users/", "/documents and settings/", "/programdata/"});

bool holds_any(std::string_view path, std::span<const std::string_view> parts) {
  const std::string folded = fold_case(path);
  return std::ranges::any_of(
      parts, [&](std::string_view part) { return folded.find(part) != std::string::npos; });
}

std::string with_slashes(std::string_view path) {
  std::string out(path);
  std::ranges::replace(out, '\\', '/');
  return out;
}

}  // namespace

Environment live_environment(const HostFacts& host) {
  Environment environment;
  if (!host.system_drive.empty()) environment.system_drive = host.system_drive;
  if (!host.system_root.empty()) environment.system_root = host.system_root;
  return environment;
}

std::string live_display_path(std::string_view path, const Environment& environment) {
  if (path.starts_with("\\Device\\") || path.find('\\') == std::string_view::npos) {
    return with_slashes(path);
  }
  return normalise_path(path, environment);
}

bool is_temporary_place(std::string_view path) { return holds_any(path, kTemporary); }

bool is_user_writable_place(std::string_view path) { return holds_any(path, kUserWritable); }

std::string_view file_name_of(std::string_view path) {
  const auto slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool may_be_same_file(std::string_view device_path, std::string_view path) {
  for (const std::string_view prefix : {"\\\\?\\", "\\??\\"}) {
    if (path.starts_with(prefix)) path.remove_prefix(prefix.size());
  }
  if (path.size() > 2 && path[1] == ':') {
    path.remove_prefix(2);
  } else if (path.starts_with("\\\\")) {
    path.remove_prefix(1);  // "\Device\Mup\server\share\x" for "\\server\share\x"
  }
  return !path.empty() && fold_case(device_path).ends_with(fold_case(path));
}

}  // namespace konseki::windows
