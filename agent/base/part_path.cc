#include "agent/base/part_path.h"

#include <algorithm>

namespace konseki {
namespace {

constexpr std::string_view kPartial = ".partial";
constexpr std::size_t kSuffix = 4;  // ".002"

// What stands at the end of the name of a file that is still written.
std::string_view partial_of(std::string_view path) {
  return path.ends_with(kPartial) ? kPartial : std::string_view{};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string part_path(std::string_view first, std::uint32_t number) {
  if (number <= 1) return std::string(first);
  const std::string_view partial = partial_of(first);
  std::string digits = std::to_string(number);
  if (digits.size() < kSuffix - 1) digits.insert(0, kSuffix - 1 - digits.size(), '0');
  first.remove_suffix(partial.size());
  return std::string(first) + '.' + digits + std::string(partial);
}

std::optional<std::string> first_part_of(std::string_view path) {
  const std::string_view partial = partial_of(path);
  path.remove_suffix(partial.size());
  if (path.size() <= kSuffix) return std::nullopt;
  const std::string_view suffix = path.substr(path.size() - kSuffix);
  if (suffix[0] != '.' || !std::all_of(suffix.begin() + 1, suffix.end(), is_digit)) {
    return std::nullopt;
  }
  if (suffix == ".000" || suffix == ".001") return std::nullopt;
  path.remove_suffix(kSuffix);
  return std::string(path) + std::string(partial);
}

}  // namespace konseki
