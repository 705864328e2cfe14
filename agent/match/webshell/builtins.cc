#include "agent/match/webshell/builtins.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>

#include "agent/match/webshell/array_functions.h"
#include "agent/match/webshell/builtin_call.h"
#include "agent/match/webshell/decode.h"
#include "agent/match/webshell/lex_support.h"
#include "agent/match/webshell/name_hash.h"
#include "agent/match/webshell/text_functions.h"

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

std::string incremented(std::string_view text) {
  std::string out(text);
  for (std::size_t i = out.size(); i-- > 0;) {
    char& c = out[i];
    if (c == 'z' || c == 'Z' || c == '9') {
      const char first = c == 'z' ? 'a' : c == 'Z' ? 'A' : '0';
      c = first;
      if (i == 0) out.insert(out.begin(), first == '0' ? '1' : first);
      continue;
    }
    if ((c >= 'a' && c < 'z') || (c >= 'A' && c < 'Z') || (c >= '0' && c < '9')) ++c;
    break;
  }
  return out;
}

namespace {

using Function = std::optional<Value> (*)(const BuiltinCall&);

template <Deflate kForm>
std::optional<Value> inflated(const BuiltinCall& call) {
  const auto text = call.text(0);
  return text ? call.decoded(inflate(*text, kForm, kMaxText)) : std::nullopt;
}

using Table = std::unordered_map<std::string_view, Function, NameHash>;

Table functions() {
  return {
      {"base64_decode",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         return text ? c.decoded(decode_base64(*text)) : std::nullopt;
       }},
      {"gzinflate", inflated<Deflate::kRaw>},
      {"gzuncompress", inflated<Deflate::kZlib>},
      {"zlib_decode", inflated<Deflate::kZlib>},
      {"zlib.decompress", inflated<Deflate::kZlib>},
      {"gzdecode", inflated<Deflate::kGzip>},
      {"str_rot13",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         return text ? c.decoded(decode_rot13(*text)) : std::nullopt;
       }},
      {"hex2bin",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         return text ? c.decoded(decode_hex(*text)) : std::nullopt;
       }},
      {"convert_uudecode",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         return text ? c.decoded(decode_uu(*text)) : std::nullopt;
       }},
      {"urldecode",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         return text ? c.decoded(decode_url(*text, true)) : std::nullopt;
       }},
      {"rawurldecode",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         return text ? c.decoded(decode_url(*text, false)) : std::nullopt;
       }},
      {"html_entity_decode",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         return text ? c.decoded(decode_entities(*text)) : std::nullopt;
       }},
      // WordPress keeps letters, digits, "_" and "-" of a key; between others they spell a name.
      {"sanitize_key",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         if (!text) return std::nullopt;
         std::string out;
         for (const char letter : *text) {
           const char small =
               static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
           if (is_word(small) || small == '-') out += small;
         }
         return out.size() == text->size() ? c.made(out) : c.decoded(out);
       }},
      {"strrev",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         if (!text) return std::nullopt;
         return c.decoded(std::string(text->rbegin(), text->rend()));
       }},
      {"chr", [](const BuiltinCall& c) { return character(c, false); }},
      {"string.fromcharcode", [](const BuiltinCall& c) { return character(c, true); }},
      {"ord",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         if (!text) return std::nullopt;
         return Value::of_number(text->empty() ? 0 : static_cast<unsigned char>((*text)[0]),
                                 c.traits());
       }},
      {"strlen",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         if (!text || c.array(0) != nullptr) return std::nullopt;
         return Value::of_number(static_cast<std::int64_t>(text->size()));
       }},
      {"count",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const ValueArray* array = c.array(0);
         if (array == nullptr) return std::nullopt;
         return Value::of_number(static_cast<std::int64_t>(array->elements.size()));
       }},
      {"pack", packed},
      {"str_replace", [](const BuiltinCall& c) { return replace_in(c, false); }},
      {"str_ireplace", [](const BuiltinCall& c) { return replace_in(c, true); }},
      {"replace",
       [](const BuiltinCall& c) -> std::optional<Value> {  // of VBScript
         const auto text = c.text(0);
         const auto from = c.text(1);
         const auto to = c.text(2);
         if (!text || !from || !to) return std::nullopt;
         return c.made(replaced(*text, *from, *to, false));
       }},
      {"substr", [](const BuiltinCall& c) { return sub_text(c, false, false); }},
      {"mb_substr", [](const BuiltinCall& c) { return sub_text(c, false, false); }},
      {"substring", [](const BuiltinCall& c) { return sub_text(c, false, true); }},
      {"mid", [](const BuiltinCall& c) { return sub_text(c, true, false); }},
      {"left",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         const auto size = c.number(1);
         if (!text || !size || *size < 0) return std::nullopt;
         return c.made(text->substr(0, static_cast<std::size_t>(*size)));
       }},
      {"right",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         const auto size = c.number(1);
         if (!text || !size || *size < 0) return std::nullopt;
         return c.made(
             text->substr(text->size() - std::min(text->size(), static_cast<std::size_t>(*size))));
       }},
      {"implode", joined},
      {"explode",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto glue = c.text(0);
         const auto text = c.text(1);
         return glue && text ? exploded(c, *glue, *text) : std::nullopt;
       }},
      {"split",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         const auto glue = c.count() > 1 ? c.text(1) : std::optional<std::string_view>(" ");
         return glue && text ? exploded(c, *glue, *text) : std::nullopt;
       }},
      {"trim", [](const BuiltinCall& c) { return trimmed(c, true, true); }},
      {"ltrim", [](const BuiltinCall& c) { return trimmed(c, true, false); }},
      {"rtrim", [](const BuiltinCall& c) { return trimmed(c, false, true); }},
      {"strtolower", [](const BuiltinCall& c) { return cased(c, false); }},
      {"strtoupper", [](const BuiltinCall& c) { return cased(c, true); }},
      {"lcfirst",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         if (!text) return std::nullopt;
         std::string out(*text);
         if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z')
           out[0] = static_cast<char>(out[0] + 32);
         return c.made(out);
       }},
      {"ucfirst",
       [](const BuiltinCall& c) -> std::optional<Value> {  // names of functions know no case
         const auto text = c.text(0);
         return text ? c.made(*text) : std::nullopt;
       }},
      {"strtr", translated},
      {"substr_replace",
       [](const BuiltinCall& c) -> std::optional<Value> {
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
      {"preg_split",
       [](const BuiltinCall& c) -> std::optional<Value> {  // "//" parts letters
         const auto pattern = c.text(0);
         if (!pattern || *pattern != "//" || c.count() < 2) return std::nullopt;
         return split_in_pieces({c.arguments.subspan(1, 1), c.arena, c.arrays});
       }},
      {"strstr", [](const BuiltinCall& c) { return found_part(c, false, false); }},
      {"stristr", [](const BuiltinCall& c) { return found_part(c, false, true); }},
      {"strrchr", [](const BuiltinCall& c) { return found_part(c, true, false); }},
      {"stripslashes", [](const BuiltinCall& c) { return without_slashes(c, false); }},
      {"stripcslashes", [](const BuiltinCall& c) { return without_slashes(c, true); }},
      {"mb_convert_encoding",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         const auto from = c.text(2);
         if (!text || !from) return std::nullopt;
         const bool base64 = *from == "BASE64" || *from == "base64";
         return base64 ? c.decoded(decode_base64(*text)) : Value::of_text(*text, c.traits());
       }},
      {"array_reverse", reversed_array},
      {"array_keys", keys_of_array},
      {"array_flip", flipped_array},
      {"array_diff", difference},
      {"array_intersect_key", [](const BuiltinCall& c) { return shared_keys(c, true); }},
      {"array_diff_key", [](const BuiltinCall& c) { return shared_keys(c, false); }},
      {"array_merge", [](const BuiltinCall& c) { return merged_arrays(c, true); }},
      {"array_values", [](const BuiltinCall& c) { return merged_arrays(c, false); }},
      {"array_slice", slice},
      {"array_combine", combined_array},
      {"key", key_at_front},
      {"array_search", key_of_value},
      {"sprintf", formatted},
      {"str_repeat", repeated},
      {"strpos", position},
      {"dechex", [](const BuiltinCall& c) { return based(c, 10, 16); }},
      {"hexdec", [](const BuiltinCall& c) { return based(c, 16, 10); }},
      {"bindec", [](const BuiltinCall& c) { return based(c, 2, 10); }},
      {"octdec", [](const BuiltinCall& c) { return based(c, 8, 10); }},
      {"base_convert",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto from = c.number(1);
         const auto to = c.number(2);
         if (!from || !to || *from < 2 || *from > 36 || *to < 2 || *to > 36) return std::nullopt;
         return based(c, static_cast<int>(*from), static_cast<int>(*to));
       }},
      {"bin2hex",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto text = c.text(0);
         if (!text) return std::nullopt;
         std::string out;
         for (const char ch : *text) {
           out += "0123456789abcdef"[static_cast<unsigned char>(ch) >> 4];
           out += "0123456789abcdef"[ch & 15];
         }
         return c.made(out);
       }},
      {"dirname",
       [](const BuiltinCall& c) -> std::optional<Value> {
         auto path = c.text(0);
         if (!path || c.count() != 1) return std::nullopt;
         while (path->ends_with('/')) path->remove_suffix(1);
         const std::size_t slash = path->rfind('/');
         if (slash == std::string_view::npos || slash == 0) return std::nullopt;
         return c.made(path->substr(0, slash));
       }},
      {"intval",
       [](const BuiltinCall& c) -> std::optional<Value> {
         const auto number = c.number(0);
         return number ? std::optional<Value>(Value::of_number(*number, 0)) : std::nullopt;
       }},
      {"current", [](const BuiltinCall& c) { return element_at(c, false); }},
      {"end", [](const BuiltinCall& c) { return element_at(c, true); }},
      {"range", numbers_of_range},
      {"is_numeric", [](const BuiltinCall&) -> std::optional<Value> { return std::nullopt; }},
  };
}

struct Alias {
  std::string_view name;
  std::string_view of;
};

// Other names of the same functions.
constexpr auto kAliases =
    std::to_array<Alias>({{"join", "implode"},
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
                          {"ucwords", "ucfirst"},
                          {"array_key_first", "key"},
                          {"array_rand", "key"},
                          {"strval", "trim"}});

// Functions under all their names; an alias goes before a function of the same name.
Table table() {
  const Table own = functions();
  Table all = own;
  for (const Alias& alias : kAliases) all[alias.name] = own.at(alias.of);
  return all;
}

}  // namespace

std::optional<Value> compute(ScriptLanguage language, std::string_view name,
                             std::span<const Value> arguments, Arena& arena, ArrayMaker& arrays) {
  static const Table kTable = table();
  const auto found = kTable.find(name);
  if (found == kTable.end()) return std::nullopt;
  if (language == ScriptLanguage::kPerl && found->second == joined && arguments.size() != 2)
    return std::nullopt;
  return found->second({arguments, arena, arrays});
}

}  // namespace konseki::webshell
