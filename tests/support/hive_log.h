// Writes transaction logs for tests: what brings one hive to the state of another.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::testing {

// The hive as a copy taken in mid-write has it: its primary sequence number is ahead.
std::string dirty_hive(std::string hive, std::uint32_t primary, std::uint32_t secondary);

// One entry ("HvLE") with every page of `after` that differs from `before`.
std::string log_entry(std::uint32_t sequence, std::string_view before, std::string_view after);

// A whole log of the format since Windows 8.1; its base block is made from that of `hive`.
std::string hive_log(std::string_view hive, std::uint32_t first_sequence,
                     const std::vector<std::string>& entries);

}  // namespace konseki::testing
