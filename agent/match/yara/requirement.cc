#include "agent/match/yara/requirement.h"

#include <algorithm>
#include <charconv>

namespace konseki::yara {
namespace {

using Kind = Token::Kind;
using Words = std::span<const Token>;
constexpr unsigned kMaxDepth = 200;

Requirement maybe() { return {}; }

Requirement of_kind(Requirement::Kind kind) {
  Requirement out;
  out.kind = kind;
  return out;
}

Requirement with_head(const FileHead& head, Requirement::Kind kind = Requirement::Kind::kHead) {
  if (head.mask == 0) return maybe();
  Requirement out = of_kind(kind);
  out.head = head;
  return out;
}

Requirement strings_of(std::vector<std::uint32_t> strings, std::size_t count) {
  Requirement out = of_kind(Requirement::Kind::kStrings);
  out.strings = std::move(strings);
  out.count = count;
  return out;
}

std::optional<std::uint64_t> number_of(const Token& token) {
  if (token.kind != Kind::kNumber) return std::nullopt;
  std::string_view text = token.text;
  std::uint64_t unit = 1;
  if (text.ends_with("KB") || text.ends_with("MB")) {
    unit = text.ends_with("KB") ? 1024 : 1024 * 1024;
    text.remove_suffix(2);
  }
  int base = 10;
  if (text.starts_with("0x")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.starts_with("0o")) {
    base = 8;
    text.remove_prefix(2);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value > (std::uint64_t{1} << 62) / unit) return std::nullopt;
  return value * unit;
}

// The index of the ')' that closes words[open], or words.size().
std::size_t closing(Words words, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t i = open; i < words.size(); ++i) {
    if (words[i].is("(")) ++depth;
    if (words[i].is(")") && --depth == 0) return i;
  }
  return words.size();
}

// The words between each `separator` outside parentheses.
std::vector<Words> split(Words words, std::string_view separator) {
  std::vector<Words> parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].is("(")) {
      i = closing(words, i);
    } else if (words[i].is(separator)) {
      parts.push_back(words.subspan(begin, i - begin));
      begin = i + 1;
    }
  }
  parts.push_back(words.subspan(std::min(begin, words.size())));
  return parts;
}

struct Reading {  // uint16(0), int32be(2), ...
  unsigned offset = 0;
  unsigned width = 0;
  bool big_endian = false;
};

std::optional<Reading> reading_of(Words words) {
  if (words.size() != 4 || !words[1].is("(") || !words[3].is(")")) return std::nullopt;
  std::string_view name = words[0].text;
  Reading reading;
  if (name.starts_with("u")) name.remove_prefix(1);
  if (name.ends_with("be")) {
    reading.big_endian = true;
    name.remove_suffix(2);
  }
  reading.width = name == "int8" ? 1 : name == "int16" ? 2 : name == "int32" ? 4 : 0;
  const auto offset = number_of(words[2]);
  if (reading.width == 0 || !offset || *offset > 4 - reading.width) return std::nullopt;
  reading.offset = static_cast<unsigned>(*offset);
  return reading;
}

// Signed readings of numbers with the top bit set compare as negative: such a comparison with a
// written number never holds, and to let it through is to say less.
std::optional<Requirement> reading_is(const Reading& reading, std::uint64_t value) {
  if (reading.width < 4 && value >> (8 * reading.width) != 0) return std::nullopt;
  if (value > 0xffffffff) return std::nullopt;
  FileHead head;
  for (unsigned i = 0; i < reading.width; ++i) {
    const unsigned from = reading.big_endian ? reading.width - 1 - i : i;
    head.value |= static_cast<std::uint32_t>(value >> (8 * from) & 0xff)
                  << (8 * (reading.offset + i));
    head.mask |= std::uint32_t{0xff} << (8 * (reading.offset + i));
  }
  return with_head(head);
}

std::string_view mirrored(std::string_view relation) {
  if (relation == "<") return ">";
  if (relation == ">") return "<";
  if (relation == "<=") return ">=";
  if (relation == ">=") return "<=";
  return relation;
}

std::optional<Requirement> size_is(std::string_view relation, std::uint64_t value) {
  Requirement out = of_kind(Requirement::Kind::kSize);
  if (relation == "<" && value > 0) {
    out.max = value - 1;
  } else if (relation == "<=") {
    out.max = value;
  } else if (relation == ">") {
    out.min = value + 1;
  } else if (relation == ">=") {
    out.min = value;
  } else if (relation == "==") {
    out.min = out.max = value;
  } else {
    return std::nullopt;
  }
  return out;
}

// True when so many matches, compared so with `value`, are at least one.
bool asks_for_a_match(std::string_view relation, std::uint64_t value) {
  return relation == ">" || ((relation == ">=" || relation == "==") && value > 0);
}

