#include "agent/base/json_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr char kHex[] = "0123456789abcdef";

// Bytes that can be copied as they are: printable ASCII but for '"' and '\\'.
inline bool is_plain(unsigned char byte) {
  return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

// How many bytes from the front are plain, eight at a time while they last.
std::size_t plain_length(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
  constexpr std::uint64_t kHigh = kOnes * 0x80;
  std::size_t at = 0;
  for (; text.size() - at >= 8; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    // A byte's high bit is set where it is 0x80 or more, below 0x20, 0x7F, '"' or '\\'; borrows
    // may set it for a plain byte too, which the loop below then finds out.
    const std::uint64_t quote = word ^ (kOnes * '"');
    const std::uint64_t slash = word ^ (kOnes * '\\');
    const std::uint64_t special =
        word | (word - kOnes * 0x20) | (word + kOnes) | (quote - kOnes) | (slash - kOnes);
    if ((special & kHigh) != 0) break;
  }
  while (at < text.size() && is_plain(static_cast<unsigned char>(text[at]))) ++at;
  return at;
}

void append_escaped_ascii(std::string& out, unsigned char byte) {
  switch (byte) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
  }
}

template <class Number>
void append_number(std::string& out, Number value) {
  char digits[32];
  auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

}  // namespace

void JsonWriter::comma() {
  if (need_comma_) out_ += ',';
  need_comma_ = true;
}

void JsonWriter::open(char bracket) {
  comma();
  out_ += bracket;
  need_comma_ = false;
}

void JsonWriter::close(char bracket) {
  out_ += bracket;
  need_comma_ = true;
}

// One append a key: a row has twenty of them, and a volume millions of rows.
void JsonWriter::key(std::string_view name) {
  char text[64];
  constexpr std::size_t kSigns = 4;  // ,"":
  const std::size_t size = std::min(name.size(), sizeof text - kSigns);
  char* at = text;
  if (need_comma_) *at++ = ',';
  *at++ = '"';
  at = std::copy_n(name.data(), size, at);
  if (size < name.size()) {
    out_.append(text, at);
    out_ += name.substr(size);
    at = text;
  }
  *at++ = '"';
  *at++ = ':';
  out_.append(text, at);
  need_comma_ = false;
}

void JsonWriter::text(std::string_view value) {
  comma();
  out_ += '"';
  std::size_t start = 0;
  std::size_t at = 0;
  while (at < value.size()) {
    at += plain_length(value.substr(at));
    if (at == value.size()) break;
    out_.append(value, start, at - start);
    const auto byte = static_cast<unsigned char>(value[at]);
    if (byte < 0x80) {
      append_escaped_ascii(out_, byte);
      ++at;
    } else {
      at += append_well_formed(out_, value.substr(at));
    }
    start = at;
  }
  out_.append(value, start, value.size() - start);
  out_ += '"';
}

void JsonWriter::number(std::int64_t value) { comma(), append_number(out_, value); }
void JsonWriter::number(std::uint64_t value) { comma(), append_number(out_, value); }

void JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  comma();
  append_number(out_, value);
}

void JsonWriter::boolean(bool value) { comma(), out_ += value ? "true" : "false"; }
void JsonWriter::null() { comma(), out_ += "null"; }

// The times of a file mostly lie in one second, and so do those of its neighbours: the text of the
// last second is kept, and only the part below it is written anew.
void JsonWriter::time(const Timestamp& value) {
  constexpr std::size_t kSize = Timestamp::kIso8601Size;
  constexpr std::size_t kDecimals = 9;
  struct Latest {
    std::int64_t seconds = std::numeric_limits<std::int64_t>::min();
    std::array<char, 1 + kSize + 1> text{};  // with its quotes
  };
  thread_local Latest latest;
  char* const first = latest.text.data() + 1;
  if (value.seconds != latest.seconds) {
    value.put_iso8601(std::span<char, kSize>(first, kSize));
    latest.text.front() = latest.text.back() = '"';
    latest.seconds = value.seconds;
  } else {
    auto rest = static_cast<std::uint32_t>(std::clamp(value.nanoseconds, 0, 999'999'999));
    char* const last = first + kSize - 2;  // before the Z
    for (std::size_t i = 0; i < kDecimals; ++i, rest /= 10)
      *(last - i) = static_cast<char>('0' + rest % 10);
  }
  comma();
  out_.append(latest.text.data(), latest.text.size());
}

void JsonWriter::hex(std::span<const std::byte> value) {
  comma();
  out_ += '"';
  for (std::byte byte : value) {
    out_ += kHex[std::to_integer<unsigned>(byte) >> 4];
    out_ += kHex[std::to_integer<unsigned>(byte) & 15];
  }
  out_ += '"';
}

void JsonWriter::raw(std::string_view json) { comma(), out_ += json; }

}  // namespace konseki
