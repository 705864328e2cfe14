#include "agent/match/webshell/builtins.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "agent/match/webshell/decode.h"
#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {

std::optional<std::string_view> text_of(const Value& value, Arena& arena) {
  switch (value.kind) {
    case Value::Kind::kText:
      return value.text;
    case Value::Kind::kNumber:
      return arena.keep(std::to_string(value.number));
    case Value::Kind::kArray:
      return "Array";
    case Value::Kind::kUnknown:
      break;
  }
  return std::nullopt;
}

std::optional<std::int64_t> number_of(const Value& value) {
  if (value.kind == Value::Kind::kNumber) return value.number;
  if (value.kind != Value::Kind::kText) return std::nullopt;
  std::string_view text = value.text;
  while (!text.empty() && is_blank(text[0])) text.remove_prefix(1);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;  // as PHP: what is no number is 0
}

namespace {

struct Call {
  std::span<const Value> arguments;
  Arena& arena;
  ArrayMaker& arrays;

  std::size_t count() const { return arguments.size(); }
  // A constant text argument, else the whole call is not computed.
  std::optional<std::string_view> text(std::size_t i) const {
    if (i >= arguments.size()) return std::nullopt;
    return text_of(arguments[i], arena);
  }
  std::optional<std::int64_t> number(std::size_t i) const {
    if (i >= arguments.size()) return std::nullopt;
    return number_of(arguments[i]);
  }
  const ValueArray* array(std::size_t i) const {
    return i < arguments.size() ? arguments[i].array : nullptr;
  }
  std::uint32_t traits() const {
    std::uint32_t all = 0;
    for (const Value& value : arguments) all |= value.traits;
    return all;
  }
  std::optional<Value> made(std::string_view text, std::uint32_t extra = kBuilt) const {
    if (text.size() > kMaxText) return std::nullopt;
    const std::string_view kept = arena.keep(text);
    if (kept.size() != text.size()) return std::nullopt;
    return Value::of_text(kept, traits() | extra);
  }
  std::optional<Value> decoded(const std::optional<std::string>& text) const {
    if (!text) return std::nullopt;
    return made(*text, kDecoded | kBuilt);
  }
};

using Function = std::optional<Value> (*)(const Call&);

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

// str_replace(search, replace, subject): texts or arrays of texts.
std::optional<Value> replace_in(const Call& call, bool any_case) {
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

std::optional<Value> sub_text(const Call& call, bool from_one, bool to_end_index) {
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

std::optional<Value> joined(const Call& call) {
  const ValueArray* array = call.array(0);
  std::string_view glue;
  if (array != nullptr) {
    if (call.count() > 1) glue = call.text(1).value_or("");
  } else {
    array = call.array(1);
    const auto text = call.text(0);
    if (array == nullptr || !text) return std::nullopt;
    glue = *text;
  }
  std::string out;
  std::uint32_t traits = 0;
  bool first = true;
  for (const auto& [key, element] : array->elements) {
    const auto text = text_of(element, call.arena);
    if (!text || out.size() > kMaxText) return std::nullopt;
    if (!first) out += glue;
    first = false;
    out += *text;
    traits |= element.traits;
  }
  auto value = call.made(out);
  if (value) value->traits |= traits;
  return value;
}

std::optional<Value> array_value(const Call& call, std::span<const std::string_view> parts) {
  ValueArray* array = call.arrays.make_array();
  if (array == nullptr) return std::nullopt;
  for (const std::string_view part : parts) {
    array->elements.emplace_back(call.arena.keep(std::to_string(array->next++)),
                                 Value::of_text(part, call.traits() | kBuilt));
  }
  Value value = Value::unknown(call.traits());
  value.kind = Value::Kind::kArray;
  value.array = array;
  return value;
}

std::optional<Value> exploded(const Call& call, std::string_view glue, std::string_view text) {
  std::vector<std::string_view> parts;
  if (glue.empty()) return std::nullopt;
  std::size_t at = 0;
  while (parts.size() < 100000) {
    const std::size_t found = text.find(glue, at);
    parts.push_back(text.substr(at, found == std::string_view::npos ? found : found - at));
    if (found == std::string_view::npos) break;
    at = found + glue.size();
  }
  return array_value(call, parts);
}

std::optional<Value> trimmed(const Call& call, bool left, bool right) {
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

std::optional<Value> cased(const Call& call, bool upper) {
  const auto text = call.text(0);
  if (!text) return std::nullopt;
  std::string out(*text);
  for (char& c : out) {
    if (upper ? (c >= 'a' && c <= 'z') : (c >= 'A' && c <= 'Z')) c = static_cast<char>(c ^ 32);
  }
  return call.made(out);
}

std::optional<Value> character(const Call& call, bool utf8) {
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

std::optional<Value> packed(const Call& call) {
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

std::optional<Value> translated(const Call& call) {
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

std::optional<Value> split_in_pieces(const Call& call) {
  const auto text = call.text(0);
  if (!text) return std::nullopt;
  const std::int64_t size = call.count() > 1 ? call.number(1).value_or(1) : 1;
  if (size < 1 || text->size() / static_cast<std::size_t>(size) > 200000) return std::nullopt;
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at < text->size(); at += static_cast<std::size_t>(size)) {
    parts.push_back(text->substr(at, static_cast<std::size_t>(size)));
  }
  return array_value(call, parts);
}

std::optional<Value> reversed_array(const Call& call) {
  const ValueArray* from = call.array(0);
  ValueArray* array = from == nullptr ? nullptr : call.arrays.make_array();
  if (array == nullptr) return std::nullopt;
  for (auto it = from->elements.rbegin(); it != from->elements.rend(); ++it) {
    array->elements.emplace_back(call.arena.keep(std::to_string(array->next++)), it->second);
  }
  Value value = call.arguments[0];
  value.array = array;
  return value;
}

// array_diff: the texts of the first that stand in none of the others.
std::optional<Value> difference(const Call& call) {
  const ValueArray* from = call.array(0);
  ValueArray* array = from == nullptr ? nullptr : call.arrays.make_array();
  if (array == nullptr) return std::nullopt;
  if (from->elements.size() > 4096) return std::nullopt;
  for (const auto& element : from->elements) {
    if (!element.second.is_text()) return std::nullopt;
    bool found = false;
    for (std::size_t i = 1; i < call.count(); ++i) {
      const ValueArray* other = call.array(i);
      if (other == nullptr || other->elements.size() > 256) return std::nullopt;
      for (const auto& [key, value] : other->elements)
        found |= value.is_text() && value.text == element.second.text;
    }
    if (!found) array->elements.push_back(element);
  }
  Value value = call.arguments[0];
  value.array = array;
  value.traits |= kBuilt;
  return value;
}

// sprintf with %s %d %c alone.
std::optional<Value> formatted(const Call& call) {
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

std::optional<Value> repeated(const Call& call) {
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

std::optional<Value> position(const Call& call) {
  const auto text = call.text(0);
  const auto part = call.text(1);
  if (!text || !part) return std::nullopt;
  const std::size_t at = text->find(*part);
  if (at == std::string_view::npos) return Value::of_number(0);
  return Value::of_number(static_cast<std::int64_t>(at));
}

std::optional<Value> based(const Call& call, int from, int to) {
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

template <Deflate kForm>
std::optional<Value> inflated(const Call& call) {
  const auto text = call.text(0);
  return text ? call.decoded(inflate(*text, kForm, kMaxText)) : std::nullopt;
}

std::optional<Value> element_at(const Call& call, bool last) {
  const ValueArray* array = call.array(0);
  if (array == nullptr || array->elements.empty()) return std::nullopt;
  return last ? array->elements.back().second : array->elements.front().second;
}

std::optional<Value> numbers_of_range(const Call& call) {
  const auto first = call.text(0);
  const auto last = call.text(1);
  if (!first || !last || first->empty() || last->empty()) return std::nullopt;
  ValueArray* array = call.arrays.make_array();
  if (array == nullptr) return std::nullopt;
  const bool letters = !is_digit((*first)[0]) && (*first)[0] != '-';
  const std::int64_t from =
      letters ? static_cast<unsigned char>((*first)[0]) : call.number(0).value_or(0);
  const std::int64_t to =
      letters ? static_cast<unsigned char>((*last)[0]) : call.number(1).value_or(0);
  const std::int64_t distance = to - from;
  if (distance > 4096 || distance < -4096) return std::nullopt;
  const std::int64_t step = to < from ? -1 : 1;
  for (std::int64_t i = from;; i += step) {
    const char c = static_cast<char>(i);
    array->elements.emplace_back(
        call.arena.keep(std::to_string(array->next++)),
        letters ? Value::of_text(call.arena.keep({&c, 1}), kBuilt) : Value::of_number(i));
    if (i == to) break;
  }
  Value value;
  value.kind = Value::Kind::kArray;
  value.array = array;
  return value;
}

using Table = std::unordered_map<std::string_view, Function>;

const Table& functions() {
  static const Table kTable = {
      {"base64_decode",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         return text ? c.decoded(decode_base64(*text)) : std::nullopt;
       }},
      {"gzinflate", inflated<Deflate::kRaw>},
      {"gzuncompress", inflated<Deflate::kZlib>},
      {"zlib_decode", inflated<Deflate::kZlib>},
      {"zlib.decompress", inflated<Deflate::kZlib>},
      {"gzdecode", inflated<Deflate::kGzip>},
      {"str_rot13",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         return text ? c.decoded(decode_rot13(*text)) : std::nullopt;
       }},
      {"hex2bin",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         return text ? c.decoded(decode_hex(*text)) : std::nullopt;
       }},
      {"convert_uudecode",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         return text ? c.decoded(decode_uu(*text)) : std::nullopt;
       }},
      {"urldecode",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         return text ? c.decoded(decode_url(*text, true)) : std::nullopt;
       }},
      {"rawurldecode",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         return text ? c.decoded(decode_url(*text, false)) : std::nullopt;
       }},
      {"html_entity_decode",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         return text ? c.decoded(decode_entities(*text)) : std::nullopt;
       }},
      {"strrev",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         if (!text) return std::nullopt;
         return c.decoded(std::string(text->rbegin(), text->rend()));
       }},
      {"chr", [](const Call& c) { return character(c, false); }},
      {"string.fromcharcode", [](const Call& c) { return character(c, true); }},
      {"ord",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         if (!text) return std::nullopt;
         return Value::of_number(text->empty() ? 0 : static_cast<unsigned char>((*text)[0]),
                                 c.traits());
       }},
      {"strlen",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         if (!text || c.array(0) != nullptr) return std::nullopt;
         return Value::of_number(static_cast<std::int64_t>(text->size()));
       }},
      {"count",
       [](const Call& c) -> std::optional<Value> {
         const ValueArray* array = c.array(0);
         if (array == nullptr) return std::nullopt;
         return Value::of_number(static_cast<std::int64_t>(array->elements.size()));
       }},
      {"pack", packed},
      {"str_replace", [](const Call& c) { return replace_in(c, false); }},
      {"str_ireplace", [](const Call& c) { return replace_in(c, true); }},
      {"replace",
       [](const Call& c) -> std::optional<Value> {  // of VBScript
         const auto text = c.text(0);
         const auto from = c.text(1);
         const auto to = c.text(2);
         if (!text || !from || !to) return std::nullopt;
         return c.made(replaced(*text, *from, *to, false));
       }},
      {"substr", [](const Call& c) { return sub_text(c, false, false); }},
      {"mb_substr", [](const Call& c) { return sub_text(c, false, false); }},
      {"substring", [](const Call& c) { return sub_text(c, false, true); }},
      {"mid", [](const Call& c) { return sub_text(c, true, false); }},
      {"left",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         const auto size = c.number(1);
         if (!text || !size || *size < 0) return std::nullopt;
         return c.made(text->substr(0, static_cast<std::size_t>(*size)));
       }},
      {"right",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         const auto size = c.number(1);
         if (!text || !size || *size < 0) return std::nullopt;
         return c.made(
             text->substr(text->size() - std::min(text->size(), static_cast<std::size_t>(*size))));
       }},
      {"implode", joined},
      {"explode",
       [](const Call& c) -> std::optional<Value> {
         const auto glue = c.text(0);
         const auto text = c.text(1);
         return glue && text ? exploded(c, *glue, *text) : std::nullopt;
       }},
      {"split",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         const auto glue = c.count() > 1 ? c.text(1) : std::optional<std::string_view>(" ");
         return glue && text ? exploded(c, *glue, *text) : std::nullopt;
       }},
      {"trim", [](const Call& c) { return trimmed(c, true, true); }},
      {"ltrim", [](const Call& c) { return trimmed(c, true, false); }},
      {"rtrim", [](const Call& c) { return trimmed(c, false, true); }},
      {"strtolower", [](const Call& c) { return cased(c, false); }},
      {"strtoupper", [](const Call& c) { return cased(c, true); }},
      {"lcfirst",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         if (!text) return std::nullopt;
         std::string out(*text);
         if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z')
           out[0] = static_cast<char>(out[0] + 32);
         return c.made(out);
       }},
      {"strtr", translated},
      {"substr_replace",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         const auto put = c.text(1);
         const auto start = c.number(2);
         if (!text || !put || !start) return std::nullopt;
         const auto size = static_cast<std::int64_t>(text->size());
         const std::int64_t first = std::clamp<std::int64_t>(
             *start < 0 ? size + std::max(*start, -size) : *start, 0, size);
         std::int64_t last = size;
         if (c.count() > 3) {
           const auto length = c.number(3);
           if (!length) return std::nullopt;
           last = *length < 0 ? size + std::max(*length, -size) : first + std::min(*length, size);
         }
         last = std::clamp(last, first, size);
         std::string out(text->substr(0, static_cast<std::size_t>(first)));
         out += *put;
         out += text->substr(static_cast<std::size_t>(last));
         return c.made(out);
       }},
      {"str_split", split_in_pieces},
      {"array_reverse", reversed_array},
      {"array_diff", difference},
      {"sprintf", formatted},
      {"str_repeat", repeated},
      {"strpos", position},
      {"dechex", [](const Call& c) { return based(c, 10, 16); }},
      {"hexdec", [](const Call& c) { return based(c, 16, 10); }},
      {"bindec", [](const Call& c) { return based(c, 2, 10); }},
      {"octdec", [](const Call& c) { return based(c, 8, 10); }},
      {"base_convert",
       [](const Call& c) -> std::optional<Value> {
         const auto from = c.number(1);
         const auto to = c.number(2);
         if (!from || !to || *from < 2 || *from > 36 || *to < 2 || *to > 36) return std::nullopt;
         return based(c, static_cast<int>(*from), static_cast<int>(*to));
       }},
      {"bin2hex",
       [](const Call& c) -> std::optional<Value> {
         const auto text = c.text(0);
         if (!text) return std::nullopt;
         std::string out;
         for (const char ch : *text) {
           out += "0123456789abcdef"[static_cast<unsigned char>(ch) >> 4];
           out += "0123456789abcdef"[ch & 15];
         }
         return c.made(out);
       }},
      {"intval",
       [](const Call& c) -> std::optional<Value> {
         const auto number = c.number(0);
         return number ? std::optional<Value>(Value::of_number(*number, 0)) : std::nullopt;
       }},
      {"current", [](const Call& c) { return element_at(c, false); }},
      {"end", [](const Call& c) { return element_at(c, true); }},
      {"range", numbers_of_range},
      {"is_numeric", [](const Call&) -> std::optional<Value> { return std::nullopt; }},
  };
  return kTable;
}

