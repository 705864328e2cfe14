#include "agent/match/webshell/text_functions.h"

#include <algorithm>
#include <charconv>

#include "agent/match/webshell/decode.h"
#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {
namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_hex(char c) { return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f'); }

}  // namespace

std::string replaced(std::string_view subject, std::string_view from, std::string_view to,
                     bool any_case) {
  if (from.empty()) return std::string(subject);
  std::string out;
  std::string lowered;
  std::string needle(from);
  const auto lower = [](std::string& text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  };
  std::string_view search = subject;
  if (any_case) {
    lowered = subject;
    lower(lowered);
    lower(needle);
    search = lowered;
  }
  std::size_t at = 0;
  while (out.size() <= kMaxText) {
    const std::size_t found = search.find(needle, at);
    out += subject.substr(at, found == std::string_view::npos ? found : found - at);
    if (found == std::string_view::npos) break;
    out += to;
    at = found + from.size();
  }
  return out;
}

std::optional<Value> replace_in(const BuiltinCall& call, bool any_case) {
  const auto subject = call.text(2);
  if (!subject || call.arguments[2].array != nullptr) return std::nullopt;
  std::string text(*subject);
  if (const ValueArray* from = call.array(0)) {
    const ValueArray* to = call.array(1);
    const auto one = to == nullptr ? call.text(1) : std::optional<std::string_view>("");
    if (!one) return std::nullopt;
    for (std::size_t i = 0; i < from->elements.size(); ++i) {
      const auto needle = text_of(from->elements[i].second, call.arena);
      std::optional<std::string_view> put = one;
      if (to != nullptr && i < to->elements.size())
        put = text_of(to->elements[i].second, call.arena);
      if (!needle || !put || text.size() > kMaxText) return std::nullopt;
      text = replaced(text, *needle, *put, any_case);
    }
    return call.made(text);
  }
  const auto from = call.text(0);
  const auto to = call.text(1);
  if (!from || !to) return std::nullopt;
  return call.made(replaced(text, *from, *to, any_case));
}

std::optional<Value> sub_text(const BuiltinCall& call, bool from_one, bool to_end_index) {
  const auto text = call.text(0);
  const auto start = call.number(1);
  if (!text || !start) return std::nullopt;
  const auto size = static_cast<std::int64_t>(text->size());
  std::int64_t first = *start - (from_one ? 1 : 0);
  if (first < 0) first = std::max<std::int64_t>(0, size + first);
  first = std::min(first, size);
  std::int64_t last = size;
  if (call.count() > 2) {
    const auto length = call.number(2);
    if (!length) return std::nullopt;
    if (to_end_index) {
      last = *length;
    } else if (*length < 0) {
      last = size + std::max(*length, -size);
    } else {
      last = first + std::min(*length, size);
    }
  }
  last = std::clamp(last, first, size);
  return call.made(
      text->substr(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first)));
}

std::optional<Value> trimmed(const BuiltinCall& call, bool left, bool right) {
  const auto text = call.text(0);
  if (!text) return std::nullopt;
  const std::string_view set =
      call.count() > 1 ? call.text(1).value_or(" \t\r\n\v") : std::string_view(" \t\r\n\v\0", 6);
  std::string_view out = *text;
  while (left && !out.empty() && set.find(out.front()) != std::string_view::npos)
    out.remove_prefix(1);
  while (right && !out.empty() && set.find(out.back()) != std::string_view::npos)
    out.remove_suffix(1);
  Value value = Value::of_text(out, call.traits());
  return value;
}

std::optional<Value> cased(const BuiltinCall& call, bool upper) {
  const auto text = call.text(0);
  if (!text) return std::nullopt;
  std::string out(*text);
  for (char& c : out) {
    if (upper ? (c >= 'a' && c <= 'z') : (c >= 'A' && c <= 'Z')) c = static_cast<char>(c ^ 32);
  }
  return call.made(out);
}

