#include "agent/match/yara/rule_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

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

std::vector<bool> RuleSource::left_out_but(std::vector<bool> wanted) const {
  std::map<std::string_view, std::size_t> by_name;
  std::vector<std::size_t> to_do;
  for (std::size_t i = 0; i < rules.pieces.size(); ++i) {
    const RulePiece& piece = rules.pieces[i];
    const bool is_rule = piece.kind == RulePiece::Kind::kRule;
    wanted[i] = !left_out[i] && (wanted[i] || !is_rule || piece.is_global);
    if (is_rule && !left_out[i]) by_name[piece.name] = i;
    if (wanted[i]) to_do.push_back(i);
  }
  while (!to_do.empty()) {
    const RulePiece& piece = rules.pieces[to_do.back()];
    to_do.pop_back();
    for (const std::string& word : piece.condition) {
      const auto found = by_name.find(word);
      if (found == by_name.end() || wanted[found->second]) continue;
      wanted[found->second] = true;
      to_do.push_back(found->second);
    }
  }
  wanted.flip();
  return wanted;
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
