#include "agent/match/record_values.h"

#include <variant>
#include <vector>

namespace konseki {

std::string text_of(const Record& record, std::string_view field) {
  const auto* text = std::get_if<std::string>(&record.get(field));
  return text ? *text : std::string();
}

std::string joined_text_of(const Record& record, std::string_view field) {
  const Value& value = record.get(field);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  std::string out;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& each : *list) out += (out.empty() ? "" : " ") + each;
  }
  return out;
}

std::uint64_t number_of(const Record& record, std::string_view field) {
  const Value& value = record.get(field);
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&value); number && *number > 0) {
    return static_cast<std::uint64_t>(*number);
  }
  return 0;
}

}  // namespace konseki
