#include "agent/base/unicode.h"

#include <algorithm>
#include <cstring>

namespace konseki {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

inline unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}
inline bool is_continuation(unsigned byte) { return (byte & 0xC0) == 0x80; }

// A surrogate in three bytes (ED A0..BF 80..BF), as WTF-8 writes it.
bool starts_with_surrogate(std::string_view text) {
  return text.size() >= 3 && byte_at(text, 0) == 0xED && byte_at(text, 1) >= 0xA0 &&
         byte_at(text, 1) <= 0xBF && is_continuation(byte_at(text, 2));
}

// Simple case folding over the ranges whose capitals lie at a fixed distance or alternate.
std::uint32_t fold(std::uint32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if (c == 0xB5) return 0x3BC;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
  if (c >= 0x100 && c <= 0x17F) {
    if (c == 0x130 || c == 0x131 || c == 0x138 || c == 0x149 || c == 0x17F) return c;
    if (c == 0x178) return 0xFF;
    const bool odd_capitals = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
    return odd_capitals ? (c & 1 ? c + 1 : c) : (c & 1 ? c : c + 1);
  }
  if (c >= 0x391 && c <= 0x3AB && c != 0x3A2) return c + 32;
  if (c == 0x386) return 0x3AC;
  if (c >= 0x388 && c <= 0x38A) return c + 37;
  if (c == 0x38C) return 0x3CC;
  if (c == 0x38E || c == 0x38F) return c + 63;
  if (c >= 0x400 && c <= 0x40F) return c + 80;
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  if ((c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F)) {
    return c & 1 ? c : c + 1;
  }
  if (c >= 0x4C1 && c <= 0x4CE) return c & 1 ? c + 1 : c;
  if (c == 0x4C0) return 0x4CF;
  if (c >= 0x531 && c <= 0x556) return c + 48;
  if (c >= 0x1E00 && c <= 0x1EFF && !(c >= 0x1E96 && c <= 0x1E9F)) return c & 1 ? c : c + 1;
  if (c >= 0x2160 && c <= 0x216F) return c + 16;
  if (c >= 0x24B6 && c <= 0x24CF) return c + 26;
  if (c >= 0xFF21 && c <= 0xFF3A) return c + 32;
  if (c >= 0x10400 && c <= 0x10427) return c + 40;
  return c;
}

// Whether the next eight bytes are all ASCII: names mostly are, and are checked so in few steps.
bool starts_with_ascii_word(std::string_view text) {
  std::uint64_t word = 0;
  if (text.size() < sizeof word) return false;
  std::memcpy(&word, text.data(), sizeof word);
  return (word & 0x8080'8080'8080'8080) == 0;
}

}  // namespace

std::size_t utf8_sequence_length(std::string_view text) {
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(byte_at(text, i))) return 0;
  }
  const unsigned second = byte_at(text, 1);
  if (first == 0xE0 && second < 0xA0) return 0;
  if (first == 0xED && second > 0x9F) return 0;
  if (first == 0xF0 && second < 0x90) return 0;
  if (first == 0xF4 && second > 0x8F) return 0;
  return length;
}

bool is_well_formed_utf8(std::string_view text) {
  while (!text.empty()) {
    if (starts_with_ascii_word(text)) {
      text.remove_prefix(sizeof(std::uint64_t));
      continue;
    }
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::size_t append_well_formed(std::string& out, std::string_view text) {
  if (const std::size_t length = utf8_sequence_length(text); length > 0) {
    out.append(text, 0, length);
    return length;
  }
  if (starts_with_surrogate(text)) {
    const unsigned code = 0xD000 | (byte_at(text, 1) & 0x3F) << 6 | (byte_at(text, 2) & 0x3F);
    out += "%u";
    for (int shift = 12; shift >= 0; shift -= 4) out += kHex[code >> shift & 15];
    return 3;
  }
  const unsigned byte = byte_at(text, 0);
  out += '%';
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
  return 1;
}

std::string to_well_formed(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) text.remove_prefix(append_well_formed(out, text));
  return out;
}

void append_code_point(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

std::string utf16le_to_wtf8(std::span<const std::byte> bytes) {
  std::string out;
  out.reserve(bytes.size() / 2 + bytes.size() / 4);
  auto unit = [&](std::size_t index) {
    return std::to_integer<std::uint32_t>(bytes[index * 2]) |
           std::to_integer<std::uint32_t>(bytes[index * 2 + 1]) << 8;
  };
  const std::size_t count = bytes.size() / 2;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t c = unit(i);
    if (c >= 0xD800 && c < 0xDC00 && i + 1 < count) {
      const std::uint32_t low = unit(i + 1);
      if (low >= 0xDC00 && low < 0xE000) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        ++i;
      }
    }
    append_code_point(out, c);
  }
  return out;
}

std::string utf16le_to_wtf8_until_nul(std::span<const std::byte> bytes) {
  std::size_t end = 0;
  while (end + 1 < bytes.size() && (bytes[end] != std::byte{0} || bytes[end + 1] != std::byte{0})) {
    end += 2;
  }
  return utf16le_to_wtf8(bytes.first(std::min(end, bytes.size())));
}

std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
  const std::string_view rest = text.substr(at);
  const unsigned first = byte_at(rest, 0);
  std::size_t length = utf8_sequence_length(rest);
  if (length == 0 && starts_with_surrogate(rest)) length = 3;
  if (length <= 1) {
    ++at;
    return first;
  }
  std::uint32_t c = first & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) c = c << 6 | (byte_at(rest, i) & 0x3F);
  at += length;
  return c;
}

std::string fold_case(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    const unsigned byte = byte_at(text, at);
    if (byte < 0x80) {
      out += static_cast<char>(fold(byte));
      ++at;
      continue;
    }
    const std::size_t start = at;
    const std::uint32_t c = next_code_point(text, at);
    if (at - start == 1) {
      out += static_cast<char>(byte);  // ill-formed: keep the byte
    } else {
      append_code_point(out, fold(c));
    }
  }
  return out;
}

}  // namespace konseki