// Fields of a module are undefined for files of another kind, and so is what is asked of them.
// Only plain questions count: is_pe and the like are defined for every file, and "== 0" or "!="
// might be what a module answers for files that it cannot read.
std::optional<Requirement> module_answers(Words words) {
  if (words.size() < 3 || !words[1].is(".")) return std::nullopt;
  const bool pe = words[0].is("pe") || words[0].is("dotnet");
  if (!pe && !words[0].is("elf")) return std::nullopt;
  const char first = words[2].text.empty() ? ' ' : words[2].text.front();
  if (first < 'a' || first > 'z') return std::nullopt;  // a constant is defined everywhere
  for (const Token& word : words) {
    if (word.is("!=") || word.is("<") || word.is("<=") || word.is("not") || word.is("for") ||
        word.is("defined") || word.text.starts_with("is_")) {
      return std::nullopt;
    }
    if (const auto number = number_of(word); number && *number == 0) return std::nullopt;
  }
  return with_head(pe ? kMzHead : kElfHead, Requirement::Kind::kFormat);
}

class Reader {
 public:
  explicit Reader(std::span<const RuleString> strings) : strings_(strings) {}

  Requirement read(Words words, unsigned depth) const {
    if (depth > kMaxDepth || words.empty()) return maybe();
    for (const auto& [separator, kind] :
         {std::pair("or", Requirement::Kind::kAny), std::pair("and", Requirement::Kind::kAll)}) {
      const std::vector<Words> parts = split(words, separator);
      if (parts.size() < 2) continue;
      Requirement out = of_kind(kind);
      for (const Words part : parts) out.parts.push_back(read(part, depth + 1));
      return out;
    }
    if (words[0].is("(") && closing(words, 0) + 1 == words.size()) {
      return read(words.subspan(1, words.size() - 2), depth + 1);
    }
    if (words[0].is("for")) return loop(words, depth).value_or(maybe());
    return leaf(words).value_or(maybe());
  }

 private:
  // Looks through all strings, unless a condition has asked for that too often: what a hostile one
  // asks for beyond is not known.
  bool look_through() const {
    if (looks_ < strings_.size()) return false;
    looks_ -= strings_.size();
    return true;
  }

  std::optional<std::uint32_t> index_of(const Token& variable) const {
    const std::string_view name = variable.text.substr(1);
    if (!look_through()) return std::nullopt;
    for (std::size_t i = 0; i < strings_.size() && !name.empty(); ++i) {
      if (strings_[i].name == name) return static_cast<std::uint32_t>(i);
    }
    return std::nullopt;
  }

  std::optional<Requirement> found(const Token& variable) const {
    if (variable.text.size() == 1) return of_kind(Requirement::Kind::kThis);
    const auto index = index_of(variable);
    return index ? std::optional(strings_of({*index}, 1)) : std::nullopt;
  }

  std::optional<Requirement> leaf(Words words) const {
    if (auto out = variable(words)) return out;
    if (auto out = some_of(words)) return out;
    if (words.size() == 1) return word(words[0]);
    if (words.size() == 3 && words[0].is("filesize")) {
      const auto value = number_of(words[2]);
      return value ? size_is(words[1].text, *value) : std::nullopt;
    }
    if (words.size() == 3 && words[2].is("filesize")) {
      const auto value = number_of(words[0]);
      return value ? size_is(mirrored(words[1].text), *value) : std::nullopt;
    }
    if (words.size() == 6 && words[4].is("==")) {
      const auto reading = reading_of(words.first(4));
      const auto value = number_of(words[5]);
      if (reading && value) return reading_is(*reading, *value);
    }
    if (words.size() == 6 && words[1].is("==")) {
      const auto reading = reading_of(words.last(4));
      const auto value = number_of(words[0]);
      if (reading && value) return reading_is(*reading, *value);
    }
    return module_answers(words);
  }

  // The name of a rule or of an external variable, which the caller tells apart.
  static std::optional<Requirement> word(const Token& word) {
    if (word.is("false")) return of_kind(Requirement::Kind::kAny);
    if (word.kind != Kind::kWord || word.is("true") || word.is("filesize")) return std::nullopt;
    Requirement out = of_kind(Requirement::Kind::kRule);
    out.name = word.text;
    return out;
  }

  // $a, $a at ..., $a in ..., #a > 3
  std::optional<Requirement> variable(Words words) const {
    if (words[0].kind != Kind::kVariable) return std::nullopt;
    const char mark = words[0].text[0];
    if (mark == '$' && (words.size() == 1 || words[1].is("at") || words[1].is("in"))) {
      auto there = found(words[0]);
      if (!there || words.size() != 3 || !words[1].is("at") ||
          number_of(words[2]) != std::uint64_t{0}) {
        return there;
      }
      const auto index = index_of(words[0]);
      if (!index) return there;
      Requirement out = of_kind(Requirement::Kind::kAll);
      out.parts.push_back(*std::move(there));
      out.parts.push_back(with_head(strings_[*index].head));
      return out;
    }
    if (mark != '#' || words.size() != 3) return std::nullopt;
    const auto value = number_of(words[2]);
    if (!value || !asks_for_a_match(words[1].text, *value)) return std::nullopt;
    return found(words[0]);
  }

