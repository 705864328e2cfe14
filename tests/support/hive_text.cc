#include "tests/support/hive_text.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "tests/support/json_time.h"

namespace konseki::testing {
namespace {

// Takes a quoted string off the front of `rest`.
std::optional<std::string> take_quoted(std::string_view& rest) {
  if (!rest.starts_with('"')) return std::nullopt;
  std::string out;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return out;
    }
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    out += rest[i];
  }
  return std::nullopt;
}

bool take_prefix(std::string_view& rest, std::string_view prefix) {
  if (!rest.starts_with(prefix)) return false;
  rest.remove_prefix(prefix.size());
  return true;
}

std::uint64_t from_hex(std::string_view digits) {
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return number;
}

std::optional<RegistryValue> parse_data(std::string name, std::string_view rest) {
  if (take_prefix(rest, "dword:")) return dword(std::move(name), from_hex(rest));
  if (take_prefix(rest, "qword:")) return qword(std::move(name), from_hex(rest));
  if (take_prefix(rest, "hex:")) {
    std::string bytes;
    for (std::size_t at = 0; at < rest.size(); at += 3) {
      bytes += static_cast<char>(from_hex(rest.substr(at, 2)));
    }
    return binary(std::move(name), bytes);
  }
  if (take_prefix(rest, "multi:")) {
    std::vector<std::string> texts;
    while (auto text = take_quoted(rest)) {
      texts.push_back(*std::move(text));
      take_prefix(rest, ",");
    }
    return multi_sz(std::move(name), texts);
  }
  const bool expand = take_prefix(rest, "expand:");
  const auto text = take_quoted(rest);
  if (!text || !rest.empty()) return std::nullopt;
  return expand ? expand_sz(std::move(name), *text) : sz(std::move(name), *text);
}

std::optional<RegistryValue> parse_value(std::string_view line) {
  std::string name;
  if (!take_prefix(line, "@")) {
    auto quoted = take_quoted(line);
    if (!quoted) return std::nullopt;
    name = *std::move(quoted);
  }
  if (!take_prefix(line, "=")) return std::nullopt;
  return parse_data(std::move(name), line);
}

std::uint64_t filetime(const Timestamp& time) {
  return static_cast<std::uint64_t>(time.seconds + 11'644'473'600) * 10'000'000 +
         static_cast<std::uint64_t>(time.nanoseconds / 100);
}

}  // namespace

Result<HiveKey> parse_hive_text(const std::string& text) {
  HiveKey root;
  root.name = "ROOT";
  HiveKey* key = &root;
  std::istringstream stream(text);
  std::size_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (line.empty() || line.starts_with(';')) continue;
    if (line.starts_with('[')) {
      const auto close = line.rfind(']');
      if (close == std::string::npos) {
        return fail(ErrorCode::kInvalidArgument, "line " + std::to_string(number));
      }
      std::string path = line.substr(1, close - 1);
      std::replace(path.begin(), path.end(), '\\', '/');
      key = &root.at(path);
      if (close + 2 < line.size()) {
        try {
          key->last_written = filetime(parse_iso8601(line.substr(close + 2)));
        } catch (const std::invalid_argument& error) {
          return fail(ErrorCode::kInvalidArgument, error.what());
        }
      }
      continue;
    }
    auto value = parse_value(line);
    if (!value) return fail(ErrorCode::kInvalidArgument, "line " + std::to_string(number));
    key->values.push_back(*std::move(value));
  }
  return root;
}

}  // namespace konseki::testing