std::optional<Value> character(const BuiltinCall& call, bool utf8) {
  const auto number = call.number(0);
  if (!number) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < call.count(); ++i) {
    const auto code = call.number(i);
    if (!code) return std::nullopt;
    if (utf8 && *code > 255) {
      append_utf8(out, static_cast<std::uint32_t>(*code & 0x1fffff));
    } else {
      out += static_cast<char>(*code & 0xff);
    }
  }
  return call.made(out, kBuilt | kSpelled);
}

std::optional<Value> packed(const BuiltinCall& call) {
  const auto format = call.text(0);
  if (!format || format->empty()) return std::nullopt;
  const char kind = (*format)[0];
  if (kind == 'H' || kind == 'h') {
    const auto text = call.text(1);
    if (!text) return std::nullopt;
    auto bytes = decode_hex(*text);
    if (bytes && kind == 'h') {
      for (char& c : *bytes) {
        c = static_cast<char>((static_cast<unsigned char>(c) >> 4 | c << 4) & 0xff);
      }
    }
    return call.decoded(bytes);
  }
  if (kind == 'C' || kind == 'c' || kind == 'U' || kind == 'W') {
    std::string out;
    for (std::size_t i = 1; i < call.count(); ++i) {
      const auto code = call.number(i);
      if (!code) return std::nullopt;
      out += static_cast<char>(*code & 0xff);
    }
    return call.decoded(out);
  }
  if (kind == 'A' || kind == 'a') {
    const auto text = call.text(1);
    if (!text) return std::nullopt;
    return call.made(*text);
  }
  return std::nullopt;
}

std::optional<Value> translated(const BuiltinCall& call) {
  const auto text = call.text(0);
  if (!text) return std::nullopt;
  if (call.count() == 2) {
    const ValueArray* pairs = call.array(1);
    if (pairs == nullptr) return std::nullopt;
    std::string out;
    for (std::size_t at = 0; at < text->size();) {
      std::size_t best = 0;
      std::string_view put;
      for (const auto& [key, value] : pairs->elements) {
        if (key.size() > best && text->substr(at).starts_with(key)) {
          const auto to = text_of(value, call.arena);
          if (!to) return std::nullopt;
          best = key.size();
          put = *to;
        }
      }
      if (best == 0) {
        out += (*text)[at++];
      } else {
        out += put;
        at += best;
      }
      if (out.size() > kMaxText) return std::nullopt;
    }
    return call.made(out, kBuilt | kDecoded);
  }
  const auto from = call.text(1);
  const auto to = call.text(2);
  if (!from || !to) return std::nullopt;
  std::string out(*text);
  const std::size_t size = std::min(from->size(), to->size());
  for (char& c : out) {
    const std::size_t at = from->substr(0, size).rfind(c);
    if (at != std::string_view::npos) c = (*to)[at];
  }
  return call.made(out, kBuilt | kDecoded);
}

std::optional<Value> formatted(const BuiltinCall& call) {
  const auto format = call.text(0);
  if (!format) return std::nullopt;
  std::string out;
  std::size_t next = 1;
  for (std::size_t i = 0; i < format->size(); ++i) {
    if ((*format)[i] != '%' || i + 1 == format->size()) {
      out += (*format)[i];
      continue;
    }
    ++i;
    std::size_t which = next;
    std::size_t digits = i;
    while (digits < format->size() && is_digit((*format)[digits])) ++digits;
    if (digits > i && digits < format->size() && (*format)[digits] == '$') {
      which = 0;
      std::from_chars(format->data() + i, format->data() + digits, which);
      i = digits + 1;
    }
    if (i >= format->size()) return std::nullopt;
    switch ((*format)[i]) {
      case '%':
        out += '%';
        continue;
      case 's':
      case 'd': {
        const auto text = call.text(which);
        if (!text || out.size() > kMaxText) return std::nullopt;
        out += *text;
        break;
      }
      case 'c': {
        const auto code = call.number(which);
        if (!code) return std::nullopt;
        out += static_cast<char>(*code & 0xff);
        break;
      }
      default:
        return std::nullopt;
    }
    ++next;
  }
  return call.made(out);
}