  // The strings of "them" or "($a*, $b)" at words[at], and where what follows begins.
  std::optional<std::vector<std::uint32_t>> set_at(Words words, std::size_t& at) const {
    std::vector<std::uint32_t> out;
    if (at < words.size() && words[at].is("them")) {
      ++at;
      if (!look_through()) return std::nullopt;
      for (std::size_t i = 0; i < strings_.size(); ++i) out.push_back(static_cast<unsigned>(i));
      return out;
    }
    if (at >= words.size() || !words[at].is("(")) return std::nullopt;
    const std::size_t end = closing(words, at);
    for (++at; at < end; ++at) {
      if (words[at].is(",")) continue;
      if (words[at].kind != Kind::kVariable || words[at].text[0] != '$') return std::nullopt;
      if (at + 1 < end && words[at + 1].is("*")) {
        const std::string_view beginning = words[at].text.substr(1);
        if (!look_through()) return std::nullopt;
        for (std::size_t i = 0; i < strings_.size(); ++i) {
          if (std::string_view(strings_[i].name).starts_with(beginning)) {
            out.push_back(static_cast<unsigned>(i));
          }
        }
        ++at;
      } else if (const auto index = index_of(words[at])) {
        out.push_back(*index);
      } else {
        return std::nullopt;
      }
    }
    at = end + 1;
    return out;
  }

  // "any of", "3 of", "50% of" at words[at] and the set behind it.
  std::optional<Requirement> quantified(Words words, std::size_t& at) const {
    const std::size_t quantifier = at;
    const bool percent = at + 1 < words.size() && words[at + 1].is("%");
    at += percent ? 2 : 1;
    if (at >= words.size() || !words[at].is("of")) return std::nullopt;
    auto set = set_at(words, ++at);
    if (!set) return std::nullopt;
    std::size_t count = 0;
    if (words[quantifier].is("any")) {
      count = 1;
    } else if (words[quantifier].is("all")) {
      count = set->size();
    } else if (const auto number = number_of(words[quantifier]); number && *number < 100'000) {
      count = percent ? set->size() * *number / 100 : *number;
    } else {
      return std::nullopt;
    }
    return strings_of(*std::move(set), count);
  }

  std::optional<Requirement> some_of(Words words) const {
    std::size_t at = 0;
    auto out = quantified(words, at);
    const bool placed = at < words.size() && (words[at].is("in") || words[at].is("at"));
    return at == words.size() || placed ? out : std::nullopt;
  }

  // "for any of them : ( ... )" asks for strings where its inside does; of "for any i in ...",
  // the inside must be met once.
  std::optional<Requirement> loop(Words words, unsigned depth) const {
    const auto colon =
        std::find_if(words.begin(), words.end(), [](const Token& word) { return word.is(":"); });
    const auto open = static_cast<std::size_t>(colon - words.begin()) + 1;
    if (open >= words.size() || !words[open].is("(") || closing(words, open) + 1 != words.size()) {
      return std::nullopt;
    }
    const Requirement inside = read(words.subspan(open + 1, words.size() - open - 2), depth + 1);
    std::size_t at = 1;
    if (auto strings = quantified(words, at); strings && at + 1 == open) {
      return asks_for_this(inside) ? strings : std::nullopt;
    }
    // Variables of the loop look like names of rules.
    return words.size() > 3 && words[1].is("any") && !words[2].is("of") && !names_rules(inside)
               ? std::optional(inside)
               : std::nullopt;
  }

  static bool asks_for_this(const Requirement& inside) {
    using Kind = Requirement::Kind;
    const auto asks = [](const Requirement& part) { return asks_for_this(part); };
    switch (inside.kind) {
      case Kind::kThis:
        return true;
      case Kind::kAll:
        return std::any_of(inside.parts.begin(), inside.parts.end(), asks);
      case Kind::kAny:
        return !inside.parts.empty() && std::all_of(inside.parts.begin(), inside.parts.end(), asks);
      default:
        return false;
    }
  }

  static bool names_rules(const Requirement& inside) {
    return inside.kind == Requirement::Kind::kRule ||
           std::any_of(inside.parts.begin(), inside.parts.end(), names_rules);
  }

  std::span<const RuleString> strings_;
  mutable std::size_t looks_ = 4'000'000;  // at names of strings
};

}  // namespace

Requirement requirement_of(std::span<const Token> condition, std::span<const RuleString> strings) {
  return Reader(strings).read(condition, 0);
}

}  // namespace konseki::yara
