#include "agent/match/webshell/form_fields.h"

#include <algorithm>
#include <array>

#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {
namespace {

constexpr std::size_t kMostFields = 512;
constexpr std::size_t kMostTag = 600;  // bytes of a tag that are looked at

bool same_word(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

std::string_view word_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_word(text[end])) ++end;
  return text.substr(at, end - at);
}

// name=x, name="x", name='x', name=\"x\" in a tag.
std::string_view name_in(std::string_view tag) {
  for (std::size_t at = 1; at + 5 < tag.size(); ++at) {
    if (is_word(tag[at - 1]) || tag[at - 1] == '-' || !same_word(tag.substr(at), "name")) continue;
    std::size_t value = at + 4;
    while (value < tag.size() && is_blank(tag[value])) ++value;
    if (value >= tag.size() || tag[value] != '=') continue;
    ++value;
    while (value < tag.size() && (is_blank(tag[value]) || tag[value] == '\\' || tag[value] == '"' ||
                                  tag[value] == '\'')) {
      ++value;
    }
    return word_at(tag, value);
  }
  return {};
}

}  // namespace

std::vector<std::string_view> form_fields(std::string_view page) {
  static constexpr std::array<std::string_view, 4> kTags = {"<input", "<textarea", "<select",
                                                            "<button"};
  std::vector<std::string_view> fields;
  for (std::size_t at = page.find_first_of("<?&"); at != std::string_view::npos;
       at = page.find_first_of("<?&", at + 1)) {
    std::string_view field;
    if (page[at] == '<') {
      const std::string_view rest = page.substr(at, kMostTag);
      const bool asks = std::any_of(kTags.begin(), kTags.end(),
                                    [&](std::string_view tag) { return same_word(rest, tag); });
      if (asks) field = name_in(rest.substr(0, rest.find('>')));
    } else {
      const std::string_view word = word_at(page, at + 1);
      if (at + 1 + word.size() < page.size() && page[at + 1 + word.size()] == '=') field = word;
    }
    if (field.empty()) continue;
    fields.push_back(field);
    if (fields.size() >= kMostFields) break;
  }
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  return fields;
}

}  // namespace konseki::webshell
