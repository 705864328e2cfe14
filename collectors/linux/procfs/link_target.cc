#include "collectors/linux/procfs/link_target.h"

#include <array>

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::procfs {
namespace {

constexpr std::string_view kDeleted = " (deleted)";

}  // namespace

std::optional<std::uint64_t> bracketed_number(std::string_view target, std::string_view kind) {
  if (!target.starts_with(kind)) return std::nullopt;
  target.remove_prefix(kind.size());
  if (!target.starts_with(":[") || !target.ends_with(']')) return std::nullopt;
  return parse_number<std::uint64_t>(target.substr(2, target.size() - 3));
}

bool says_deleted(std::string_view target) { return target.ends_with(kDeleted); }

std::string_view without_deleted(std::string_view target) {
  if (says_deleted(target)) target.remove_suffix(kDeleted.size());
  return target;
}

bool is_memory_file(std::string_view target) {
  return target.starts_with("/memfd:") && says_deleted(target);
}

bool is_temporary_place(std::string_view path) {
  constexpr std::array<std::string_view, 6> kPlaces{"/tmp/",      "/var/tmp/", "/dev/",
                                                    "/run/user/", "/run/shm/", "/run/lock/"};
  for (const auto place : kPlaces) {
    if (path.starts_with(place)) return true;
  }
  return false;
}

}  // namespace konseki::procfs
