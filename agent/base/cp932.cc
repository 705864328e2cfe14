#include "agent/base/cp932.h"

#include <array>
#include <bitset>
#include <cstdint>
#include <cstdio>

#include "agent/base/cp932_table.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::uint32_t kNone = 0xFFFD;
constexpr std::uint32_t kTrails = 188;
constexpr std::uint32_t kUserDefined = 0xE000;

bool is_lead(std::uint8_t byte) {
  return (byte >= 0x81 && byte <= 0x9F) || (byte >= 0xE0 && byte <= 0xFC);
}

std::uint32_t two_bytes(std::uint8_t lead, std::uint8_t trail) {
  if (trail < 0x40 || trail == 0x7F || trail > 0xFC) return kNone;
  const std::uint32_t column = trail - (trail > 0x7F ? 0x41U : 0x40U);
  if (lead >= 0xF0 && lead <= 0xF9) return kUserDefined + (lead - 0xF0U) * kTrails + column;
  std::size_t row = lead - 0x81U;
  if (lead >= 0xE0) row = lead - 0xE0U + 31;
  if (lead >= 0xFA) row = lead - 0xFAU + 47;
  return kCp932Rows[row] == nullptr ? kNone : kCp932Rows[row][column];
}

// The code point at the start of `text` and its length; length 0 when there is none.
std::size_t decode(std::string_view text, std::uint32_t& code_point) {
  const auto first = static_cast<std::uint8_t>(text[0]);
  if (first < 0x80) {
    code_point = first;
    return 1;
  }
  if (first >= 0xA1 && first <= 0xDF) {  // half-width katakana
    code_point = 0xFF61U + first - 0xA1U;
    return 1;
  }
  if (!is_lead(first) || text.size() < 2) return 0;
  code_point = two_bytes(first, static_cast<std::uint8_t>(text[1]));
  return code_point == kNone ? 0 : 2;
}

// What two bytes can say, one bit a code point.
std::bitset<0x10000> two_byte_characters() {
  std::bitset<0x10000> known;
  for (std::uint32_t lead = 0x81; lead <= 0xFC; ++lead) {
    if (!is_lead(static_cast<std::uint8_t>(lead))) continue;
    for (std::uint32_t trail = 0x40; trail <= 0xFC; ++trail) {
      known.set(two_bytes(static_cast<std::uint8_t>(lead), static_cast<std::uint8_t>(trail)));
    }
  }
  known.reset(kNone);
  return known;
}

// Stands for a character that the code page does not have; empty: nothing does.
std::string_view like_of(std::uint32_t c) {
  switch (c) {
    case 0x00A0:
      return " ";
    case 0x00B7:
    case 0x2022:
      return "・";
    case 0x2013:
    case 0x2014:
      return "-";
    case 0x2212:
      return "－";
    case 0x301C:
      return "～";
    default:
      return {};
  }
}

}  // namespace

std::size_t cp932_size_of(std::uint32_t code_point) {
  static const std::bitset<0x10000> kTwoBytes = two_byte_characters();
  if (code_point < 0x80 || (code_point >= 0xFF61 && code_point <= 0xFF9F)) return 1;
  return code_point < kTwoBytes.size() && kTwoBytes[code_point] ? 2 : 0;
}

std::string within_cp932(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const std::uint32_t c = next_code_point(text, at);
    if (cp932_size_of(c) > 0) {
      out.append(text, start, at - start);
    } else if (const std::string_view like = like_of(c); !like.empty()) {
      out += like;
    } else {
      std::array<char, 16> name{};
      std::snprintf(name.data(), name.size(), "<U+%04X>", static_cast<unsigned>(c));
      out += name.data();
    }
  }
  return out;
}

std::size_t cp932_sequence_length(std::string_view text) {
  std::uint32_t ignored = 0;
  return decode(text, ignored);
}

bool is_cp932(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = cp932_sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void append_cp932(std::string& out, std::string_view text) {
  while (!text.empty()) {
    std::uint32_t code_point = 0;
    std::size_t length = decode(text, code_point);
    if (length == 0) {
      constexpr char kDigits[] = "0123456789ABCDEF";
      const auto byte = static_cast<std::uint8_t>(text[0]);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
      length = 1;
    } else {
      append_code_point(out, code_point);
    }
    text.remove_prefix(length);
  }
}

}  // namespace konseki
