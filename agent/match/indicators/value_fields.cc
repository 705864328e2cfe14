#include "agent/match/indicators/value_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace konseki {
namespace {

using stix::Value;

std::string text_of_value(const Value& value) {
  if (value.kind == Value::Kind::kText) return value.text;
  if (value.kind == Value::Kind::kInteger) return fmt::format("{}", value.integer);
  return {};
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Takes a zone off the end of `text`: nanoseconds to subtract.
stix::Instant take_zone(std::string_view& text) {
  for (const std::string_view word : {"UTC", "GMT", "Z", "z"}) {
    if (text.ends_with(word)) {
      text = trimmed(text.substr(0, text.size() - word.size()));
      return 0;
    }
  }
  const std::size_t sign = text.size() < 11 ? std::string_view::npos : text.find_last_of("+-");
  if (sign == std::string_view::npos || sign < 16) return 0;
  std::string digits;
  for (const char c : text.substr(sign + 1)) {
    if (c != ':') digits += c;
  }
  if (digits.size() == 2) digits += "00";
  const auto zone = whole_number(digits);
  if (!zone || digits.size() != 4) return 0;
  const stix::Instant seconds = (*zone / 100 * 60 + *zone % 100) * 60;
  const bool is_negative = text[sign] == '-';
  text = trimmed(text.substr(0, sign));
  return (is_negative ? -seconds : seconds) * stix::kNanosPerSecond;
}

}  // namespace

std::string text_of(const Value& object, std::string_view name) {
  const Value* found = object.find(name);
  return found == nullptr ? std::string() : text_of_value(*found);
}

std::vector<std::string> texts_of(const Value& object, std::string_view name) {
  std::vector<std::string> out;
  for (const Value& item : items_of(object, name)) {
    if (item.kind == Value::Kind::kText) out.push_back(item.text);
  }
  return out;
}

std::optional<std::int64_t> number_of(const Value& object, std::string_view name) {
  const Value* found = object.find(name);
  if (found == nullptr) return std::nullopt;
  if (found->kind == Value::Kind::kFloat && found->real >= -1e15 && found->real <= 1e15) {
    return static_cast<std::int64_t>(found->real);
  }
  return whole_number(text_of_value(*found));
}

std::optional<bool> flag_of(const Value& object, std::string_view name) {
  const Value* found = object.find(name);
  if (found == nullptr || found->kind == Value::Kind::kNull) return std::nullopt;
  if (found->kind == Value::Kind::kBoolean) return found->boolean;
  const std::string text = text_of_value(*found);
  return text == "1" || text == "true" || text == "True";
}

const std::vector<Value>& items_of(const Value& object, std::string_view name) {
  static const std::vector<Value> kNone;
  const Value* found = object.find(name);
  return found != nullptr && found->kind == Value::Kind::kList ? found->items : kNone;
}

std::optional<stix::Instant> parse_feed_time(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 9 && text.size() <= 11) {
    if (const auto seconds = whole_number(text)) return *seconds * stix::kNanosPerSecond;
  }
  const stix::Instant zone = take_zone(text);
  std::string written(text);
  std::replace(written.begin(), written.end(), '/', '-');
  if (written.size() == 10) written += "T00:00:00";
  if (written.size() > 10 && written[10] == ' ') written[10] = 'T';
  if (written.size() == 16) written += ":00";
  const auto instant = stix::parse_instant(written + "Z");
  if (!instant) return std::nullopt;
  return *instant - zone;
}

}  // namespace konseki
