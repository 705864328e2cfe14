// konseki list: artifacts, profiles and collectors; and the checker for definitions.

#include <fmt/format.h>

#include <algorithm>

#include "agent/cli/console.h"
#include "agent/cli/definition_files.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/list_indicators.h"
#include "agent/cli/rule_files.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/verbs.h"
#include "agent/match/yara/embedded_rules.h"
#include "agent/match/yara/yara_rules.h"
#include "collectors/collector_list.h"
#include "konseki/artifact.h"

namespace konseki {
namespace {

const Usage& usage() {
  static const Usage kUsage{
      "list",
      "artifacts|profiles|collectors|rules [PATH…]|indicators PATH…",
      1,
      10'000,
      {"Lists what Konseki knows, one a line; or checks definition files.\n"
       "list indicators PATH… reads feeds of indicators (STIX, MISP, OpenIOC, CSV, lists; a file "
       "or\n"
       "a folder) and tells types, counts and what was rejected, with reasons.",
       "Konseki が知るものを 1 行ずつ一覧します。定義ファイルの検査もできます。\n"
       "list indicators PATH… はインジケータのフィード (STIX・MISP・OpenIOC・CSV・リスト、\n"
       "ファイルまたはフォルダー) を読み、種類・件数・不採用とその理由を示します。"},
      {{"artifacts",
        "PATH",
        {"lay these definitions over the built-in ones", "定義を重ねて読む"},
        true},
       {"check",
        "PATH",
        {"check these definitions: a file or folder; errors name file and line",
         "定義ファイルまたはフォルダーを検査 (誤りを行番号つきで表示)"},
        true},
       {"json", "", {"of indicators: one JSON document", "indicators を JSON 文書で出力"}}},
      {"  konseki list profiles\n"
       "  konseki list artifacts | grep -i prefetch\n"
       "  konseki list artifacts --check my-definitions/\n"
       "  konseki list indicators feed.json iocs/\n",
       "  konseki list profiles\n"
       "  konseki list artifacts | grep -i prefetch\n"
       "  konseki list artifacts --check my-definitions/\n"
       "  konseki list indicators feed.json iocs/\n"}};
  return kUsage;
}

std::string types_of(const ArtifactDefinition& definition) {
  std::vector<std::string_view> types;
  for (const ArtifactSource& source : definition.sources) {
    const std::string_view name = artifact_type_name(source.type);
    if (std::find(types.begin(), types.end(), name) == types.end()) types.push_back(name);
  }
  return fmt::format("{}", fmt::join(types, ","));
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

std::string artifacts_text(const DefinitionSet& definitions) {
  std::string out;
  for (const ArtifactDefinition& each : definitions.definitions()) {
    out += fmt::format(
        "{}\t{}\t{}\t{}\t{}\n", each.name,
        each.supported_os.empty() ? "*" : fmt::format("{}", fmt::join(each.supported_os, ",")),
        types_of(each), each.file, first_line(each.description));
  }
  return out;
}

std::string profiles_text(const DefinitionSet& definitions, Language language) {
  std::string out;
  for (const Profile& profile : embedded_profiles(definitions).profiles) {
    out += fmt::format("{}\t{}\n", profile.name, profile.description.in(language));
  }
  return out;
}

std::string collectors_text(Language language) {
  std::string out;
  for (const auto& collector : make_all_collectors()) {
    const CollectorInfo& info = collector->info();
    out += fmt::format("{}\t{}\t{}\n", info.name,
                       info.volatility == Volatility::kFile ? "files" : "live",
                       info.description.in(language));
  }
  return out;
}

// Exit code 1 when the checked files hold an error.
Result<int> check(const Arguments& arguments, Language language) {
  KONSEKI_ASSIGN(const DefinitionFiles files, read_definition_files(arguments.values("check")));
  DefinitionSet definitions = embedded_definitions();
  definitions.add(files.texts());
  int errors = 0;
  int warnings = 0;
  for (const DefinitionProblem& problem : definitions.problems()) {
    if (!files.holds(problem.file)) continue;
    ++(problem.level == DefinitionProblem::Level::kError ? errors : warnings);
    print_result(problem.describe(language) + "\n");
  }
  print_message(fmt::format(
      fmt::runtime(language == Language::kJapanese ? "{} ファイル: 誤り {} 件、注意 {} 件"
                                                   : "{} files: {} errors, {} warnings"),
      files.texts().size(), errors, warnings));
  return errors > 0 ? kExitWithGaps : kExitComplete;
}

// Our own rules, or those of the paths, a line a file: rules in use, rules left out, file; then
// what was left out and why. Exit code 1 when something was.
Result<int> list_rules(const Arguments& arguments, Language language) {
  const std::vector<std::string> paths(arguments.positional().begin() + 1,
                                       arguments.positional().end());
  std::vector<yara::RuleFile> files = yara::rule_files(embedded_rules(""));
  if (!paths.empty()) {
    KONSEKI_ASSIGN(files, read_rule_files(paths));
  }
  KONSEKI_ASSIGN(const auto rules, yara::YaraRules::load(std::move(files), read_included_rules));
  for (const yara::RuleFileCount& file : rules->files()) {
    print_result(fmt::format("{}\t{}\t{}\n", file.rules, file.left_out, file.name));
  }
  bool whole = true;
  for (const yara::RuleProblem& problem : rules->problems()) {
    whole &= !problem.left_out;
    print_message(problem.describe(language));
  }
  print_message(fmt::format(
      fmt::runtime(language == Language::kJapanese ? "{} ファイル: ルール {} 件、除外 {} 件"
                                                   : "{} files: {} rules in use, {} left out"),
      rules->files().size(), rules->rule_count(), rules->left_out_count()));
  return whole ? kExitComplete : kExitWithGaps;
}

Result<int> work(const Arguments& arguments, Language language) {
  if (arguments.has("check")) return check(arguments, language);
  const std::string& what = arguments.positional().front();
  if (what == "indicators") return list_indicators(arguments, language);
  if (what == "rules") return list_rules(arguments, language);
  if (arguments.positional().size() > 1) {
    return refuse_usage({ErrorCode::kInvalidArgument,
                         arguments.positional()[1],
                         {"Only rules and indicators take paths.",
                          "パスを指定できるのは rules と indicators だけです。"}},
                        language);
  }
  KONSEKI_ASSIGN(const DefinitionFiles files, read_definition_files(arguments.values("artifacts")));
  DefinitionSet definitions = embedded_definitions();
  definitions.add(files.texts());
  if (what == "artifacts") {
    print_result(artifacts_text(definitions));
  } else if (what == "profiles") {
    print_result(profiles_text(definitions, language));
  } else if (what == "collectors") {
    print_result(collectors_text(language));
  } else {
    return refuse_usage({ErrorCode::kInvalidArgument,
                         what,
                         {"Use artifacts, profiles, collectors, rules or indicators.",
                          "artifacts、profiles、collectors、rules、indicators のどれかを"
                          "指定してください。"}},
                        language);
  }
  return kExitComplete;
}

}  // namespace

int run_list(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language,
                  [&](const Arguments& arguments) { return work(arguments, language); });
}

}  // namespace konseki