// Other names of the same functions.
const std::unordered_map<std::string_view, std::string_view>& aliases() {
  static const std::unordered_map<std::string_view, std::string_view> kAliases = {
      {"join", "implode"},
      {"chop", "rtrim"},
      {"sizeof", "count"},
      {"reset", "current"},
      {"pos", "current"},
      {"array_shift", "current"},
      {"array_pop", "end"},
      {"chrw", "chr"},
      {"chrb", "chr"},
      {"asc", "ord"},
      {"ascw", "ord"},
      {"ascb", "ord"},
      {"strreverse", "strrev"},
      {"unescape", "rawurldecode"},
      {"decodeuricomponent", "rawurldecode"},
      {"decodeuri", "rawurldecode"},
      {"lcase", "strtolower"},
      {"ucase", "strtoupper"},
      {".tolowercase", "strtolower"},
      {".touppercase", "strtoupper"},
      {".replace", "replace"},
      {".substr", "substr"},
      {".substring", "substring"},
      {".split", "split"},
      {"uri_unescape", "rawurldecode"},
      {"decode_base64", "base64_decode"},
      {"base64.b64decode", "base64_decode"},
      {"b64decode", "base64_decode"},
      {"base64.decodestring", "base64_decode"},
      {"convert.frombase64string", "base64_decode"},
      {"system.convert.frombase64string", "base64_decode"},
      {".frombase64string", "base64_decode"},
      {"mb_strlen", "strlen"},
      {"len", "strlen"},
      {"bytes.fromhex", "hex2bin"},
      {"binascii.unhexlify", "hex2bin"},
      {"mb_chr", "chr"},
      {"htmlspecialchars_decode", "html_entity_decode"},
      {"mb_strtolower", "strtolower"},
      {"mb_strtoupper", "strtoupper"},
      {"lc", "strtolower"},
      {"uc", "strtoupper"},
      {"string.concat", "."},
      {"strval", "trim"}};
  return kAliases;
}

}  // namespace

std::optional<Value> compute(ScriptLanguage language, std::string_view name,
                             std::span<const Value> arguments, Arena& arena, ArrayMaker& arrays) {
  const auto alias = aliases().find(name);
  if (alias != aliases().end()) name = alias->second;
  if (language == ScriptLanguage::kPerl && name == "implode" && arguments.size() != 2)
    return std::nullopt;
  const auto found = functions().find(name);
  if (found == functions().end()) return std::nullopt;
  return found->second({arguments, arena, arrays});
}

}  // namespace konseki::webshell
