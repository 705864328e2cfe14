// The records of a pax extended header, and the numbers of tar headers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "konseki/time.h"

namespace konseki {

// What this project understands of a member's extended headers; unknown records are passed over.
struct PaxRecords {
  std::optional<std::string> path;
  std::optional<std::string> link_path;
  std::optional<Timestamp> modified;
  std::optional<std::uint64_t> size;
  std::optional<std::uint64_t> uid;
  std::optional<std::uint64_t> gid;
  bool sparse = false;        // GNU sparse 1.0
  bool other_sparse = false;  // an older GNU sparse form
  std::optional<std::string> sparse_name;
  std::optional<std::uint64_t> sparse_size;
};

// Adds the records in `text` to `out`; false when they are malformed.
bool parse_pax_records(std::string_view text, PaxRecords& out);

// "1700000000.5", "-0.25": a decimal time. Nothing when it is not one or does not fit.
std::optional<Timestamp> parse_pax_time(std::string_view text);

// A decimal number, all of `text`.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

// A numeric header field: octal text or base-256. Negative base-256 numbers and overflow give
// nothing; an empty field is 0.
std::optional<std::uint64_t> parse_tar_number(std::string_view field);

}  // namespace konseki
