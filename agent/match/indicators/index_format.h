// The file of compiled indicators, byte by byte.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "agent/match/indicators/atom.h"

namespace konseki::index_format {

static_assert(std::endian::native == std::endian::little, "numbers are little-endian in the file");

inline constexpr std::string_view kMagic = "KonsekiX";
inline constexpr std::uint32_t kVersion = 2;

enum class Section : std::uint32_t {
  kKeys,          // u64 each, ascending: hash of type and key of a value
  kValues,        // Value each, beside kKeys
  kBuckets,       // u32 each: the first key of every run of leading bits, and the end
  kFilter,        // bits, see filter_bits(); a power of two of 64-byte blocks
  kOwners,        // u32 each: lists of indicators, each a count and that many
  kInfoOffsets,   // u32 each, into kInfos: where an indicator begins, and the end
  kInfos,         // masked: packed indicators
  kPool,          // masked: values and texts that occur often
  kExpressions,   // masked: packed regular expressions of paths and parts of command lines
  kPatterns,      // masked: packed STIX patterns
  kRules,         // masked: packed YARA rules
  kRefused,       // masked: packed indicators that could not be applied
  kWarninglists,  // masked: packed lists of values that raise false alarms
  kSummary,       // masked: packed counts
};
inline constexpr std::size_t kSections = 14;

struct SectionEntry {
  std::uint64_t offset = 0;  // from the start of the file, a multiple of 8
  std::uint64_t size = 0;
};

struct Header {
  std::array<char, 8> magic{};
  std::uint32_t version = kVersion;
  std::uint32_t sections = kSections;
  std::uint64_t file_size = 0;
  std::array<std::uint8_t, 32> digest{};  // of the whole file with this field zero
  std::array<SectionEntry, kSections> table{};
};
static_assert(sizeof(Header) == 56 + 16 * kSections);

struct Value {
  std::uint32_t payload = 0;  // offset in kPool
  std::uint32_t owners = 0;   // kOneOwner | indicator, or offset in kOwners
  std::uint16_t size = 0;     // of the payload
  std::uint16_t port = 0;     // 0: any
  std::uint8_t type = 0;      // AtomType
  std::array<std::uint8_t, 3> zero{};
};
static_assert(sizeof(Value) == 16);
inline constexpr std::uint32_t kOneOwner = 0x8000'0000U;

inline constexpr std::uint64_t kMostFile = 0xFFFF'FFFFU;  // offsets in the pool are 32 bits wide

inline std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

// Eight bytes at a time; equal on every machine. What it finds is always compared in full.
inline std::uint64_t hash(std::uint64_t seed, std::string_view bytes) {
  std::uint64_t h = mix(seed + 0x9E3779B97F4A7C15U + bytes.size());
  while (bytes.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    h = (h ^ word) * 0x9FB21C651E98DF25U;
    h ^= h >> 32;
    bytes.remove_prefix(8);
  }
  std::uint64_t tail = 0;
  if (!bytes.empty()) std::memcpy(&tail, bytes.data(), bytes.size());
  return mix(h ^ tail);
}

inline std::uint64_t hash(AtomType type, std::string_view key) {
  return hash(static_cast<std::uint64_t>(type) + 1, key);
}

// Two bits of one block of 64 bytes stand for a key.
struct FilterBits {
  std::size_t block = 0;
  std::uint32_t first = 0;  // 0 to 511
  std::uint32_t second = 0;
};
inline FilterBits filter_bits(std::uint64_t key, std::size_t blocks) {
  return {static_cast<std::size_t>(key >> 20) & (blocks - 1), static_cast<std::uint32_t>(key & 511),
          static_cast<std::uint32_t>((key >> 9) & 511)};
}

// What makes text unrecognisable to whoever looks at the bytes of the file; no secret. The byte at
// `offset` of the file is changed, or changed back, by its place alone.
inline void mask(std::uint64_t offset, std::span<char> bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint64_t at = offset + i;
    if (i == 0 || at % 8 == 0) word = mix((at / 8 + 1) * 0xD6E8FEB86659FD93U);
    bytes[i] = static_cast<char>(bytes[i] ^ static_cast<char>(word >> (at % 8 * 8)));
  }
}

}  // namespace konseki::index_format
