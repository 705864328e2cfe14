#include "agent/match/yara/rule_string.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "agent/base/base64.h"
#include "agent/base/hex.h"

namespace konseki::yara {
namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t kMostAlternatives = 64;
constexpr unsigned kMaxDepth = 50;
constexpr std::size_t kXoredBytes = 16;  // of a text that any key may have changed

// The byte of "\xNN" behind the 'x', or nothing.
std::optional<char> hex_byte(std::string_view digits) {
  if (digits.size() < 2) return std::nullopt;
  const int high = hex_digit(digits[0]);
  const int low = hex_digit(digits[1]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high << 4 | low);
}

// The bytes of "...", or nothing where an escape is not YARA's.
std::optional<std::string> text_bytes(std::string_view quoted) {
  const std::string_view inside = quoted.substr(1, quoted.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] != '\\') {
      out += inside[i];
      continue;
    }
    if (++i == inside.size()) return std::nullopt;
    switch (inside[i]) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'r':
        out += '\r';
        break;
      case '"':
      case '\\':
        out += inside[i];
        break;
      case 'x': {
        const auto byte = hex_byte(inside.substr(i + 1));
        if (!byte) return std::nullopt;
        out += *byte;
        i += 2;
        break;
      }
      default:
        return std::nullopt;
    }
  }
  return out;
}

std::size_t shortest(const Texts& texts) {
  std::size_t least = texts.empty() ? 0 : texts.front().size();
  for (const std::string& text : texts) least = std::min(least, text.size());
  return least;
}

// Gathers what must occur one after another, and keeps the best of it.
class Best {
 public:
  void add(char byte) { run_ += byte; }
  void end_run() {
    if (!run_.empty()) offer({run_});
    run_.clear();
  }
  void offer(Texts texts) {
    if (shortest(texts) > shortest(best_)) best_ = std::move(texts);
  }
  Texts take() {
    end_run();
    return std::move(best_);
  }

 private:
  std::string run_;
  Texts best_;
};

// The longest run of whole bytes outside of alternatives.
Texts hex_texts(std::string_view inside) {
  Best best;
  unsigned depth = 0;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const char c = inside[i];
    const std::string_view rest = inside.substr(i);
    if (rest.starts_with("//")) {
      i += std::min(rest.find('\n'), rest.size() - 1);
    } else if (rest.starts_with("/*")) {
      const std::size_t end = rest.find("*/", 2);
      if (end == std::string_view::npos) return {};
      i += end + 1;
    } else if (std::strchr(" \t\r\n\v\f", c) != nullptr) {
      continue;
    } else if (c == '(') {
      best.end_run();
      ++depth;
    } else if (c == ')') {
      if (depth == 0) return {};
      --depth;
    } else if (c == '[') {
      best.end_run();
      const std::size_t end = rest.find(']');
      if (end == std::string_view::npos) return {};
      i += end;
    } else if (c == '~') {  // any byte but this one
      best.end_run();
      ++i;
      while (i < inside.size() && std::strchr(" \t\r\n", inside[i]) != nullptr) ++i;
      ++i;
    } else if (c == '?' || hex_digit(c) >= 0) {
      const char next = rest.size() > 1 ? rest[1] : ' ';
      if (next != '?' && hex_digit(next) < 0) return {};
      const auto byte = hex_byte(rest);
      if (!byte) {
        best.end_run();
      } else if (depth == 0) {
        best.add(*byte);
      }
      ++i;
    } else if (c != '|') {
      return {};
    }
  }
  return best.take();
}

// Reads YARA's regular expressions as far as needed; gives up on what it does not know.
class ExpressionReader {
 public:
  explicit ExpressionReader(std::string_view text) : text_(text) {}

