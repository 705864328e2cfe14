#include "agent/source/image/lvm_metadata.h"

#include <charconv>

namespace konseki {
namespace {

constexpr std::size_t kMaxDepth = 16;

struct Token {
  enum Kind { kEnd, kWord, kText, kNumber, kSign, kBad } kind = kEnd;
  std::string text;
  std::uint64_t number = 0;
  char sign = 0;
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '+' || c == '/' || c == ':';
}

class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  Token next() {
    skip_blanks();
    Token token;
    if (text_.empty()) return token;
    const char c = text_.front();
    if (c == '"') return quoted();
    if (!is_word(c)) {
      token.kind = Token::kSign;
      token.sign = c;
      text_.remove_prefix(1);
      return token;
    }
    std::size_t size = 0;
    while (size < text_.size() && is_word(text_[size])) ++size;
    token.kind = Token::kWord;
    token.text = text_.substr(0, size);
    text_.remove_prefix(size);
    const char* end = token.text.data() + token.text.size();
    const auto parsed = std::from_chars(token.text.data(), end, token.number);
    if (parsed.ec == std::errc() && parsed.ptr == end) token.kind = Token::kNumber;
    return token;
  }

 private:
  void skip_blanks() {
    while (!text_.empty()) {
      const char c = text_.front();
      if (c == '#') {
        text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        text_.remove_prefix(1);
      } else if (c == '\0') {
        text_ = {};
      } else {
        return;
      }
    }
  }

  Token quoted() {
    Token token;
    token.kind = Token::kBad;
    for (std::size_t i = 1; i < text_.size(); ++i) {
      if (text_[i] == '\\' && i + 1 < text_.size()) {
        token.text += text_[++i];
      } else if (text_[i] == '"') {
        token.kind = Token::kText;
        text_.remove_prefix(i + 1);
        return token;
      } else {
        token.text += text_[i];
      }
    }
    return token;
  }

  std::string_view text_;
};

std::optional<LvmSection::Value> value_of(const Token& token) {
  if (token.kind == Token::kNumber) return token.number;
  if (token.kind == Token::kText) return token.text;
  return std::nullopt;
}

// After "[": values up to "]".
bool read_list(Tokens& tokens, std::vector<LvmSection::Value>& values) {
  for (;;) {
    const Token token = tokens.next();
    if (token.kind == Token::kSign && token.sign == ']') return true;
    if (token.kind == Token::kSign && token.sign == ',') continue;
    const auto value = value_of(token);
    if (!value) return false;
    values.push_back(*value);
  }
}

}  // namespace

std::optional<std::uint64_t> LvmSection::number(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  const auto* number = std::get_if<std::uint64_t>(&found->second.front());
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::string LvmSection::text(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return {};
  const auto* text = std::get_if<std::string>(&found->second.front());
  return text == nullptr ? std::string() : *text;
}

const std::vector<LvmSection::Value>* LvmSection::list(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

const LvmSection* LvmSection::section(const std::string& name) const {
  for (const auto& [key, section] : sections_) {
    if (key == name) return section.get();
  }
  return nullptr;
}

Result<std::unique_ptr<LvmSection>> parse_lvm_metadata(std::string_view text) {
  auto root = std::make_unique<LvmSection>();
  std::vector<LvmSection*> open{root.get()};
  Tokens tokens(text);
  for (Token token = tokens.next(); token.kind != Token::kEnd; token = tokens.next()) {
    if (token.kind == Token::kSign && token.sign == '}' && open.size() > 1) {
      open.pop_back();
      continue;
    }
    if (token.kind != Token::kWord && token.kind != Token::kNumber) {
      return fail(ErrorCode::kCorrupt, "LVM metadata: a name was expected");
    }
    const std::string name = token.text;
    const Token sign = tokens.next();
    if (sign.kind == Token::kSign && sign.sign == '{') {
      if (open.size() >= kMaxDepth) return fail(ErrorCode::kLimitExceeded, "LVM metadata: depth");
      auto& section =
          open.back()->sections_.emplace_back(name, std::make_unique<LvmSection>()).second;
      open.push_back(section.get());
      continue;
    }
    if (sign.kind != Token::kSign || sign.sign != '=') {
      return fail(ErrorCode::kCorrupt, "LVM metadata: \"" + name + "\" has no value");
    }
    const Token first = tokens.next();
    std::vector<LvmSection::Value> values;
    if (first.kind == Token::kSign && first.sign == '[') {
      if (!read_list(tokens, values)) {
        return fail(ErrorCode::kCorrupt, "LVM metadata: list \"" + name + "\"");
      }
    } else if (const auto value = value_of(first)) {
      values.push_back(*value);
    } else {
      return fail(ErrorCode::kCorrupt, "LVM metadata: value of \"" + name + "\"");
    }
    open.back()->values_[name] = std::move(values);
  }
  if (open.size() != 1) return fail(ErrorCode::kCorrupt, "LVM metadata: it ends too early");
  return root;
}

}  // namespace konseki
