#include "agent/match/yara/rule_guard.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace konseki::yara {
namespace {

using Kind = Token::Kind;
using Words = std::span<const Token>;
constexpr unsigned kMaxDepth = 200;

constexpr FileHead kMz{0x5a4d, 0xffff};
constexpr FileHead kElf{0x464c457f, 0xffffffff};

RuleGuard with_head(const FileHead& head) {
  RuleGuard guard;
  guard.any_head = head.mask == 0;
  if (!guard.any_head) guard.heads.push_back(head);
  return guard;
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
// written number never holds, and a guard that lets it through is still a guard.
std::optional<RuleGuard> guard_of_reading(const Reading& reading, std::uint64_t value) {
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

std::optional<RuleGuard> guard_of_size(std::string_view relation, std::uint64_t value) {
  RuleGuard guard;
  if (relation == "<" && value > 0) {
    guard.max_size = value - 1;
  } else if (relation == "<=") {
    guard.max_size = value;
  } else if (relation == ">") {
    guard.min_size = value + 1;
  } else if (relation == ">=") {
    guard.min_size = value;
  } else if (relation == "==") {
    guard.min_size = guard.max_size = value;
  } else {
    return std::nullopt;
  }
  return guard;
}

std::string_view mirrored(std::string_view relation) {
  if (relation == "<") return ">";
  if (relation == ">") return "<";
  if (relation == "<=") return ">=";
  if (relation == ">=") return "<=";
  return relation;
}

// Fields of a module are undefined for files of another kind, and so is what is asked of them.
// Only plain questions count: is_pe and the like are defined for every file, and "== 0" or "!="
// might be what a module answers for files that it cannot read.
std::optional<RuleGuard> guard_of_module(Words words) {
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
  return with_head(pe ? kMz : kElf);
}

std::optional<RuleGuard> guard_of_comparison(Words words, const StringHeads& strings) {
  if (words.size() == 3 && words[0].kind == Kind::kVariable && words[1].is("at") &&
      number_of(words[2]) == std::uint64_t{0}) {
    const auto found = strings.find(words[0].text.substr(1));
    if (words[0].text.size() > 1 && words[0].text[0] == '$' && found != strings.end()) {
      return with_head(found->second);
    }
    return std::nullopt;
  }
  if (words.size() == 3 && words[0].is("filesize")) {
    const auto value = number_of(words[2]);
    return value ? guard_of_size(words[1].text, *value) : std::nullopt;
  }
  if (words.size() == 3 && words[2].is("filesize")) {
    const auto value = number_of(words[0]);
    return value ? guard_of_size(mirrored(words[1].text), *value) : std::nullopt;
  }
  if (words.size() == 6 && words[4].is("==")) {
    const auto reading = reading_of(words.first(4));
    const auto value = number_of(words[5]);
    if (reading && value) return guard_of_reading(*reading, *value);
  }
  if (words.size() == 6 && words[1].is("==")) {
    const auto reading = reading_of(words.last(4));
    const auto value = number_of(words[0]);
    if (reading && value) return guard_of_reading(*reading, *value);
  }
  return guard_of_module(words);
}

// Both hold. Of two lists of heads, the pairs that agree.
RuleGuard both(const RuleGuard& a, const RuleGuard& b) {
  RuleGuard guard;
  guard.min_size = std::max(a.min_size, b.min_size);
  guard.max_size = std::min(a.max_size, b.max_size);
  guard.any_head = a.any_head && b.any_head;
  if (a.any_head || b.any_head) {
    guard.heads = a.any_head ? b.heads : a.heads;
    return guard;
  }
  for (const FileHead& one : a.heads) {
    for (const FileHead& other : b.heads) {
      if (!one.agrees(other)) continue;
      guard.heads.push_back(
          {(one.value & one.mask) | (other.value & other.mask & ~one.mask), one.mask | other.mask});
    }
  }
  return guard;
}

void add_alternative(RuleGuard& guard, const RuleGuard& other) {
  guard.min_size = std::min(guard.min_size, other.min_size);
  guard.max_size = std::max(guard.max_size, other.max_size);
  guard.any_head = guard.any_head || other.any_head;
  guard.heads.insert(guard.heads.end(), other.heads.begin(), other.heads.end());
  if (guard.any_head || guard.heads.size() > 64) {
    guard.any_head = true;
    guard.heads.clear();
  }
}

RuleGuard guard_of(Words words, const StringHeads& strings, unsigned depth) {
  if (depth > kMaxDepth || words.empty()) return {};
  const std::vector<Words> alternatives = split(words, "or");
  if (alternatives.size() > 1) {
    RuleGuard guard = guard_of(alternatives[0], strings, depth + 1);
    for (std::size_t i = 1; i < alternatives.size(); ++i) {
      add_alternative(guard, guard_of(alternatives[i], strings, depth + 1));
    }
    return guard;
  }
  const std::vector<Words> parts = split(words, "and");
  if (parts.size() > 1) {
    RuleGuard guard;
    for (const Words part : parts) guard = both(guard, guard_of(part, strings, depth + 1));
    return guard;
  }
  if (words[0].is("(") && closing(words, 0) + 1 == words.size()) {
    return guard_of(words.subspan(1, words.size() - 2), strings, depth + 1);
  }
  return guard_of_comparison(words, strings).value_or(RuleGuard{});
}

}  // namespace

bool RuleGuard::may_hold(const FileHead& head, std::uint64_t min, std::uint64_t max) const {
  if (min_size > max || max_size < min) return false;
  return any_head || std::any_of(heads.begin(), heads.end(),
                                 [&](const FileHead& each) { return each.agrees(head); });
}

RuleGuard guard_of_condition(std::span<const Token> condition, const StringHeads& strings) {
  return guard_of(condition, strings, 0);
}

}  // namespace konseki::yara
