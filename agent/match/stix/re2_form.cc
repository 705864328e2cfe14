#include "agent/match/stix/re2_form.h"

namespace konseki::stix {
namespace {

// Rewrites from left to right. Only constructs known to mean the same in both pass.
class Rewriter {
 public:
  Rewriter(std::string_view pattern, bool unicode) : in_(pattern), unicode_(unicode) {}

  std::optional<std::string> run() {
    while (at_ < in_.size()) {
      if (!(in_class_ ? class_step() : outer_step())) return std::nullopt;
    }
    if (in_class_) return std::nullopt;
    return std::move(out_);
  }

 private:
  bool outer_step() {
    const char c = in_[at_];
    if (c == '\\') return escape();
    if (c == '[') return open_class();
    if (c == '$') return dollar();
    if (c == '(') {
      // "(?:" means the same; every other extension (flags, names, look-around) is PCRE's.
      if (peek(1) == '*' || (peek(1) == '?' && peek(2) != ':')) return false;
      ++depth_;
    } else if (c == ')') {
      --depth_;
    } else if ((c == '*' || c == '+' || c == '?' || c == '}') && peek(1) == '+') {
      return false;  // possessive
    } else if (c == '{' && !(peek(1) >= '0' && peek(1) <= '9')) {
      return false;
    }
    out_ += c;
    ++at_;
    return true;
  }

  // "$" also stands before a line end that is the last character. Only where nothing can follow
  // may that line end be taken, as RE2 has no look-ahead.
  bool dollar() {
    std::size_t rest = at_ + 1;
    const bool next_branch = depth_ == 0 && rest < in_.size() && in_[rest] == '|';
    while (rest < in_.size() && in_[rest] == ')') ++rest;
    if (rest != in_.size() && !next_branch) return false;
    out_ += "(?:\\n?\\z)";
    ++at_;
    return true;
  }

  bool open_class() {
    out_ += '[';
    ++at_;
    if (at_ < in_.size() && in_[at_] == '^') {
      out_ += '^';
      ++at_;
    }
    if (at_ < in_.size() && in_[at_] == ']') {
      out_ += "\\]";
      ++at_;
    }
    in_class_ = true;
    return true;
  }

  bool class_step() {
    const char c = in_[at_];
    if (c == '\\') return escape();
    if (c == '[') {
      if (peek(1) == ':' || peek(1) == '.' || peek(1) == '=') return false;
      out_ += '\\';
    }
    if (c == ']') in_class_ = false;
    out_ += c;
    ++at_;
    return true;
  }

  bool escape() {
    const char c = peek(1);
    at_ += 2;
    switch (c) {
      case 'd':
        out_ += unicode_ ? "\\p{Nd}" : "\\d";
        return true;
      case 'D':
        out_ += unicode_ ? "\\P{Nd}" : "\\D";
        return true;
      case 'w':
        return set(unicode_ ? "\\p{L}\\p{N}_" : "0-9A-Za-z_", false);
      case 'W':
        return set(unicode_ ? "\\p{L}\\p{N}_" : "0-9A-Za-z_", true);
      case 's':
        return set(unicode_ ? "\\p{Z}\\t-\\r\\x{85}" : "\\t-\\r ", false);
      case 'S':
        return set(unicode_ ? "\\p{Z}\\t-\\r\\x{85}" : "\\t-\\r ", true);
      case 'x':
        return hex();
      case 'n':
      case 'r':
      case 't':
      case 'f':
        out_ += '\\';
        out_ += c;
        return true;
      default:
        break;
    }
    const bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (word || static_cast<unsigned char>(c) >= 0x80 || c == '\0') return false;
    out_ += '\\';
    out_ += c;
    return true;
  }

  bool set(std::string_view members, bool negated) {
    if (in_class_ && negated) return false;
    if (!in_class_) out_ += negated ? "[^" : "[";
    out_ += members;
    if (!in_class_) out_ += ']';
    return true;
  }

  bool hex() {
    const auto is_hex = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    };
    if (!is_hex(peek(0)) || !is_hex(peek(1))) return false;  // "\x{...}", "\x", "\xF" are PCRE's
    out_ += "\\x";
    out_ += in_.substr(at_, 2);
    at_ += 2;
    return true;
  }

  char peek(std::size_t ahead) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : '\0'; }

  std::string_view in_;
  bool unicode_;
  std::string out_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool in_class_ = false;
};

}  // namespace

std::optional<std::string> re2_form(std::string_view pattern, bool unicode) {
  return Rewriter(pattern, unicode).run();
}

}  // namespace konseki::stix
