#include "agent/cli/match_options.h"

#include <fmt/format.h>

#include <array>
#include <span>

#include "agent/base/memory_reader.h"
#include "agent/base/sqlite_database.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/kit_folder.h"
#include "agent/cli/kit_rules.h"
#include "agent/cli/rule_files.h"
#include "agent/match/builtin.h"
#include "agent/match/indicators/indicator_matcher.h"
#include "agent/match/known_good/known_good_set.h"
#include "agent/match/yara/embedded_rules.h"
#include "agent/match/yara/yara_matcher.h"
#include "agent/source/live/local_file.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxAllowList = std::uint64_t{64} << 20;
constexpr std::uint64_t kMaxMinerData = std::uint64_t{16} << 20;
constexpr std::uint64_t kMaxKnownGoodList = std::uint64_t{2} << 30;

Result<AllowList> read_allow_lists(const MatchSettings& settings) {
  AllowList list;
  if (!settings.kit.empty()) {
    KONSEKI_ASSIGN(const auto members, read_kit_members(settings.kit, kKitAllowLists));
    for (const KitMember& member : members) KONSEKI_TRY(list.add(member.content, member.name));
  }
  for (const std::string& path : settings.allow) KONSEKI_TRY(read_allow_list(path, list));
  return list;
}

// Null when nothing is named.
Result<std::shared_ptr<const KnownGood>> read_known_good(const std::vector<std::string>& paths) {
  if (paths.empty()) return std::shared_ptr<const KnownGood>();
  auto set = std::make_shared<KnownGoodSet>();
  for (const std::string& path : paths) {
    KONSEKI_ASSIGN(auto reader, open_local_file(path));
    std::array<std::byte, 16> head{};
    KONSEKI_ASSIGN(const std::size_t got, reader->read_at(0, head));
    if (is_sqlite({reinterpret_cast<const char*>(head.data()), got})) {
      KONSEKI_TRY(set->add_database(path));
      continue;
    }
    KONSEKI_ASSIGN(const auto bytes, read_all(*reader, kMaxKnownGoodList));
    KONSEKI_TRY(set->add_list({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path));
  }
  set->finish();
  return std::shared_ptr<const KnownGood>(std::move(set));
}

using MinerTexts = std::vector<std::pair<std::string, std::string>>;

Result<MinerData> parse_miner_data(const MinerTexts& texts) {
  std::vector<std::pair<std::string_view, std::string_view>> views(texts.begin(), texts.end());
  return MinerData::with(views);
}

// A kit's files, or those that are named, in place of what is compiled in.
Result<std::shared_ptr<const MinerData>> load_miner_data(const MatchSettings& settings) {
  MinerTexts texts;
  if (!settings.miner_data.empty()) {
    KONSEKI_ASSIGN(texts, read_miner_data(settings.miner_data));
  } else if (!settings.kit.empty()) {
    KONSEKI_ASSIGN(auto members, read_kit_members(settings.kit, kKitMinerData));
    for (KitMember& member : members) {
      texts.emplace_back(member.name.substr(kKitMinerData.size()), std::move(member.content));
    }
  }
  KONSEKI_ASSIGN(MinerData data, parse_miner_data(texts));
  return std::make_shared<const MinerData>(std::move(data));
}

Result<void> add_kit_indicators(const std::string& kit, LoadedIndicators& loaded) {
  KONSEKI_ASSIGN(const auto members, read_kit_members(kit, kKitIndicators));
  for (const KitMember& member : members) {
    const auto bytes = std::as_bytes(std::span(member.content));
    add_packed_indicators({bytes.begin(), bytes.end()},
                          std::string(kKitDataName) + "/" + member.name, loaded);
  }
  return {};
}

// Rules that stand in indicators, each as a file of its own.
Result<void> add_indicator_rules(const IndicatorIndex& index, std::vector<yara::RuleFile>& files) {
  KONSEKI_ASSIGN(const auto rules, index.rules());
  for (const StoredRule& rule : rules) {
    KONSEKI_ASSIGN(const IndicatorInfo info, index.info(rule.owner));
    files.push_back({info.file.empty() ? info.id : info.file + " " + info.id, rule.text, {}});
  }
  return {};
}

// Our own rules and those that are named; null when there is none of either.
Result<std::shared_ptr<yara::YaraRules>> load_rules(const MatchSettings& settings,
                                                    const LoadedIndicators& indicators) {
  KONSEKI_ASSIGN(auto files, read_rule_files(settings.rules));
  yara::IncludeReader read_include = read_included_rules;
  if (!settings.kit.empty()) {
    KONSEKI_ASSIGN(KitRules kit, read_kit_rules(settings.kit));
    for (yara::RuleFile& file : kit.files) files.push_back(std::move(file));
    read_include = [of_kit = std::move(kit.read_include)](const std::string& path) {
      const bool in_kit = path.starts_with(std::string(kKitDataName) + "/");
      return in_kit ? of_kit(path) : read_included_rules(path);
    };
  }
  for (const auto& index : indicators.indexes) KONSEKI_TRY(add_indicator_rules(*index, files));
  if (settings.checks) {
    for (yara::RuleFile& file : yara::rule_files(embedded_rules(""))) {
      files.push_back(std::move(file));
    }
  }
  if (files.empty()) return std::shared_ptr<yara::YaraRules>();
  return yara::YaraRules::load(std::move(files), std::move(read_include));
}

// A rule that does not run is something that could not be looked for.
void tell_of_left_out(const yara::YaraRules& rules, FindingSink& sink) {
  for (const yara::RuleProblem& problem : rules.problems()) {
    if (!problem.left_out) continue;
    std::string detail = problem.line > 0 ? fmt::format("line {}: ", problem.line) : "";
    if (!problem.rule.empty()) detail += problem.rule + ": ";
    sink.gap(problem.file, {ErrorCode::kInvalidArgument, detail + problem.reason.en, {}});
  }
}

}  // namespace