  Texts run() {
    Texts texts = alternatives(0);
    return sound_ && at_ == text_.size() ? texts : Texts();
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool done() const { return at_ >= text_.size() || !sound_; }

  Texts alternatives(unsigned depth) {
    if (depth > kMaxDepth) sound_ = false;
    Texts all;
    bool each_has_one = true;
    while (sound_) {
      Texts one = sequence(depth);
      each_has_one &= !one.empty();
      all.insert(all.end(), one.begin(), one.end());
      if (peek() != '|') break;
      ++at_;
    }
    return each_has_one && all.size() <= kMostAlternatives ? all : Texts();
  }

  // How often at least what stands before is repeated.
  std::size_t least_repeats() {
    std::size_t least = 1;
    switch (peek()) {
      case '*':
      case '?':
        least = 0;
        ++at_;
        break;
      case '+':
        ++at_;
        break;
      case '{': {
        const std::size_t end = text_.find('}', at_);
        if (end == std::string_view::npos) {
          sound_ = false;
          return 0;
        }
        least = 0;
        std::size_t digits = 0;
        for (std::size_t i = at_ + 1; i < end && text_[i] != ','; ++i, ++digits) {
          if (text_[i] < '0' || text_[i] > '9' || digits > 6) sound_ = false;
          least = least * 10 + static_cast<std::size_t>(text_[i] - '0');
        }
        for (std::size_t i = at_ + 1 + digits; i < end; ++i) {
          if (text_[i] != ',' && (text_[i] < '0' || text_[i] > '9')) sound_ = false;
        }
        at_ = end + 1;
        break;
      }
      default:
        return 1;
    }
    repeated_ = true;
    if (peek() == '?') ++at_;  // reluctant
    return least;
  }

  Texts sequence(unsigned depth) {
    Best best;
    while (!done() && peek() != '|' && peek() != ')') {
      if (peek() == '(') {
        ++at_;
        best.end_run();
        Texts inner = alternatives(depth + 1);
        if (peek() != ')') sound_ = false;
        ++at_;
        if (least_repeats() > 0) best.offer(std::move(inner));
        continue;
      }
      const std::optional<char> byte = item();
      if (zero_width_) continue;
      repeated_ = false;
      const std::size_t least = least_repeats();
      if (!byte) {
        best.end_run();
      } else if (!repeated_) {
        best.add(*byte);
      } else {
        if (least > 0) best.add(*byte);
        best.end_run();
      }
    }
    return best.take();
  }

  // One character, or nothing where several may stand.
  std::optional<char> item() {
    zero_width_ = false;
    const char c = text_[at_++];
    switch (c) {
      case '.':
        return std::nullopt;
      case '^':
      case '$':
        zero_width_ = true;
        return std::nullopt;
      case '[':
        pass_class();
        return std::nullopt;
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
      case '{':
        sound_ = false;
        return std::nullopt;
      default:
        return c;
    }
  }

  void pass_class() {
    if (peek() == '^') ++at_;
    if (peek() == ']') ++at_;
    while (at_ < text_.size() && text_[at_] != ']') at_ += text_[at_] == '\\' ? 2 : 1;
    sound_ &= at_ < text_.size();
    ++at_;
  }

  std::optional<char> escape() {
    if (at_ >= text_.size()) {
      sound_ = false;
      return std::nullopt;
    }
    const char c = text_[at_++];
    switch (c) {
      case 'w':
      case 'W':
      case 's':
      case 'S':
      case 'd':
      case 'D':
        return std::nullopt;
      case 'b':
      case 'B':
        zero_width_ = true;
        return std::nullopt;
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case 'r':
        return '\r';
      case 'f':
        return '\f';
      case 'a':
        return '\a';
      case 'x': {
        const auto byte = hex_byte(text_.substr(std::min(at_, text_.size())));
        sound_ &= byte.has_value();
        at_ += 2;
        return byte;
      }
      default: {
        const bool plain =
            !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
        sound_ &= plain;
        return c;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool sound_ = true;
  bool zero_width_ = false;  // of the last item
  bool repeated_ = false;    // the last item has a quantifier
};

// Zeros and spaces, and runs of one byte, stand everywhere: a text that holds little else cannot
// tell one file from another.
bool is_telling(std::string_view text) {
  for (std::size_t at = 0; at + kShortestNeedle <= text.size(); ++at) {
    const std::string_view window = text.substr(at, kShortestNeedle);
    std::size_t telling = 0;
    for (std::size_t i = 0; i < window.size(); ++i) {
      if (window[i] != '\0' && window[i] != ' ' && window.find(window[i]) == i) ++telling;
    }
    if (telling > 1) return true;
  }
  return false;
}

std::string widened(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c;
    out += '\0';
  }
  return out;
}

// The characters that `text` becomes wherever it begins within a group of three bytes. Those at
// the ends depend on what stands beside it; two more are left out, as libyara trims them its way.
void add_base64(const std::string& text, bool wide, Texts& out) {
  constexpr std::size_t kTrimmed[] = {0, 2, 3};
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string padded = std::string(before, 'A') + text;
    std::string encoded = base64_encode(std::as_bytes(std::span(padded)));
    encoded.resize(padded.size() * 8 / 6);
    const std::size_t first = kTrimmed[before] + 2;
    if (encoded.size() < first + 2 + kShortestNeedle) {
      out.emplace_back();  // too short: the string stays unknown
      return;
    }
    const std::string middle = encoded.substr(first, encoded.size() - first - 2);
    out.push_back(wide ? widened(middle) : middle);
  }
}

// All forms in which one of `texts` is looked for.
Texts forms_of(const Texts& texts, const StringModifiers& how) {
  Texts forms;
  for (const std::string& text : texts) {
    if (how.ascii || !how.wide) forms.push_back(text);
    if (how.wide) forms.push_back(widened(text));
  }
  if (!how.base64 && !how.base64_wide) return forms;
  Texts encoded;
  for (const std::string& form : forms) {
    if (how.base64) add_base64(form, false, encoded);
    if (how.base64_wide) add_base64(form, true, encoded);
  }
  return encoded;
}

FileHead head_of_hex(std::string_view inside) {
  FileHead head;
  std::size_t at = 0;
  for (unsigned byte = 0; byte < 4; ++byte) {
    while (at < inside.size() && std::strchr(" \t\r\n", inside[at]) != nullptr) ++at;
    const auto value = hex_byte(inside.substr(std::min(at, inside.size())));
    if (!value) break;
    head.value |= std::uint32_t{static_cast<unsigned char>(*value)} << (8 * byte);
    head.mask |= std::uint32_t{0xff} << (8 * byte);
    at += 2;
  }
  return head;
}

}  // namespace

RuleString rule_string(std::string_view name, const Token& definition, bool is_hex,
                       const StringModifiers& modifiers) {
  RuleString out;
  out.name = name;
  StringModifiers how = modifiers;
  Texts texts;
  if (is_hex) {
    texts = hex_texts(definition.text);
    out.head = head_of_hex(definition.text);
  } else if (definition.kind == Token::Kind::kText) {
    if (auto bytes = text_bytes(definition.text)) {
      out.head = head_of(std::as_bytes(std::span(*bytes)));
      texts.push_back(*std::move(bytes));
    }
  } else {
    const std::size_t end = definition.text.rfind('/');
    const std::string_view flags = definition.text.substr(end + 1);
    how.any_case |= flags.find('i') != std::string_view::npos;
    how.other |= flags.find_first_not_of("is") != std::string_view::npos;
    texts = ExpressionReader(definition.text.substr(1, end - 1)).run();
  }
  if (how.any_case || how.wide || how.xored || how.base64 || how.base64_wide || how.other) {
    out.head = {};
  }
  if (how.other) return out;
  if (how.any_case && (how.base64 || how.base64_wide)) return out;
  texts = forms_of(texts, how);
  if (shortest(texts) < kShortestNeedle) return out;
  if (!std::all_of(texts.begin(), texts.end(), is_telling)) return out;
  for (std::string& text : texts) {
    if (!how.xored) {
      out.needles.push_back({std::move(text), how.any_case});
      continue;
    }
    for (unsigned key = 0; key < 256; ++key) {
      Needle needle{text.substr(0, kXoredBytes), false};
      for (char& c : needle.bytes) c = static_cast<char>(static_cast<unsigned char>(c) ^ key);
      out.needles.push_back(std::move(needle));
    }
  }
  return out;
}

}  // namespace konseki::yara
