// EseHeader: what the first page of an Extensible Storage Engine database says of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace konseki::windows {

constexpr std::size_t kEseHeaderSize = 304;  // what is read of it

struct EseHeader {
  std::uint32_t version = 0;
  std::uint32_t revision = 0;
  std::uint32_t page_size = 0;  // bytes, as stated
  bool dirty = false;           // not closed cleanly
  // Generations of the logs that hold changes which the database may lack; 0: none is named.
  std::uint32_t first_log = 0;
  std::uint32_t last_log = 0;
};

// Nothing when it is no such database or ends within kEseHeaderSize.
std::optional<EseHeader> read_ese_header(std::span<const std::byte> bytes);

}  // namespace konseki::windows