std::vector<OptionSpec> match_options() {
  return {
      {"rules",
       "PATH",
       {"YARA rules: a file, compiled or not, or a folder",
        "YARA ルール (ファイルまたはフォルダー)"},
       true},
      {"indicators",
       "PATH",
       {"indicators: a feed (STIX, MISP, OpenIOC, CSV, lists),\ncompiled ones, or a folder of them",
        "インジケータ: フィード "
        "(STIX、MISP、OpenIOC、CSV、リスト)、\nコンパイル済みのもの、またはそのフォルダー"},
       true},
      {"allow",
       "FILE",
       {"digests of files known to be harmless, lines of\nDIGEST;COMMENT",
        "無害と確認済みのファイルのハッシュ値\n(ハッシュ値;コメント の行)"},
       true},
      {"miner-data",
       "PATH",
       {"miner-pools.tsv, miner-names.tsv or miner-ports.tsv in\nplace of the built-in one, or a "
        "folder of them",
        "組み込みのデータに代わる miner-pools.tsv、\nminer-names.tsv、miner-ports.tsv、"
        "またはそのフォルダー"},
       true},
      {"known-good",
       "PATH|packages",
       {"content not to be matched or kept: digests, an NSRL\ndatabase, or what the package "
        "database vouches for",
        "照合と保全を省く既知の正常なファイル: ハッシュ値の\n一覧、NSRL データベース、packages "
        "(パッケージの記録)"},
       true},
      {"into-bundles",
       "",
       {"look into bundles of Konseki among the evidence, too\n(default: each is named by one "
        "note)",
        "証拠の中にある Konseki のバンドルの中身も調べる\n(既定: 1 件の注記だけ)"}},
      {"no-archives", "", {"without looking into archives", "書庫の中を調べない"}},
      {"no-checks", "", {"without the built-in checks", "組み込みの検査を行わない"}},
      {"fail-on",
       "info|low|medium|high|critical",
       {"exit with 10 when a finding is this severe", "この重大度以上の検出があれば終了コード 10"}},
  };
}

Result<MatchSettings> read_match_settings(const Arguments& arguments) {
  MatchSettings settings;
  settings.indicators = arguments.values("indicators");
  settings.allow = arguments.values("allow");
  settings.rules = arguments.values("rules");
  settings.miner_data = arguments.values("miner-data");
  for (const std::string& each : arguments.values("known-good")) {
    if (each == "packages") {
      settings.trust_packages = true;
    } else {
      settings.known_good.push_back(each);
    }
  }
  settings.archives = !arguments.has("no-archives");
  settings.into_bundles = arguments.has("into-bundles");
  settings.checks = !arguments.has("no-checks");
  if (arguments.has("fail-on")) {
    settings.fail_on = severity_of_name(arguments.value("fail-on"));
    if (!settings.fail_on) {
      return fail(ErrorCode::kInvalidArgument, "--fail-on " + arguments.value("fail-on"),
                  {"Use info, low, medium, high or critical.",
                   "info、low、medium、high、critical のどれかを指定してください。"});
    }
  }
  return settings;
}

