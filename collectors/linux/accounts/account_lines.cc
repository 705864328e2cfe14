#include "collectors/linux/accounts/account_lines.h"

#include <charconv>

#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

template <class Number>
std::optional<Number> decimal(std::string_view text) {
  Number value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || at != end) return std::nullopt;
  return value;
}

std::vector<std::string> names_of(std::string_view list) {
  std::vector<std::string> names;
  for (std::string_view name : split(list, ',')) {
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

struct Fields {
  ConfigLine line;
  std::vector<std::string_view> values;
  std::string_view at(std::size_t index) const {
    return index < values.size() ? values[index] : std::string_view();
  }
  // A field that is missing is not an empty password.
  PasswordFacts password() const {
    return values.size() > 1 ? password_facts(values[1]) : PasswordFacts{"invalid", {}};
  }
};

void for_each_account_line(std::string_view text, const std::function<void(const Fields&)>& visit) {
  for_each_line(text, [&](const ConfigLine& line) {
    std::string_view content = line.text;
    if (content.ends_with('\r')) content.remove_suffix(1);
    const std::string_view start = trim_left(content);
    if (start.empty() || start.starts_with('#')) return;
    visit({line, split(content, ':')});
  });
}

std::string count_problem(const Fields& fields, std::size_t expected) {
  if (fields.values.size() == expected) return {};
  return std::to_string(fields.values.size()) + " fields instead of " + std::to_string(expected);
}

}  // namespace

void parse_shadow(std::string_view text, const std::function<void(ShadowLine&&)>& visit) {
  for_each_account_line(text, [&](const Fields& fields) {
    ShadowLine line;
    line.name = fields.at(0);
    line.password = fields.password();
    line.changed = decimal<std::int64_t>(fields.at(2));
    line.minimum_age = decimal<std::int64_t>(fields.at(3));
    line.maximum_age = decimal<std::int64_t>(fields.at(4));
    line.inactive = decimal<std::int64_t>(fields.at(6));
    line.expires = decimal<std::int64_t>(fields.at(7));
    line.problem = count_problem(fields, 9);
    line.range = {fields.line.offset, fields.line.text.size()};
    visit(std::move(line));
  });
}

void parse_group(std::string_view text, const std::function<void(GroupLine&&)>& visit) {
  for_each_account_line(text, [&](const Fields& fields) {
    GroupLine line;
    line.name = fields.at(0);
    line.password = fields.password();
    line.gid = decimal<std::uint32_t>(fields.at(2));
    line.members = names_of(fields.at(3));
    line.problem = count_problem(fields, 4);
    if (line.problem.empty() && !line.gid) line.problem = "group id is no number";
    line.line = fields.line.number;
    line.range = {fields.line.offset, fields.line.text.size()};
    visit(std::move(line));
  });
}

void parse_gshadow(std::string_view text, const std::function<void(GroupShadowLine&&)>& visit) {
  for_each_account_line(text, [&](const Fields& fields) {
    visit({std::string(fields.at(0)), fields.password(), names_of(fields.at(2)),
           names_of(fields.at(3))});
  });
}

}  // namespace konseki
