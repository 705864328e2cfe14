// Setting fields of records that stay unset when the value is unknown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "konseki/record.h"

namespace konseki::live {

inline void set_text(Record& record, std::string_view field, std::string value) {
  if (!value.empty()) record.set(field, std::move(value));
}

template <class T>
void set_uint(Record& record, std::string_view field, const std::optional<T>& value) {
  if (value) record.set(field, std::uint64_t{*value});
}

inline void set_list(Record& record, std::string_view field, std::vector<std::string> value) {
  if (!value.empty()) record.set(field, std::move(value));
}

}  // namespace konseki::live
