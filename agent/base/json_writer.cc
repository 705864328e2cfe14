#include "agent/base/json_writer.h"

#include <charconv>
#include <cmath>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr char kHex[] = "0123456789abcdef";

// Bytes that can be copied as they are: printable ASCII but for '"' and '\\'.
inline bool is_plain(unsigned char byte) {
  return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
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

void JsonWriter::key(std::string_view name) {
  comma();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  need_comma_ = false;
}

void JsonWriter::text(std::string_view value) {
  comma();
  out_ += '"';
  std::size_t start = 0;
  std::size_t at = 0;
  while (at < value.size()) {
    const auto byte = static_cast<unsigned char>(value[at]);
    if (is_plain(byte)) {
      ++at;
      continue;
    }
    out_.append(value, start, at - start);
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

void JsonWriter::time(const Timestamp& value) {
  comma();
  out_ += '"';
  value.append_iso8601(out_);
  out_ += '"';
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
