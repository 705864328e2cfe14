#include "agent/artifact/passwd_file.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace konseki {
namespace {

std::optional<std::uint32_t> decimal(std::string_view text) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || at != end) return std::nullopt;
  return value;
}

std::string_view problem_of(const PasswdEntry& entry) {
  if (entry.raw.find('\0') != std::string_view::npos) return "NUL byte in line";
  if (entry.name.empty()) return "no user name";
  if (entry.is_nis()) return {};
  if (entry.field_count < 7) return "fewer than 7 fields";
  if (entry.field_count > 7) return "more than 7 fields";
  if (!entry.uid) return "user id is no number";
  if (!entry.gid) return "group id is no number";
  return {};
}

PasswdEntry parse_line(std::string_view line) {
  PasswdEntry entry;
  entry.raw = line;
  std::string_view* const fields[] = {&entry.name,     &entry.password, &entry.uid_text,
                                      &entry.gid_text, &entry.comment,  &entry.home,
                                      &entry.shell};
  std::string_view rest = line;
  for (bool more = true; more; ++entry.field_count) {
    const auto colon = rest.find(':');
    more = colon != std::string_view::npos;
    if (entry.field_count < std::size(fields)) *fields[entry.field_count] = rest.substr(0, colon);
    if (more) rest.remove_prefix(colon + 1);
  }
  entry.uid = decimal(entry.uid_text);
  entry.gid = decimal(entry.gid_text);
  entry.problem = problem_of(entry);
  return entry;
}

}  // namespace

void parse_passwd(std::string_view text, const std::function<void(const PasswdEntry&)>& visit) {
  std::uint32_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t first = line.find_first_not_of(" \t");
    if (first != std::string_view::npos && line[first] != '#') {
      PasswdEntry entry = parse_line(line);
      entry.line = number;
      entry.offset = at;
      visit(entry);
    }
    at = end + 1;
  }
}

}  // namespace konseki