std::optional<Value> found_part(const BuiltinCall& call, bool last, bool any_case) {
  const auto text = call.text(0);
  const auto part = call.text(1);
  if (!text || !part || part->empty()) return std::nullopt;
  std::string where(*text);
  std::string what(last ? part->substr(0, 1) : *part);
  if (any_case) {
    for (std::string* each : {&where, &what}) {
      for (char& c : *each) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
  }
  const std::size_t at = last ? where.rfind(what) : where.find(what);
  if (at == std::string::npos) return std::nullopt;
  const bool before = call.count() > 2 && call.number(2).value_or(0) != 0;
  return call.made(before ? text->substr(0, at) : text->substr(at));
}

std::optional<Value> without_slashes(const BuiltinCall& call, bool escapes) {
  const auto text = call.text(0);
  if (!text) return std::nullopt;
  if (text->find('\\') == std::string_view::npos) return Value::of_text(*text, call.traits());
  std::string out;
  for (std::size_t i = 0; i < text->size(); ++i) {
    const char c = (*text)[i];
    if (c != '\\' || i + 1 == text->size()) {
      if (c != '\\') out += c;
      continue;
    }
    const char next = (*text)[++i];
    if (!escapes || !(is_octal(next) || next == 'x')) {
      out += next;
      continue;
    }
    // Up to three octal digits, or two after "x".
    const bool hex = next == 'x';
    const std::size_t begin = hex ? i + 1 : i;
    std::size_t end = begin;
    while (end < text->size() && end - begin < (hex ? 2U : 3U) &&
           (hex ? is_hex((*text)[end]) : is_octal((*text)[end]))) {
      ++end;
    }
    int code = 0;
    std::from_chars(text->data() + begin, text->data() + end, code, hex ? 16 : 8);
    out += static_cast<char>(code & 0xff);
    i = std::max(end, i + 1) - 1;
  }
  return escapes ? call.decoded(out) : call.made(out);
}

std::optional<Value> repeated(const BuiltinCall& call) {
  const auto text = call.text(0);
  const auto times = call.number(1);
  if (!text || !times || *times < 0 || *times > 65536 ||
      text->size() * static_cast<std::size_t>(*times) > kMaxText) {
    return std::nullopt;
  }
  std::string out;
  for (std::int64_t i = 0; i < *times; ++i) out += *text;
  return call.made(out);
}

std::optional<Value> position(const BuiltinCall& call) {
  const auto text = call.text(0);
  const auto part = call.text(1);
  if (!text || !part) return std::nullopt;
  const std::size_t at = text->find(*part);
  if (at == std::string_view::npos) return Value::of_number(0);
  return Value::of_number(static_cast<std::int64_t>(at));
}

std::optional<Value> based(const BuiltinCall& call, int from, int to) {
  const auto text = call.text(0);
  if (!text || from < 2 || from > 36 || to < 2 || to > 36) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : *text) {
    const int digit = is_digit(c) ? c - '0' : is_alpha(c) ? (c | 32) - 'a' + 10 : 99;
    if (digit >= from) continue;
    number = number * static_cast<std::uint64_t>(from) + static_cast<std::uint64_t>(digit);
  }
  if (to == 10) return Value::of_number(static_cast<std::int64_t>(number));
  std::string out;
  do {
    out += "0123456789abcdefghijklmnopqrstuvwxyz"[number % static_cast<std::uint64_t>(to)];
    number /= static_cast<std::uint64_t>(to);
  } while (number > 0);
  std::reverse(out.begin(), out.end());
  return call.made(out, kBuilt | kDecoded);
}

}  // namespace konseki::webshell
