#include "agent/artifact/source_reader.h"

#include <algorithm>
#include <iterator>

#include "agent/artifact/definition_reader.h"
#include "agent/artifact/name_expression.h"
#include "agent/artifact/profile_reader.h"
#include "agent/artifact/variables.h"
#include "agent/base/quantities.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

struct TypeRule {
  std::string_view name;
  ArtifactType type;
  std::string_view required;       // attribute that must be there
  std::string_view optional = {};  // attribute that may be there
};

constexpr TypeRule kTypes[] = {
    {"ARTIFACT_GROUP", ArtifactType::kGroup, "names"},
    {"COMMAND", ArtifactType::kCommand, "cmd", "args"},
    {"DIRECTORY", ArtifactType::kPath, "paths", "separator"},  // deprecated name of PATH
    {"FILE", ArtifactType::kFile, "paths", "separator"},
    {"PATH", ArtifactType::kPath, "paths", "separator"},
    {"REGISTRY_KEY", ArtifactType::kRegistryKey, "keys"},
    {"REGISTRY_VALUE", ArtifactType::kRegistryValue, "key_value_pairs"},
    {"WMI", ArtifactType::kWmi, "query", "base_object"},
};

constexpr std::string_view kExtensions[] = {"digest", "recursive", "name_regex", "max_size"};

constexpr std::string_view kRegistryRoots[] = {"hkey_local_machine", "hkey_users",
                                               "hkey_classes_root", "%%current_control_set%%"};

// Reads the attributes of one source; every part that is wrong is reported and left out.
class SourceReader {
 public:
  SourceReader(const YamlNode& attributes, ArtifactSource& source, ProblemReporter& problems)
      : attributes_(attributes), source_(source), problems_(problems) {}

  void read_paths() {
    const std::string separator = text("separator", "/");
    if (separator != "/" && separator != "\\") {
      problems_.error(source_.line, "separator must be / or \\",
                      "区切り文字 (separator) は / か \\ です", separator);
      return;
    }
    ArtifactPath common;
    if (!read_extensions(common)) return;
    for_each("paths", [&](const YamlNode& item) {
      std::string pattern = item.text;
      if (separator == "\\") std::replace(pattern.begin(), pattern.end(), '\\', '/');
      if (!check_pattern(pattern, item.line, problems_)) return;
      const bool twice = std::any_of(source_.paths.begin(), source_.paths.end(),
                                     [&](const auto& path) { return path.pattern == pattern; });
      if (twice) {
        problems_.warning(item.line, "path given twice", "同じパスが重複しています", item.text);
        return;
      }
      ArtifactPath path = common;
      path.pattern = std::move(pattern);
      path.line = item.line;
      source_.paths.push_back(std::move(path));
    });
  }

  void read_keys() {
    for_each("keys", [&](const YamlNode& item) { add_key(item.text, "", item.line); });
  }

  void read_key_value_pairs() {
    const YamlNode* pairs = attributes_.find("key_value_pairs");
    if (!pairs->is_sequence()) {
      problems_.error(pairs->line, "key_value_pairs must be a list",
                      "key_value_pairs はリストで指定してください");
      return;
    }
    for (const YamlNode& pair : pairs->items) {
      const YamlNode* key = pair.find("key");
      const YamlNode* value = pair.find("value");
      const bool sound = key != nullptr && value != nullptr && pair.items.size() == 2 &&
                         key->is_scalar() && (value->is_scalar() || value->is_null());
      if (!sound) {
        problems_.error(pair.line, "a pair must hold exactly `key` and `value`",
                        "組には key と value だけが必要です");
        continue;
      }
      add_key(key->text, value->text, pair.line);
    }
  }

  void read_names() {
    for_each("names", [&](const YamlNode& item) { source_.names.push_back(item.text); });
  }

  void read_command() {
    source_.arguments.push_back(text("cmd", ""));
    const YamlNode* arguments = attributes_.find("args");
    if (arguments == nullptr) {
      problems_.error(source_.line, "COMMAND without args", "COMMAND に args がありません");
    } else if (!arguments->is_sequence() || !arguments->items.empty()) {
      for (std::string& argument : read_text_list(*arguments, problems_)) {
        source_.arguments.push_back(std::move(argument));
      }
    }
  }

  void read_query() {
    source_.query = text("query", "");
    source_.base_object = text("base_object", "");
  }

 private:
  // Attributes of our own beyond ForensicArtifacts; docs/artifacts.md. False when one is unusable:
  // without it the source would mean far more than was meant.
  bool read_extensions(ArtifactPath& path) {
    path.digest = text("digest", "false") == "true";
    path.recursive = text("recursive", "false") == "true";
    path.name_expression = text("name_regex", "");
    if (!path.name_expression.empty()) {
      if (auto compiled = NameExpression::compile(path.name_expression); !compiled) {
        problems_.error(source_.line, "name_regex is no regular expression RE2 knows",
                        "name_regex が正規表現 (RE2) として解釈できません",
                        path.name_expression + " (" + compiled.error().detail + ")");
        return false;
      }
    }
    if (const std::string size = text("max_size", ""); !size.empty()) {
      const auto bytes = parse_size(size);
      if (!bytes) {
        problems_.error(source_.line, "max_size is no size", "max_size がサイズではありません",
                        size);
        return false;
      }
      path.max_size = *bytes;
    }
    return true;
  }

