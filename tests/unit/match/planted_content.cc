#include "tests/unit/match/planted_content.h"

#include <algorithm>
#include <optional>

#include "agent/match/yara/rule_lexer.h"

namespace konseki::testing {
namespace {

using yara::RuleLexer;
using yara::Token;

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char hex(std::string_view two) {
  return two.size() < 2 ? '\0' : static_cast<char>(digit(two[0]) * 16 + digit(two[1]));
}

std::string of_text(std::string_view quoted) {
  std::string out;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] != '\\') {
      out += quoted[i];
      continue;
    }
    switch (quoted[++i]) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'r':
        out += '\r';
        break;
      case 'x':
        out += hex(quoted.substr(i + 1));
        i += 2;
        break;
      default:
        out += quoted[i];
    }
  }
  return out;
}

// The shortest bytes that fit: first alternatives, least jumps, zeros for what is open.
std::string of_hex(std::string_view inside) {
  std::string out;
  unsigned skipped = 0;  // depth of alternatives that are passed over
  std::vector<bool> chosen;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const char c = inside[i];
    const std::string_view rest = inside.substr(i);
    if (rest.starts_with("//")) {
      i += std::min(rest.find('\n'), rest.size() - 1);
    } else if (rest.starts_with("/*")) {
      i += std::min(rest.find("*/", 2), rest.size() - 2) + 1;
    } else if (c == '(') {
      chosen.push_back(skipped > 0);
      if (skipped > 0) ++skipped;
    } else if (c == '|') {
      if (skipped == 0) skipped = 1;
    } else if (c == ')') {
      if (skipped > 0) --skipped;
      if (!chosen.empty()) chosen.pop_back();
    } else if (c == '[') {
      std::size_t least = 0;
      for (++i; i < inside.size() && digit(inside[i]) >= 0 && digit(inside[i]) < 10; ++i) {
        least = least * 10 + static_cast<std::size_t>(digit(inside[i]));
      }
      i += std::min(inside.substr(i).find(']'), inside.size() - i);
      if (skipped == 0) out.append(std::min<std::size_t>(least, 4096), '\0');
    } else if (c == '?' || digit(c) >= 0) {
      const char next = rest.size() > 1 ? rest[1] : '0';
      if (skipped == 0) {
        out += static_cast<char>(std::max(digit(c), 0) * 16 + std::max(digit(next), 0));
      }
      ++i;
    }
  }
  return out;
}

// A text that the expression finds, as far as this understands it.
class FittingText {
 public:
  explicit FittingText(std::string_view expression) : text_(expression) {}
  std::string run() { return alternatives(); }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::string alternatives() {
    std::string first = sequence();
    while (peek() == '|') {
      ++at_;
      sequence();
    }
    return first;
  }

