// SrumNames: programs and accounts by the numbers that the tables of SRUM know them by.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "collectors/windows/ese/ese_database.h"
#include "konseki/record.h"
#include "konseki/result.h"

namespace konseki::windows {

// "S-1-5-21-...-1001" of a SID's bytes [MS-DTYP 2.4.2.2]; empty when they are none.
std::string sid_text(std::span<const std::byte> bytes);

// The table SruDbIdMapTable.
class SrumNames {
 public:
  // kCorrupt when some of it could not be read; the rest is known.
  Result<void> read(EseDatabase& database);

  // Sets "executable" and "application", and "user_sid".
  void tell_program(std::optional<std::int64_t> number, Record& record) const;
  void tell_account(std::optional<std::int64_t> number, Record& record) const;

 private:
  std::unordered_map<std::int64_t, std::string> names_;
  std::unordered_map<std::int64_t, std::string> sids_;
};

}  // namespace konseki::windows
