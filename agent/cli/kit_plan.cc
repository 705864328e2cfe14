#include "agent/cli/kit_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "agent/base/clock.h"
#include "agent/base/cursor.h"
#include "agent/base/unicode.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/case_options.h"
#include "agent/cli/console.h"
#include "agent/cli/definition_files.h"
#include "agent/cli/indicator_files.h"
#include "agent/cli/key_options.h"
#include "agent/cli/kit_folder.h"
#include "agent/cli/kit_rules.h"
#include "agent/cli/match_options.h"
#include "agent/match/yara/yara_rules.h"
#include "agent/report/visible_text.h"
#include "konseki/artifact.h"

namespace konseki {
namespace {

tl::unexpected<Error> bad_value(std::string_view option, std::string_view value, Bilingual advice) {
  return fail(ErrorCode::kInvalidArgument, fmt::format("--{} {}", option, value),
              std::move(advice));
}

Result<void> plan_programs(const Arguments& arguments, KitPlan& plan) {
  KONSEKI_ASSIGN(plan.programs, kit_programs(arguments.values("program")));
  // Sticks are case-blind.
  std::set<std::string> taken{plan.config.output};
  for (const std::string_view name : {kKitConfigName, kKitListName, kKitSignatureName, kKitDataName,
                                      kKitPageName, kKitPageTextName}) {
    taken.insert(fold_case(name));
  }
  for (const KitProgram& program : plan.programs) {
    if (taken.insert(fold_case(program.name)).second && is_well_formed_utf8(program.name) &&
        visible_text(program.name) == program.name) {
      continue;
    }
    return bad_value("program", program.name,
                     {"The kit holds a file of that name already, or it is no name for a stick.",
                      "同名のファイルがキットにあるか、使用できない名前です。"});
  }
  return {};
}

Result<void> plan_definitions(const Arguments& arguments, Language language, KitPlan& plan) {
  KONSEKI_ASSIGN(const DefinitionFiles files, read_definition_files(arguments.values("artifacts")));
  const auto texts = files.texts();
  DefinitionSet definitions = embedded_definitions();
  definitions.add(texts);
  for (const DefinitionProblem& problem : definitions.problems()) {
    if (!files.holds(problem.file)) continue;
    if (problem.level == DefinitionProblem::Level::kError) {
      return bad_value("artifacts", problem.describe(language), {});
    }
    print_message(problem.describe(language));
  }
  for (const NamedText& text : texts) {
    // Numbered, for later ones replace earlier ones and names may repeat.
    plan.members.push_back({fmt::format("{}{:04}-{}", kKitDefinitions, plan.members.size(),
                                        to_well_formed(base_name(text.name))),
                            std::string(text.text)});
  }
  const ProfileSet profiles = embedded_profiles(definitions);
  const Profile* profile = profiles.find(plan.config.profile);
  if (!profile) {
    return bad_value("profile", plan.config.profile,
                     {"See: konseki list profiles", "一覧は konseki list profiles で確認できます"});
  }
  if (profile->limits.max_seconds > 0) {
    plan.max_time = std::chrono::seconds(profile->limits.max_seconds);
  }
  if (const auto own = plan.config.max_time()) plan.max_time = own;
  for (const std::string& name : plan.config.artifacts) {
    if (definitions.find(name)) continue;
    return bad_value(
        "artifact", name,
        {"See: konseki list artifacts", "一覧は konseki list artifacts で確認できます"});
  }
  return {};
}

Result<void> plan_allow_lists(const Arguments& arguments, KitPlan& plan) {
  AllowList all;  // what cannot be read back must not travel
  for (const std::string& path : arguments.values("allow")) {
    KONSEKI_ASSIGN(std::string text, read_allow_list(path, all));
    plan.members.push_back({fmt::format("{}{:04}-{}", kKitAllowLists, plan.members.size(),
                                        to_well_formed(base_name(path))),
                            std::move(text)});
  }
  return {};
}

Result<void> plan_miner_data(const Arguments& arguments, KitPlan& plan) {
  KONSEKI_ASSIGN(auto texts, read_miner_data(arguments.values("miner-data")));
  for (auto& [name, text] : texts) {
    plan.members.push_back({std::string(kKitMinerData) + name, std::move(text)});
  }
  return {};
}

// What does not compile is told and left out, as on the host.
Result<void> plan_rules(const Arguments& arguments, Language language, KitPlan& plan) {
  if (!arguments.has("rules")) return {};
  KONSEKI_ASSIGN(PackedRules packed, pack_rules(arguments.values("rules")));
  for (const yara::RuleProblem& problem : packed.rules->problems()) {
    if (problem.left_out) print_message(visible_text(problem.describe(language)));
  }
  plan.config.rules = packed.rules->rule_count();
  plan.rules_left_out = packed.rules->left_out_count();
  if (plan.config.rules == 0) {
    return bad_value("rules", arguments.values("rules").front(),
                     {"No rule of it can be used.", "使えるルールがありません。"});
  }
  std::move(packed.members.begin(), packed.members.end(), std::back_inserter(plan.members));
  return {};
}

Result<void> plan_indicators(const Arguments& arguments, Language language, KitPlan& plan) {
  if (!arguments.has("indicators")) return {};
  KONSEKI_ASSIGN(PackedIndicators packed, pack_indicators(arguments.values("indicators")));
  for (const auto* const problems : {&packed.loaded.unusable, &packed.loaded.refused}) {
    for (const auto& [file, error] : *problems) {
      print_message(visible_text(file) + ": " + visible_text(error.describe(language)));
    }
  }
  plan.indicators_left_out = packed.loaded.unusable.size() + packed.loaded.refused_total;
  for (const auto& index : packed.loaded.indexes) {
    // By what is looked for: a list of a thousand digests is a thousand to its reader.
    const IndexSummary& summary = index->summary();
    for (const auto& [type, count] : summary.atoms) plan.config.indicators += count;
    plan.config.indicators += summary.patterns + summary.rules;
  }
  std::size_t number = 0;
  for (const auto& bytes : packed.indexes) {
    plan.members.push_back(
        {fmt::format("{}{:04}.kix", kKitIndicators, number++), std::string(as_text(bytes))});
  }
  return {};
}

}  // namespace

Result<KitPlan> make_kit_plan(const Arguments& arguments, Language language) {
  KitPlan plan;
  plan.folder = arguments.value("output");
  if (plan.folder.empty()) {
    return bad_value("output", "",
                     {"Name a new folder with -o.", "-o で新しいフォルダーを指定してください。"});
  }
  KitConfig& config = plan.config;
  config.program_version = KONSEKI_VERSION;
  config.created = system_now().iso8601();
  if (arguments.has("lang")) config.language = language;
  config.profile = arguments.value("profile", "triage");
  config.artifacts = arguments.values("artifact");
  config.include = arguments.values("include");
  config.output = arguments.value("folder", config.output);
  config.data_key = AgeIdentity::generate();
  KONSEKI_ASSIGN(config.case_fields, read_case_options(arguments));
  for (const std::string_view name : kKitLimits) {
    std::string option(name);
    std::replace(option.begin(), option.end(), '_', '-');
    if (arguments.has(option)) config.limits.emplace(name, arguments.value(option));
  }
  KONSEKI_ASSIGN(const AgeTargets targets, read_recipients(arguments));
  for (const AgeRecipient& recipient : targets.recipients) {
    config.recipients.push_back(recipient.text());
  }
  KONSEKI_TRY(plan_programs(arguments, plan));
  KONSEKI_TRY(plan_definitions(arguments, language, plan));
  KONSEKI_TRY(plan_allow_lists(arguments, plan));
  KONSEKI_TRY(plan_miner_data(arguments, plan));
  KONSEKI_TRY(plan_indicators(arguments, language, plan));
  KONSEKI_TRY(plan_rules(arguments, language, plan));
  KONSEKI_ASSIGN(plan.signing_key, read_signing_key(arguments, language));
  if (!plan.signing_key) plan.signing_key = SigningKey::generate();
  config.public_key = plan.signing_key->verifying;
  // What cannot be read back must not travel.
  KONSEKI_TRY(parse_kit_config(config.json(), kit_case_keys()));
  return plan;
}

}  // namespace konseki
