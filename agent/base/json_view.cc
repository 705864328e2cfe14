#include "agent/base/json_view.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

void skip_space(std::string_view& text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
}

// Length of the quoted text that `text` begins with, or 0 when it does not end. Most of a bundle's
// bytes are quoted text, hence memchr.
std::size_t quoted_length(std::string_view text) {
  std::size_t at = 1;
  while (true) {
    const std::size_t quote = text.find('"', at);
    if (quote == std::string_view::npos) return 0;
    std::size_t slashes = 0;
    while (text[quote - 1 - slashes] == '\\') ++slashes;  // stops at the opening quote
    if (slashes % 2 == 0) return quote + 1;
    at = quote + 1;
  }
}

// Length of the object or array that `text` begins with, or 0 when it does not end.
std::size_t bracketed_length(std::string_view text) {
  std::size_t depth = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      const std::size_t length = quoted_length(text.substr(at));
      if (length == 0) return 0;
      at += length;
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return 0;
}

std::size_t word_length(std::string_view text) {
  const auto ends = [](char c) { return c == ',' || c == ']' || c == '}' || is_space(c); };
  return static_cast<std::size_t>(std::find_if(text.begin(), text.end(), ends) - text.begin());
}

// RFC 8259 section 6, so that a number can be copied into other JSON as it is.
bool is_number(std::string_view word) {
  auto digits = [&] {
    const std::size_t before = word.size();
    while (!word.empty() && word.front() >= '0' && word.front() <= '9') word.remove_prefix(1);
    return word.size() < before;
  };
  if (word.starts_with('-')) word.remove_prefix(1);
  if (word.starts_with('0') && word.size() > 1 && word[1] >= '0' && word[1] <= '9') return false;
  if (!digits()) return false;
  if (word.starts_with('.')) {
    word.remove_prefix(1);
    if (!digits()) return false;
  }
  if (word.starts_with('e') || word.starts_with('E')) {
    word.remove_prefix(1);
    if (word.starts_with('+') || word.starts_with('-')) word.remove_prefix(1);
    if (!digits()) return false;
  }
  return word.empty();
}

std::optional<std::uint32_t> hex_unit(std::string_view digits) {
  std::uint32_t value = 0;
  if (digits.size() < 4) return std::nullopt;
  const auto result = std::from_chars(digits.data(), digits.data() + 4, value, 16);
  if (result.ptr != digits.data() + 4) return std::nullopt;
  return value;
}

// Appends the character of "\uXXXX" (and its second half); `at` stands behind the 'u'.
void append_escaped_unit(std::string& out, std::string_view text, std::size_t& at) {
  const auto unit = hex_unit(text.substr(at));
  if (!unit) return;
  at += 4;
  std::uint32_t c = *unit;
  if (c >= 0xD800 && c < 0xDC00 && text.substr(at, 2) == "\\u") {
    const auto low = hex_unit(text.substr(at + 2));
    if (low && *low >= 0xDC00 && *low < 0xE000) {
      c = 0x10000 + ((c - 0xD800) << 10) + (*low - 0xDC00);
      at += 6;
    }
  }
  append_code_point(out, c);
}

char unescaped(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

std::string decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at++];
    if (c != '\\' || at == text.size()) {
      out += c;
    } else if (text[at] == 'u') {
      append_escaped_unit(out, text, ++at);
    } else {
      out += unescaped(text[at++]);
    }
  }
  return out;
}

template <class Number>
Number number_of(std::string_view raw) {
  Number value = 0;
  const auto result = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  return result.ec == std::errc() ? value : Number{0};
}

}  // namespace

std::string JsonView::text() const {
  if (kind == JsonKind::kNumber || kind == JsonKind::kBoolean) return std::string(raw);
  if (kind != JsonKind::kText) return {};
  const std::string_view inside = raw.substr(1, raw.size() - 2);
  const auto is_plain = [](char c) { return c != '\\' && static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(inside.begin(), inside.end(), is_plain)) return std::string(inside);
  return to_well_formed(decoded(inside));
}

std::string_view JsonView::plain() const {
  if (kind != JsonKind::kText) return {};
  const std::string_view inside = raw.substr(1, raw.size() - 2);
  return inside.find('\\') == std::string_view::npos ? inside : std::string_view{};
}

std::uint64_t JsonView::unsigned_number() const {
  return kind == JsonKind::kNumber ? number_of<std::uint64_t>(raw) : 0;
}

std::int64_t JsonView::signed_number() const {
  return kind == JsonKind::kNumber ? number_of<std::int64_t>(raw) : 0;
}

JsonView JsonView::operator[](std::string_view name) const {
  if (kind != JsonKind::kObject) return {};
  for (JsonItems members(*this); members.next();) {
    if (members.name() == name) return members.value();
  }
  return {};
}

std::vector<std::string> JsonView::texts() const {
  std::vector<std::string> all;
  for (JsonItems elements(*this); elements.next();) {
    if (elements.value().kind == JsonKind::kText) all.push_back(elements.value().text());
  }
  return all;
}

JsonView json_view(std::string_view text) {
  skip_space(text);
  if (text.empty()) return {};
  JsonKind kind = JsonKind::kNumber;
  std::size_t length = 0;
  switch (text.front()) {
    case '"':
      kind = JsonKind::kText;
      length = quoted_length(text);
      break;
    case '{':
      kind = JsonKind::kObject;
      length = bracketed_length(text);
      break;
    case '[':
      kind = JsonKind::kArray;
      length = bracketed_length(text);
      break;
    default: {
      length = word_length(text);
      const std::string_view word = text.substr(0, length);
      if (word == "true" || word == "false") {
        kind = JsonKind::kBoolean;
      } else if (word == "null") {
        kind = JsonKind::kNull;
      } else if (!is_number(word)) {
        length = 0;
      }
    }
  }
  if (length == 0) return {};
  return {kind, text.substr(0, length)};
}

JsonItems::JsonItems(JsonView container) : is_object_(container.kind == JsonKind::kObject) {
  if (is_object_ || container.kind == JsonKind::kArray) {
    rest_ = container.raw.substr(1, container.raw.size() - 2);
  }
}

bool JsonItems::stop(bool damaged) {
  damaged_ = damaged;
  rest_ = {};
  return false;
}

bool JsonItems::next() {
  skip_space(rest_);
  if (rest_.empty()) return stop(damaged_);
  if (!first_) {
    if (rest_.front() != ',') return stop(true);
    rest_.remove_prefix(1);
    skip_space(rest_);
  }
  first_ = false;
  if (is_object_) {
    if (rest_.empty() || rest_.front() != '"') return stop(true);
    const std::size_t length = quoted_length(rest_);
    if (length == 0) return stop(true);
    name_ = rest_.substr(1, length - 2);
    rest_.remove_prefix(length);
    skip_space(rest_);
    if (rest_.empty() || rest_.front() != ':') return stop(true);
    rest_.remove_prefix(1);
  }
  value_ = json_view(rest_);
  if (!value_) return stop(true);
  rest_ =
      rest_.substr(static_cast<std::size_t>(value_.raw.data() - rest_.data()) + value_.raw.size());
  return true;
}

}  // namespace konseki
