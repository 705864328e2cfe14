#include "agent/artifact/definition_reader.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "agent/artifact/path_pattern.h"
#include "agent/artifact/source_reader.h"
#include "agent/artifact/variables.h"

namespace konseki {
namespace {

constexpr std::string_view kSystems[] = {"Android", "Darwin", "ESXi", "Linux", "Windows", "iOS"};
// The last three are deprecated but legal.
constexpr std::string_view kKeys[] = {"aliases", "doc",        "name",   "sources", "supported_os",
                                      "urls",    "conditions", "labels", "provides"};

template <std::size_t kCount>
bool is_one_of(std::string_view text, const std::string_view (&known)[kCount]) {
  return std::find(std::begin(known), std::end(known), text) != std::end(known);
}

}  // namespace

std::vector<std::string> read_text_list(const YamlNode& node, ProblemReporter& problems) {
  if (node.is_scalar()) {
    problems.warning(node.line, "should be a list; taken as a list of one",
                     "リストで指定してください（1 要素のリストとして扱います）", node.key);
    return {node.text};
  }
  std::vector<std::string> texts;
  if (!node.is_sequence()) {
    problems.error(node.line, "must be a list of texts", "文字列のリストが必要です", node.key);
    return texts;
  }
  for (const YamlNode& item : node.items) {
    if (item.is_scalar() && !item.text.empty()) {
      texts.push_back(item.text);
    } else {
      problems.error(item.line, "list member is not a text", "リストの要素が文字列ではありません",
                     node.key);
    }
  }
  return texts;
}

std::vector<std::string> read_supported_os(const YamlNode& node, ProblemReporter& problems) {
  std::vector<std::string> systems;
  for (std::string& name : read_text_list(node, problems)) {
    if (is_one_of(name, kSystems)) {
      systems.push_back(std::move(name));
    } else {
      problems.error(node.line, "unknown operating system", "不明な OS 名です", name);
    }
  }
  return systems;
}

bool check_pattern(const std::string& pattern, std::uint32_t line, ProblemReporter& problems) {
  bool usable = true;
  for (const std::string& variable : variables_in(pattern)) {
    if (is_known_variable(variable)) continue;
    problems.error(line, "unknown variable", "不明な変数です", "%%" + variable + "%%");
    usable = false;
  }
  if (const std::string error = pattern_error(pattern); !error.empty()) {
    problems.error(line, error, "パスの書式が正しくありません (" + error + ")", pattern);
    usable = false;
  } else if (const std::string warning = pattern_warning(pattern); !warning.empty()) {
    problems.warning(line, warning, "** の後の数は 1～10 です（10 として扱います）", pattern);
  }
  return usable;
}

std::optional<ArtifactDefinition> read_definition(const YamlNode& root, ProblemReporter& problems) {
  problems.set_subject("");
  if (!root.is_map()) {
    problems.error(root.line, "a definition must be a mapping", "定義はマップ形式が必要です");
    return std::nullopt;
  }
  ArtifactDefinition definition;
  definition.file = problems.file();
  definition.line = root.line;
  if (const YamlNode* name = root.find("name"); name != nullptr && name->is_scalar()) {
    definition.name = name->text;
  }
  if (definition.name.empty()) {
    problems.error(root.line, "definition without a name", "定義に名前 (name) がありません");
    return std::nullopt;
  }
  problems.set_subject(definition.name);
  for (const YamlNode& member : root.items) {
    if (!is_one_of(member.key, kKeys)) {
      problems.error(member.line, "undefined key", "未定義のキーです", member.key);
    }
  }
  if (const YamlNode* doc = root.find("doc"); doc != nullptr && doc->is_scalar()) {
    definition.description = doc->text;
  } else {
    problems.error(root.line, "no description (doc)", "説明 (doc) がありません");
  }
  if (const YamlNode* aliases = root.find("aliases")) {
    definition.aliases = read_text_list(*aliases, problems);
  }
  if (const YamlNode* urls = root.find("urls")) definition.urls = read_text_list(*urls, problems);
  if (const YamlNode* systems = root.find("supported_os")) {
    definition.supported_os = read_supported_os(*systems, problems);
    // None of the names could be read: better nowhere than everywhere.
    if (definition.supported_os.empty()) return std::nullopt;
  }
  const YamlNode* sources = root.find("sources");
  if (sources == nullptr || !sources->is_sequence() || sources->items.empty()) {
    problems.error(sources ? sources->line : root.line, "no list of sources",
                   "ソース (sources) のリストがありません");
    return std::nullopt;
  }
  for (const YamlNode& item : sources->items) {
    if (auto source = read_source(item, definition, problems)) {
      definition.sources.push_back(std::move(*source));
    }
  }
  if (definition.sources.empty()) return std::nullopt;
  return definition;
}

}  // namespace konseki
