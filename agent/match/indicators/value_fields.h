// Members of JSON objects, read leniently: what is of another type counts as absent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/stix/instant.h"
#include "agent/match/stix/value.h"

namespace konseki {

// Text; numbers as written in decimal; "" otherwise.
std::string text_of(const stix::Value& object, std::string_view name);
// The texts of a list.
std::vector<std::string> texts_of(const stix::Value& object, std::string_view name);
// A number, or a text that is one.
std::optional<std::int64_t> number_of(const stix::Value& object, std::string_view name);
// true, 1, "1" and "true"; nothing when absent.
std::optional<bool> flag_of(const stix::Value& object, std::string_view name);
// The items of a list, or of nothing.
const std::vector<stix::Value>& items_of(const stix::Value& object, std::string_view name);

// Times as feeds write them: RFC 3339 with any offset, without zone (UTC is assumed), a date alone,
// "2020-01-02 03:04:05 UTC", or seconds since 1970.
std::optional<stix::Instant> parse_feed_time(std::string_view text);

}  // namespace konseki
