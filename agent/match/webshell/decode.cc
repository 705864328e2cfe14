#include "agent/match/webshell/decode.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {

std::string decode_base64(std::string_view text) {
  static constexpr auto kTable = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    const std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < letters.size(); ++i) {
      table[static_cast<unsigned char>(letters[i])] = static_cast<std::int8_t>(i);
    }
    return table;
  }();
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = kTable[static_cast<unsigned char>(c)];
    if (value < 0) continue;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xff);
    }
  }
  return out;
}

std::optional<std::string> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string decode_url(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::string decode_rot13(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') {
      c = static_cast<char>('a' + (c - 'a' + 13) % 26);
    } else if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>('A' + (c - 'A' + 13) % 26);
    }
  }
  return out;
}

std::optional<std::string> decode_uu(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (line.empty()) continue;
    const auto value = [&](std::size_t i) -> std::uint32_t {
      return i < line.size() ? static_cast<std::uint32_t>((line[i] - 32) & 63) : 0U;
    };
    const std::size_t length = value(0);
    std::string bytes;
    for (std::size_t i = 1; i < line.size() && bytes.size() < length; i += 4) {
      const std::uint32_t bits =
          value(i) << 18 | value(i + 1) << 12 | value(i + 2) << 6 | value(i + 3);
      bytes += static_cast<char>(bits >> 16 & 0xff);
      bytes += static_cast<char>(bits >> 8 & 0xff);
      bytes += static_cast<char>(bits & 0xff);
    }
    bytes.resize(std::min(bytes.size(), length));
    out += bytes;
  }
  if (out.empty()) return std::nullopt;
  return out;
}

std::string decode_entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t end = text[i] == '&' ? text.find(';', i) : std::string_view::npos;
    if (end == std::string_view::npos || end - i > 10) {
      out += text[i];
      continue;
    }
    const std::string_view name = text.substr(i + 1, end - i - 1);
    if (name.size() > 1 && name[0] == '#') {
      const bool hex = (name[1] | 32) == 'x';
      std::uint32_t code = 0;
      for (const char c : name.substr(hex ? 2 : 1)) {
        const int digit = hex_digit(c);
        if (digit < 0 || (!hex && digit > 9)) break;
        code = code * (hex ? 16 : 10) + static_cast<std::uint32_t>(digit);
      }
      append_utf8(out, code);
    } else if (name == "lt") {
      out += '<';
    } else if (name == "gt") {
      out += '>';
    } else if (name == "amp") {
      out += '&';
    } else if (name == "quot") {
      out += '"';
    } else if (name == "apos") {
      out += '\'';
    } else {
      out += text[i];
      continue;
    }
    i = end;
  }
  return out;
}

std::optional<std::string> inflate(std::string_view data, Deflate form, std::size_t limit) {
  z_stream stream{};
  const int bits = form == Deflate::kRaw    ? -MAX_WBITS
                   : form == Deflate::kZlib ? MAX_WBITS
                                            : MAX_WBITS + 16;
  if (data.size() > UINT32_MAX || inflateInit2(&stream, bits) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  std::string out;
  std::array<char, 16384> buffer;
  int state = Z_OK;
  while (state == Z_OK && out.size() < limit) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = buffer.size();
    state = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer.data(), buffer.size() - stream.avail_out);
    if (stream.avail_out == buffer.size() && state == Z_OK) break;
  }
  inflateEnd(&stream);
  if (out.empty()) return std::nullopt;
  if (out.size() > limit) out.resize(limit);
  return out;
}

int printable_share(std::string_view text) {
  if (text.empty()) return 100;
  std::size_t good = 0;
  for (const char c : text) {
    if ((c >= 32 && c < 127) || c == '\n' || c == '\r' || c == '\t') ++good;
  }
  return static_cast<int>(good * 100 / text.size());
}

bool looks_encoded(std::string_view text) {
  if (text.size() < 48) return false;
  const std::string_view probe = text.substr(0, 4096);
  std::size_t letters = 0;
  std::size_t blanks = 0;
  std::size_t escapes = 0;
  std::size_t strange = 0;
  std::size_t upper = 0;
  std::size_t digits = 0;
  for (const char c : probe) {
    if (is_alpha(c) || is_digit(c) || c == '+' || c == '/' || c == '=') ++letters;
    if (c >= 'A' && c <= 'Z') ++upper;
    if (is_digit(c)) ++digits;
    if (c == ' ') ++blanks;
    if (c == '%' || c == '\\' || c == '&' || c == '#' || c == ';') ++escapes;
    if (static_cast<unsigned char>(c) < 32 && !is_blank(c)) ++strange;
    if (static_cast<unsigned char>(c) >= 0x80) ++strange;
  }
  if (strange * 4 > probe.size()) return true;
  if (escapes * 5 > probe.size()) return true;
  if (blanks * 50 > probe.size()) return false;
  return letters * 100 > probe.size() * 85 && (upper + digits) * 8 > probe.size();
}

}  // namespace konseki::webshell
