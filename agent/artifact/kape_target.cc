#include "agent/artifact/kape_target.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "agent/artifact/name_expression.h"
#include "agent/artifact/path_pattern.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::string_view kSuffix = ".tkape";
constexpr std::string_view kExpressionPrefix = "regex:";
constexpr std::string_view kTopKeys[] = {"Description",         "Author", "Version", "Id",
                                         "RecreateDirectories", "Targets"};
constexpr std::string_view kTargetKeys[] = {
    "Name",           "Category", "Path",    "FileMask", "Recursive", "AlwaysAddToQueue",
    "SaveAsFileName", "MinSize",  "MaxSize", "Comment"};

template <std::size_t kCount>
void report_unknown_keys(const YamlNode& node, const std::string_view (&known)[kCount],
                         ProblemReporter& problems) {
  for (const YamlNode& member : node.items) {
    if (std::find(std::begin(known), std::end(known), member.key) == std::end(known)) {
      problems.warning(member.line, "key not known in KAPE targets",
                       "KAPE ターゲットにないキーです", member.key);
    }
  }
}

std::string text_of(const YamlNode& node, std::string_view name) {
  const YamlNode* found = node.find(name);
  return found != nullptr && found->is_scalar() ? found->text : std::string();
}

bool ends_with_suffix(std::string_view name) { return fold_case(name).ends_with(kSuffix); }

std::string stem_of(std::string_view file) {
  if (auto slash = file.find_last_of("/\\"); slash != std::string_view::npos) {
    file.remove_prefix(slash + 1);
  }
  if (ends_with_suffix(file)) file.remove_suffix(kSuffix.size());
  return std::string(file);
}

// Windows names may hold '[', which KAPE takes literally.
std::string escape_brackets(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '[') {
      out += "[[]";
    } else {
      out += c == '\\' ? '/' : c;
    }
  }
  return out;
}

// %user% is whatever folder stands there.
std::string replace_user(std::string text, std::uint32_t line, ProblemReporter& problems) {
  for (std::size_t open = 0; (open = text.find('%', open)) != std::string::npos;) {
    const std::size_t close = text.find('%', open + 1);
    if (close == std::string::npos || text.find('/', open) < close) break;
    const std::string variable = text.substr(open, close - open + 1);
    if (fold_case(variable) != "%user%") {
      problems.warning(line, "unknown variable, taken as *", "不明な変数です（* として扱います）",
                       variable);
    }
    text.replace(open, variable.size(), "*");
    ++open;
  }
  return text;
}

std::uint64_t size_of(const YamlNode& target, std::string_view name, ProblemReporter& problems) {
  const std::string text = text_of(target, name);
  if (text.empty()) return 0;
  std::uint64_t value = 0;
  auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || at != text.data() + text.size()) {
    problems.error(target.line, "size is no number", "サイズが数値ではありません", text);
    return 0;
  }
  return value;
}

std::optional<ArtifactPath> read_path(const YamlNode& target, ProblemReporter& problems) {
  const YamlNode* written = target.find("Path");
  std::string folder = escape_brackets(written->text);
  if (folder.size() >= 2 && folder[1] == ':') folder.erase(0, 2);
  while (folder.ends_with('/')) folder.pop_back();
  folder = replace_user(std::move(folder), written->line, problems);

  ArtifactPath path;
  path.line = written->line;
  std::string mask = text_of(target, "FileMask");
  if (fold_case(mask).starts_with(kExpressionPrefix)) {
    path.name_expression = mask.substr(kExpressionPrefix.size());
    mask = "*";
    if (auto compiled = NameExpression::compile(path.name_expression); !compiled) {
      problems.error(path.line, "FileMask is no regular expression RE2 knows",
                     "FileMask が正規表現 (RE2) として解釈できません",
                     path.name_expression + " (" + compiled.error().detail + ")");
      return std::nullopt;
    }
  }
  if (mask.empty()) mask = "*";
  const std::string recursive = fold_case(text_of(target, "Recursive"));
  path.recursive = recursive == "true" || recursive == "yes";
  path.min_size = size_of(target, "MinSize", problems);
  path.max_size = size_of(target, "MaxSize", problems);
  path.pattern = "%%environ_systemdrive%%" + folder + "/" + escape_brackets(mask);
  if (const std::string error = pattern_error(path.pattern); !error.empty()) {
    problems.error(path.line, error, "パスの書式が正しくありません (" + error + ")", written->text);
    return std::nullopt;
  }
  return path;
}

void read_target(const YamlNode& target, ArtifactDefinition& definition,
                 ProblemReporter& problems) {
  const YamlNode* path = target.find("Path");
  if (path == nullptr || !path->is_scalar() || path->text.empty()) {
    problems.error(target.line, "target without a Path", "ターゲットに Path がありません");
    return;
  }
  report_unknown_keys(target, kTargetKeys, problems);
  ArtifactSource source;
  source.line = target.line;
  if (ends_with_suffix(path->text)) {
    source.type = ArtifactType::kGroup;
    source.names.push_back(stem_of(path->text));
  } else if (auto read = read_path(target, problems)) {
    source.paths.push_back(std::move(*read));
  } else {
    return;
  }
  definition.sources.push_back(std::move(source));
}

}  // namespace

bool is_kape_target(std::string_view file_name) { return ends_with_suffix(file_name); }

std::optional<ArtifactDefinition> read_kape_target(const YamlNode& root,
                                                   ProblemReporter& problems) {
  ArtifactDefinition definition;
  definition.name = stem_of(problems.file());
  definition.file = problems.file();
  definition.line = root.line;
  definition.supported_os = {"Windows"};
  problems.set_subject(definition.name);
  const YamlNode* targets = root.find("Targets");
  if (targets == nullptr || !targets->is_sequence() || targets->items.empty()) {
    problems.error(targets ? targets->line : root.line, "no list of Targets",
                   "Targets のリストがありません");
    return std::nullopt;
  }
  report_unknown_keys(root, kTopKeys, problems);
  definition.description = text_of(root, "Description");
  for (const YamlNode& target : targets->items) read_target(target, definition, problems);
  if (definition.sources.empty()) return std::nullopt;
  return definition;
}

}  // namespace konseki