Result<MatchArms> MatchArms::load(const MatchSettings& settings,
                                  std::optional<LoadedIndicators> indicators) {
  MatchArms arms;
  arms.checks_ = settings.checks;
  KONSEKI_ASSIGN(arms.allowed_, read_allow_lists(settings));
  if (indicators) {
    arms.indicators_ = *std::move(indicators);
  } else if (!settings.indicators.empty()) {
    KONSEKI_ASSIGN(arms.indicators_, load_indicators(settings.indicators));
  }
  if (!settings.kit.empty()) KONSEKI_TRY(add_kit_indicators(settings.kit, arms.indicators_));
  KONSEKI_ASSIGN(arms.rules_, load_rules(settings, arms.indicators_));
  KONSEKI_ASSIGN(arms.miners_, load_miner_data(settings));
  KONSEKI_ASSIGN(arms.known_good_, read_known_good(settings.known_good));
  arms.trust_packages_ = settings.trust_packages;
  arms.archives_ = settings.archives;
  arms.into_bundles_ = settings.into_bundles;
  return arms;
}

Result<std::unique_ptr<MatchStage>> MatchArms::stage(
    const std::optional<Timestamp>& collected) const {
  std::vector<std::unique_ptr<Matcher>> matchers;
  if (checks_) matchers = make_builtin_matchers(miners_);
  if (!indicators_.indexes.empty()) {
    KONSEKI_ASSIGN(auto matcher, make_indicator_matcher(indicators_.indexes, {collected}));
    matchers.push_back(std::move(matcher));
  }
  if (rules_) matchers.push_back(std::make_unique<yara::YaraMatcher>(rules_));
  auto stage = std::make_unique<MatchStage>(std::move(matchers), allowed_);
  stage->set_known_good(known_good_, trust_packages_);
  stage->set_open_bundles(into_bundles_);
  if (!archives_) stage->set_container_limits(std::nullopt);
  for (const auto* const problems : {&indicators_.unusable, &indicators_.refused}) {
    for (const auto& [file, error] : *problems) stage->gap(file, error);
  }
  if (rules_) tell_of_left_out(*rules_, *stage);
  return stage;
}

Result<std::string> read_allow_list(const std::string& path, AllowList& list) {
  KONSEKI_ASSIGN(auto reader, open_local_file(path));
  KONSEKI_ASSIGN(const auto bytes, read_all(*reader, kMaxAllowList));
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  KONSEKI_TRY(list.add(text, path));
  return text;
}

Result<std::vector<std::pair<std::string, std::string>>> read_miner_data(
    const std::vector<std::string>& paths) {
  MinerTexts texts;
  const auto take = [&](const std::string& path) -> Result<void> {
    KONSEKI_ASSIGN(auto reader, open_local_file(path));
    KONSEKI_ASSIGN(const auto bytes, read_all(*reader, kMaxMinerData));
    const std::string name = base_name(path);
    std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (auto whole = parse_miner_data({{name, text}}); !whole) {
      // "miner-pools.tsv:3: ..." with the folder that it lies in.
      Error error = whole.error();
      error.detail.insert(0, path.substr(0, path.size() - name.size()));
      return fail(std::move(error));
    }
    for (const auto& [known, other] : texts) {
      if (known != name) continue;
      return fail(ErrorCode::kInvalidArgument, path + ": a file of this name was given before",
                  {"Join the two into one.", "1 つのファイルにまとめてください。"});
    }
    texts.emplace_back(name, std::move(text));
    return {};
  };
  for (const std::string& path : paths) {
    const auto facts = local_file_facts(path);
    if (!facts) return fail(facts.error());
    if (facts->kind != LocalFileKind::kDirectory) {
      KONSEKI_TRY(take(path));
      continue;
    }
    const std::size_t before = texts.size();
    for (const std::string_view name : MinerData::kFiles) {
      const std::string file = path + '/' + std::string(name);
      if (local_file_facts(file)) KONSEKI_TRY(take(file));
    }
    if (texts.size() > before) continue;
    return fail(
        ErrorCode::kNotFound, path + ": no miner data in this folder",
        {fmt::format("Name it {}.", fmt::join(MinerData::kFiles, ", ")),
         fmt::format("{} のどれかの名前で置いてください。", fmt::join(MinerData::kFiles, "、"))});
  }
  return texts;
}

bool reaches(const MatchSettings& settings, const MatchSummary& summary) {
  return settings.fail_on && summary.at_least(*settings.fail_on) > 0;
}

}  // namespace konseki
