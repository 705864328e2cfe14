#include "agent/base/quantities.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr Unit kSizes[] = {{"", 1},           {"b", 1},
                           {"k", 1ull << 10}, {"kib", 1ull << 10},
                           {"m", 1ull << 20}, {"mib", 1ull << 20},
                           {"g", 1ull << 30}, {"gib", 1ull << 30},
                           {"t", 1ull << 40}, {"tib", 1ull << 40}};
constexpr std::uint64_t kLongestSeconds = 100'000'000;  // three years
constexpr Unit kDurations[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}};

template <std::size_t kCount>
std::optional<std::uint64_t> parse_with_unit(std::string_view text, const Unit (&units)[kCount]) {
  std::uint64_t number = 0;
  auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  std::string_view rest = text.substr(static_cast<std::size_t>(at - text.data()));
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  const std::string unit = fold_case(rest);
  for (const Unit& known : units) {
    if (known.name != unit) continue;
    if (number > std::numeric_limits<std::uint64_t>::max() / known.factor) return std::nullopt;
    return number * known.factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse_with_unit(text, kSizes);
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  const auto seconds = parse_with_unit(text, kDurations);
  if (!seconds || *seconds > kLongestSeconds) return std::nullopt;
  return std::chrono::seconds(static_cast<std::int64_t>(*seconds));
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 6> kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  if (unit == 0) return fmt::format("{} B", bytes);
  return fmt::format("{:.{}f} {}", value, value < 10 ? 1 : 0, kUnits[unit]);
}

}  // namespace konseki
