#include <algorithm>

#include "agent/base/cursor.h"
#include "agent/base/registry_hive.h"
#include "agent/base/unicode.h"

namespace konseki {

std::string RegistryValue::text() const {
  const bool textual =
      type == RegistryType::kSz || type == RegistryType::kExpandSz || type == RegistryType::kLink;
  return textual ? utf16le_to_wtf8_until_nul(data) : std::string();
}

std::vector<std::string> RegistryValue::texts() const {
  if (type != RegistryType::kMultiSz) {
    std::string one = text();
    if (one.empty()) return {};
    return {std::move(one)};
  }
  std::vector<std::string> all;
  const std::span<const std::byte> bytes(data);
  std::size_t start = 0;
  while (start + 1 < bytes.size()) {
    std::size_t end = start;
    while (end + 1 < bytes.size() && (bytes[end] != std::byte{0} || bytes[end + 1] != std::byte{0}))
      end += 2;
    // An empty string ends the list, but writers also leave empty ones inside: keep the others.
    if (end > start) all.push_back(utf16le_to_wtf8(bytes.subspan(start, end - start)));
    start = end + 2;
  }
  return all;
}

std::optional<std::uint64_t> RegistryValue::integer() const {
  Cursor cursor(data);
  switch (type) {
    case RegistryType::kDword:
      if (data.size() == 4) return cursor.u32();
      return std::nullopt;
    case RegistryType::kDwordBigEndian:
      if (data.size() == 4) return __builtin_bswap32(cursor.u32());
      return std::nullopt;
    case RegistryType::kQword:
      if (data.size() == 8) return cursor.u64();
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace konseki