  std::string sequence() {
    std::string out;
    while (at_ < text_.size() && peek() != '|' && peek() != ')') {
      const std::string one = item();
      for (std::size_t n = repeats(); n > 0 && out.size() < 10'000; --n) out += one;
    }
    return out;
  }

  std::size_t repeats() {
    std::size_t count = 1;
    if (peek() == '*' || peek() == '?') {
      count = 0;
      ++at_;
    } else if (peek() == '+') {
      ++at_;
    } else if (peek() == '{') {
      count = 0;
      for (++at_; digit(peek()) >= 0 && digit(peek()) < 10; ++at_) {
        count = count * 10 + static_cast<std::size_t>(digit(peek()));
      }
      while (at_ < text_.size() && text_[at_++] != '}') continue;
    } else {
      return 1;
    }
    if (peek() == '?') ++at_;
    return std::min<std::size_t>(count, 1000);
  }

  std::string item() {
    const char c = text_[at_++];
    if (c == '(') {
      std::string out = alternatives();
      ++at_;
      return out;
    }
    if (c == '^' || c == '$') return {};
    if (c == '.') return "x";
    if (c == '[') return one_of_class();
    if (c == '\\') return escape();
    return std::string(1, c);
  }

  std::string escape() {
    const char c = peek();
    ++at_;
    switch (c) {
      case 'w':
        return "a";
      case 'd':
        return "7";
      case 's':
      case 'W':
        return " ";
      case 'S':
      case 'D':
        return "a";
      case 'b':
      case 'B':
        return {};
      case 'n':
        return "\n";
      case 't':
        return "\t";
      case 'r':
        return "\r";
      case 'x': {
        const std::string out(1, hex(text_.substr(std::min(at_, text_.size()))));
        at_ += 2;
        return out;
      }
      default:
        return std::string(1, c);
    }
  }

  std::string one_of_class() {
    const bool negated = peek() == '^';
    if (negated) ++at_;
    std::string first;
    for (bool begin = true; at_ < text_.size() && (begin || peek() != ']'); begin = false) {
      const char c = text_[at_++];
      const std::string one = c == '\\' ? escape() : std::string(1, c);
      if (first.empty()) first = one;
    }
    ++at_;
    return negated ? "~" : first;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string widened(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c;
    out += '\0';
  }
  return out;
}

struct Found {
  std::string rule;
  std::vector<std::string> strings;
};

std::vector<Found> strings_of(std::string_view text) {
  std::vector<Found> out;
  RuleLexer lexer(text);
  for (Token token = lexer.next(); token.kind != Token::Kind::kEnd; token = lexer.next()) {
    if (token.kind == Token::Kind::kBad) break;
    if (token.is("rule")) out.push_back({std::string(lexer.next().text), {}});
    if (out.empty() || token.kind != Token::Kind::kVariable || token.text[0] != '$') continue;
    const RuleLexer before = lexer;
    if (!lexer.next().is("=")) {
      lexer = before;
      continue;
    }
    Token definition = lexer.next();
    std::string bytes;
    if (definition.is("{")) {
      bytes = of_hex(lexer.hex_string().text);
      lexer.next();
    } else if (definition.kind == Token::Kind::kText) {
      bytes = of_text(definition.text);
    } else {
      const std::size_t end = definition.text.rfind('/');
      bytes = FittingText(definition.text.substr(1, end - 1)).run();
    }
    bool wide = false;
    bool ascii = false;
    for (RuleLexer next = lexer;; lexer = next) {
      const Token word = next.next();
      wide |= word.is("wide");
      ascii |= word.is("ascii");
      if (!word.is("wide") && !word.is("ascii") && !word.is("nocase") && !word.is("fullword")) {
        break;
      }
    }
    out.back().strings.push_back(wide && !ascii ? widened(bytes) : bytes);
  }
  return out;
}

// "MZ", and "PE" where it points to.
std::string program_head() {
  std::string out(0x180, '\0');
  out[0] = 'M';
  out[1] = 'Z';
  out[0x3c] = '\x80';
  out[0x80] = 'P';
  out[0x81] = 'E';
  out[0x84] = '\x4c';  // i386, no section, an optional header
  out[0x85] = '\x01';
  out[0x94] = '\xe0';
  out[0x98] = '\x0b';
  out[0x99] = '\x01';
  return out;
}

}  // namespace

std::vector<PlantedContent> planted_contents(std::string_view rule_file) {
  const std::string heads[] = {program_head(),
                               std::string("\x7f"
                                           "ELF\x02\x01\x01\0\0\0\0\0",
                                           12),
                               ""};
  std::vector<PlantedContent> out;
  for (const Found& found : strings_of(rule_file)) {
    std::string all;
    std::string some;
    for (std::size_t i = 0; i < found.strings.size(); ++i) {
      const std::string piece = "\n" + found.strings[i] + "\n";
      all += piece;
      if (i % 3 != 1) some += piece;
    }
    for (const std::string& head : heads) out.push_back({found.rule, head + all});
    // A string that has to stand at the beginning.
    if (!found.strings.empty()) out.push_back({found.rule, found.strings.front() + all});
    out.push_back({found.rule, heads[0] + some});
    out.push_back({found.rule, some});
  }
  return out;
}

}  // namespace konseki::testing