  std::string text(std::string_view name, std::string_view otherwise) {
    const YamlNode* node = attributes_.find(name);
    if (node == nullptr) return std::string(otherwise);
    if (node->is_scalar()) return node->text;
    problems_.error(node->line, "must be a text", "文字列が必要です", name);
    return std::string(otherwise);
  }

  // Like read_text_list(), with each member's own line.
  template <class Visit>
  void for_each(std::string_view name, const Visit& visit) {
    const YamlNode* list = attributes_.find(name);
    if (list->is_sequence()) {
      for (const YamlNode& item : list->items) {
        if (item.is_scalar() && !item.text.empty()) {
          visit(item);
        } else {
          problems_.error(item.line, "list member is not a text",
                          "リストの要素が文字列ではありません", name);
        }
      }
    } else {
      for (std::string& only : read_text_list(*list, problems_)) {
        YamlNode item = *list;
        item.text = std::move(only);
        visit(item);
      }
    }
  }

  void add_key(std::string key, std::string value, std::uint32_t line) {
    std::replace(key.begin(), key.end(), '\\', '/');
    const std::string root = fold_case(key.substr(0, key.find('/')));
    if (root == "hkey_current_user" || root == "hkcu") {
      problems_.error(
          line, "HKEY_CURRENT_USER cannot be resolved offline; write HKEY_USERS/%%users.sid%%",
          "HKEY_CURRENT_USER はオフラインでは解決できません。HKEY_USERS\\%%users.sid%% "
          "と書いてください",
          key);
      return;
    }
    if (std::find(std::begin(kRegistryRoots), std::end(kRegistryRoots), root) ==
        std::end(kRegistryRoots)) {
      problems_.error(line, "unknown registry root", "不明なレジストリルートです", key);
      return;
    }
    if (check_pattern(key, line, problems_)) {
      source_.keys.push_back({std::move(key), std::move(value), line});
    }
  }

  const YamlNode& attributes_;
  ArtifactSource& source_;
  ProblemReporter& problems_;
};

void check_attribute_names(const YamlNode& attributes, const TypeRule& rule,
                           ProblemReporter& problems) {
  for (const YamlNode& member : attributes.items) {
    if (member.key == rule.required || member.key == rule.optional) continue;
    const bool paths = rule.type == ArtifactType::kFile || rule.type == ArtifactType::kPath;
    if (paths && std::find(std::begin(kExtensions), std::end(kExtensions), member.key) !=
                     std::end(kExtensions)) {
      continue;
    }
    problems.error(member.line, "attribute not known for this type", "この種別では使えない属性です",
                   member.key);
  }
}

bool is_empty(const ArtifactSource& source) {
  return source.paths.empty() && source.keys.empty() && source.names.empty() &&
         source.query.empty() && (source.arguments.empty() || source.arguments[0].empty());
}

}  // namespace

std::optional<ArtifactSource> read_source(const YamlNode& node,
                                          const ArtifactDefinition& definition,
                                          ProblemReporter& problems) {
  ArtifactSource source;
  source.line = node.line;
  const YamlNode* type = node.find("type");
  if (type == nullptr || !type->is_scalar()) {
    problems.error(node.line, "source without a type", "ソースに種別 (type) がありません");
    return std::nullopt;
  }
  const TypeRule* rule = std::find_if(std::begin(kTypes), std::end(kTypes),
                                      [&](const TypeRule& t) { return t.name == type->text; });
  if (rule == std::end(kTypes)) {
    problems.error(type->line, "unknown source type", "不明なソース種別です", type->text);
    return std::nullopt;
  }
  source.type = rule->type;
  for (const YamlNode& member : node.items) {
    if (member.key == "type" || member.key == "attributes" || member.key == "supported_os" ||
        member.key == "conditions") {
      continue;
    }
    problems.error(member.line, "undefined key", "未定義のキーです", member.key);
  }
  if (const YamlNode* systems = node.find("supported_os")) {
    source.supported_os = read_supported_os(*systems, problems);
    if (source.supported_os.empty()) return std::nullopt;
    for (const std::string& system : source.supported_os) {
      if (!definition.supported_os.empty() &&
          std::find(definition.supported_os.begin(), definition.supported_os.end(), system) ==
              definition.supported_os.end()) {
        problems.error(systems->line, "operating system that the definition itself does not have",
                       "定義自体の supported_os にない OS です", system);
      }
    }
  }
  const YamlNode* attributes = node.find("attributes");
  if (attributes == nullptr || attributes->find(rule->required) == nullptr) {
    problems.error(node.line, "missing attribute", "必要な属性がありません", rule->required);
    return std::nullopt;
  }
  check_attribute_names(*attributes, *rule, problems);
  SourceReader reader(*attributes, source, problems);
  switch (rule->type) {
    case ArtifactType::kFile:
    case ArtifactType::kPath:
      reader.read_paths();
      break;
    case ArtifactType::kRegistryKey:
      reader.read_keys();
      break;
    case ArtifactType::kRegistryValue:
      reader.read_key_value_pairs();
      break;
    case ArtifactType::kGroup:
      reader.read_names();
      break;
    case ArtifactType::kCommand:
      reader.read_command();
      break;
    case ArtifactType::kWmi:
      reader.read_query();
      break;
  }
  if (is_empty(source)) return std::nullopt;
  return source;
}

}  // namespace konseki
