#include "agent/match/yara/rule_source.h"

#include <fmt/format.h>

#include <algorithm>

namespace konseki::yara {

std::string RuleProblem::describe(Language language) const {
  std::string out = file;
  if (line > 0) out += fmt::format(":{}", line);
  out += ": ";
  if (!rule.empty()) out += rule + ": ";
  return out + reason.in(language);
}

RuleSource make_rule_source(RuleFile file) {
  RuleSource source{std::move(file), {}, {}, true};
  source.rules = split_rules(source.file.bytes);
  source.left_out.assign(source.rules.pieces.size(), false);
  return source;
}

std::string include_path(std::string_view folder, std::string_view including,
                         std::string_view name) {
  std::string written(name);
  std::replace(written.begin(), written.end(), '\\', '/');
  if (folder.empty() || written.empty() || written.front() == '/' ||
      written.find(':') != std::string::npos) {
    return {};
  }
  if (!including.starts_with(folder)) return {};
  std::vector<std::string> parts;
  const auto add = [&parts](std::string_view path) {
    while (!path.empty()) {
      const std::size_t slash = std::min(path.find('/'), path.size());
      const std::string_view part = path.substr(0, slash);
      path.remove_prefix(std::min(slash + 1, path.size()));
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.emplace_back(part);
      } else if (parts.empty()) {
        return false;
      } else {
        parts.pop_back();
      }
    }
    return true;
  };
  std::string_view below = including.substr(folder.size());
  below = below.substr(0, below.rfind('/') == std::string_view::npos ? 0 : below.rfind('/'));
  if (!add(below) || !add(written) || parts.empty()) return {};
  std::string out(folder);
  for (const std::string& part : parts) {
    if (!out.ends_with('/')) out += '/';
    out += part;
  }
  return out;
}

}  // namespace konseki::yara
