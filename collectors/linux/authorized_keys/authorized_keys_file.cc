#include "collectors/linux/authorized_keys/authorized_keys_file.h"

#include <algorithm>

#include "agent/base/base64.h"
#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

// The options before the key: no blank outside quotes, commas between. Answers how many bytes.
std::size_t parse_options(std::string_view text, std::vector<KeyOption>& options) {
  std::size_t at = 0;
  while (at < text.size() && !is_blank(text[at])) {
    const std::size_t begin = at;
    KeyOption option;
    bool in_value = false;
    bool quoted = false;
    for (; at < text.size(); ++at) {
      const char c = text[at];
      if (quoted && c == '\\' && at + 1 < text.size() && text[at + 1] == '"') {
        option.value += '"';
        ++at;
      } else if (c == '"' && in_value) {
        quoted = !quoted;
      } else if (!quoted && (c == ',' || is_blank(c))) {
        break;
      } else if (c == '=' && !in_value) {
        in_value = true;
      } else {
        (in_value ? option.value : option.name) += c;
      }
    }
    option.text = text.substr(begin, at - begin);
    for (char& c : option.name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    if (!option.text.empty()) options.push_back(std::move(option));
    if (at < text.size() && text[at] == ',') ++at;
  }
  return at;
}

bool is_number(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

void parse_key(std::string_view type, std::string_view rest, AuthorizedKey& out) {
  const std::string_view coded = take_word(rest);
  out.comment = trim(rest);
  const auto blob = base64_decode(trim(coded));
  auto facts = blob ? ssh_key_facts(*blob) : std::nullopt;
  if (!facts) {
    out.key.type = type;
    out.problem = "the key cannot be decoded";
    return;
  }
  out.key = *std::move(facts);
  if (out.key.type != type) {
    out.problem = "the line says " + std::string(type) + ", the key another type";
  }
}

void parse_line(std::string_view line, AuthorizedKey& out) {
  std::string_view rest = trim_left(line);
  std::string_view after = rest;
  std::string_view word = take_word(after);
  if (!is_ssh_key_type(word) && !is_number(word)) {
    rest = trim_left(rest.substr(parse_options(rest, out.options)));
    after = rest;
    word = take_word(after);
  }
  if (is_ssh_key_type(word)) return parse_key(word, after, out);
  std::string_view numbers = after;
  if (is_number(word) && is_number(take_word(numbers)) && is_number(take_word(numbers))) {
    out.key.type = "rsa1";
    out.comment = trim(numbers);
    out.problem = "SSH protocol 1 key: no server of today takes it";
    return;
  }
  out.problem = "no key type that OpenSSH knows";
}

void add_remarks(AuthorizedKey& key) {
  key.remarks = hiding_remarks(key.raw);
  // A key with a dozen options or a certificate is longer than other lines.
  std::erase_if(key.remarks, [](const std::string& text) { return text.starts_with("line of "); });
  for (const KeyOption& option : key.options) {
    if (option.name == "cert-authority") {
      key.remarks.emplace_back("certificate authority: every key that it signed may log in");
    }
    if (option.name == "environment") key.remarks.emplace_back("sets environment variables");
  }
}

}  // namespace

void parse_authorized_keys(std::string_view text,
                           const std::function<void(const AuthorizedKey&)>& visit) {
  for_each_line(text, [&](const ConfigLine& line) {
    const std::string_view content = trim(line.text);
    if (content.empty() || content.starts_with('#')) return;
    AuthorizedKey key;
    key.raw = line.text;
    key.line = line.number;
    key.range = {line.offset, line.text.size()};
    parse_line(line.text, key);
    add_remarks(key);
    visit(key);
  });
}

}  // namespace konseki
