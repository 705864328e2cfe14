#include "agent/cli/export_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "agent/base/parse_timestamp.h"
#include "agent/base/terminal.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/bundle_match_run.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/interrupt.h"
#include "agent/cli/match_options.h"
#include "agent/cli/output_target.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/terminal_observer.h"
#include "agent/match/indicators/index_contents.h"
#include "agent/match/indicators/marking.h"
#include "agent/report/bundle_lines.h"
#include "agent/report/number_text.h"
#include "agent/report/visible_text.h"
#include "agent/share/anonymise.h"
#include "agent/share/block_list.h"
#include "agent/share/misp_export.h"
#include "agent/share/stix_export.h"

namespace konseki {
namespace {

constexpr std::array<std::string_view, 6> kFormats = {"stix",  "misp", "blocklist",
                                                      "hosts", "rpz",  "csv"};

std::optional<BlockListFormat> block_list_format(std::string_view format) {
  if (format == "blocklist") return BlockListFormat::kPlain;
  if (format == "hosts") return BlockListFormat::kHosts;
  if (format == "rpz") return BlockListFormat::kRpz;
  if (format == "csv") return BlockListFormat::kCsv;
  return std::nullopt;
}

Error usage_error(std::string detail, Bilingual advice) {
  return {ErrorCode::kInvalidArgument, std::move(detail), std::move(advice)};
}

struct ExportSettings {
  std::string format;
  ShareOptions share;
  Rating least = Rating::kLow;
  std::vector<std::string> indicators;
  std::vector<std::string> kinds;
  bool not_seen = false;
  bool all = false;
};

// kInvalidArgument for words that make no sense together.
Result<ExportSettings> read_settings(const Arguments& arguments) {
  ExportSettings out;
  out.format = arguments.value("format");
  out.share.anonymous = arguments.has("anonymous");
  out.share.organization = arguments.value("organization");
  out.indicators = arguments.values("indicators");
  out.kinds = arguments.values("kind");
  out.not_seen = arguments.has("not-seen");
  out.all = arguments.has("all");
  if (arguments.has("tlp")) {
    out.share.tlp = tlp_of_word(arguments.value("tlp"));
    if (out.share.tlp.empty()) {
      return fail(
          usage_error("--tlp " + arguments.value("tlp"),
                      {"Use clear, green, amber, amber+strict or red.",
                       "clear、green、amber、amber+strict、red のどれかを指定してください。"}));
    }
  }
  if (arguments.has("severity")) {
    out.least = rating_of(arguments.value("severity"));
    if (out.least == Rating::kUnknown) {
      return fail(usage_error("--severity " + arguments.value("severity"),
                              {"Use info, low, medium, high or critical.",
                               "info、low、medium、high、critical のどれかを指定してください。"}));
    }
  }
  const bool is_list = block_list_format(out.format).has_value();
  if (out.not_seen && out.format != "stix") {
    return fail(usage_error("--not-seen", {"Only --format stix can say what was not seen.",
                                           "--not-seen は --format stix でのみ使えます。"}));
  }
  if ((out.all || !out.kinds.empty()) && !is_list) {
    return fail(usage_error(out.all ? "--all" : "--kind",
                            {"This is for block lists: --format blocklist, hosts, rpz or csv.",
                             "遮断リスト (--format blocklist、hosts、rpz、csv) 用の指定です。"}));
  }
  if ((out.all || out.not_seen) && out.indicators.empty()) {
    return fail(usage_error(
        out.all ? "--all" : "--not-seen",
        {"Name the indicators with --indicators: a bundle holds only those that were found.",
         "--indicators でインジケータを指定してください。バンドルには見つかったものしか"
         "残りません。"}));
  }
  for (const std::string& kind : out.kinds) {
    if (atom_type_of_name(kind)) continue;
    return fail(usage_error(
        "--kind " + kind,
        {"Use the names that konseki list indicators shows: domain-name, ip-address, url, ….",
         "konseki list indicators が示す名前 (domain-name、ip-address、url など) を指定して"
         "ください。"}));
  }
  return out;
}

// What run.json says of the host and the run.
HostFacts read_host(const JsonView& run) {
  HostFacts host;
  const JsonView json = run["host"];
  host.host_id = json["host_id"].text();
  host.hostname = json["hostname"].text();
  host.domain = json["domain"].text();
  for (JsonItems users(json["users"]); users.next();) {
    host.users.push_back({users.value()["name"].text(), users.value()["id"].text(), {}, {}});
  }
  return host;
}

// The addresses that the host itself had.
Result<std::vector<std::string>> own_addresses(BundleReader& bundle) {
  std::vector<std::string> out;
  for (const std::string_view stream : {"records/linux.address", "records/windows.address"}) {
    KONSEKI_TRY(each_line(bundle, stream, [&](std::string_view line) -> Result<void> {
      if (std::string address = json_view(line)["address"].text(); !address.empty()) {
        out.push_back(std::move(address));
      }
      return {};
    }));
  }
  return out;
}

// Findings that stand for more of the same: what is left out of them cannot be told from what was
// not seen.
bool is_incomplete(const FindingSummary& finding) {
  return std::any_of(finding.flags.begin(), finding.flags.end(), [](const std::string& flag) {
    return flag == "too_broad" || flag == "too_many" || flag == "values_cut";
  });
}

// Whatever severity is asked for: the feed's author took it back, or a list speaks against it.
bool must_not_be_blocked(const FindingSummary& finding) {
  return std::any_of(finding.flags.begin(), finding.flags.end(), [](const std::string& flag) {
    return flag == "warninglisted" || flag == "reserved_address" || flag == "revoked" ||
           flag == "allow_listed";
  });
}

class FindingsExport {
 public:
  FindingsExport(const Arguments& arguments, ExportSettings settings, const Unlocker& unlocker,
                 Language language)
      : arguments_(arguments),
        settings_(std::move(settings)),
        unlocker_(unlocker),
        language_(language) {}

  Result<int> run() {
    KONSEKI_ASSIGN(const auto bundle, open_bundle_file(path(), unlocker_));
    KONSEKI_ASSIGN(const std::string text, member_text(*bundle, "konseki/run.json"));
    const JsonView run = json_view(text);
    const HostFacts host = read_host(run);
    shared_.hostname = host.hostname;
    shared_.run_id = run["run_id"].text();
    shared_.version = run["version"].text();
    shared_.taken = parse_timestamp(run["started"].plain()).value_or(Timestamp{});
    KONSEKI_ASSIGN(std::vector<FindingSummary> rows, findings(*bundle));
    if (settings_.not_seen) KONSEKI_TRY(take_unseen(rows));
    take_findings(std::move(rows), settings_.least, shared_);
    KONSEKI_TRY(add_file_facts(*bundle, shared_));
    if (settings_.share.anonymous) {
      KONSEKI_ASSIGN(const auto addresses, own_addresses(*bundle));
      anonymise(shared_, VictimWords(host, addresses));
    }
    KONSEKI_ASSIGN(const std::string out, render());
    KONSEKI_ASSIGN(OutputTarget target, OutputTarget::open(arguments_.value("output")));
    KONSEKI_TRY(target.write(out));
    KONSEKI_TRY(target.commit());
    tell_left_out();
    return whole_ ? kExitComplete : kExitWithGaps;
  }

 private:
  const std::string& path() const { return arguments_.positional().front(); }

  void say(const Bilingual& text) const { print_message(visible_text(text.in(language_))); }

  // Those of the bundle, or of matching it again.
  Result<std::vector<FindingSummary>> findings(BundleReader& bundle) {
    std::vector<FindingSummary> out;
    if (settings_.indicators.empty()) {
      KONSEKI_TRY(each_line(bundle, "findings", [&](std::string_view line) -> Result<void> {
        out.push_back(read_finding(json_view(line)));
        return {};
      }));
      return out;
    }
    MatchSettings match;
    match.indicators = settings_.indicators;
    match.checks = false;
    KONSEKI_ASSIGN(arms_, MatchArms::load(match));
    for (const auto& index : arms_.indicators().indexes) {
      KONSEKI_ASSIGN(const auto lists, index->warninglists());
      for (const Warninglist& list : lists) warnings_.add(list);
    }
    TerminalObserver observer(language_, standard_error_is_terminal(), arguments_.has("quiet"));
    InterruptGuard interrupt;
    KONSEKI_ASSIGN(const BundleMatchResult result,
                   match_bundle_file(path(), unlocker_, arms_, 2, observer, interrupt.token()));
    observer.clear();
    for (const Finding& finding : result.findings) {
      const std::string row = finding_json(finding);
      out.push_back(read_finding(json_view(row)));
    }
    const MatchSummary& summary = result.summary;
    shared_.looked = {
        fmt::format("Looked for in {} files ({} with content) and {} records; {} could not be "
                    "looked at.",
                    grouped(summary.files), grouped(summary.contents), grouped(summary.records),
                    grouped(summary.gaps)),
        fmt::format("ファイル {} 件 (うち内容まで {} 件) とレコード {} 件を照合。照合できなかった"
                    "もの {} 件。",
                    grouped(summary.files), grouped(summary.contents), grouped(summary.records),
                    grouped(summary.gaps))};
    say(shared_.looked);
    if (!result.whole()) whole_ = false;
    return out;
  }

  // Every indicator that was looked for and of which nothing was seen, whatever its severity.
  Result<void> take_unseen(const std::vector<FindingSummary>& rows) {
    if (std::any_of(rows.begin(), rows.end(), is_incomplete)) {
      whole_ = false;
      say(
          {"More was found than is kept, so that what was not seen cannot be told: no sightings "
           "with count 0 were written. Leave out the indicators that are too broad.",
           "検出が多く一部しか保持していないため、「見つからなかったもの」は判定できません。"
           "count 0 の sighting は出力しませんでした。広すぎるインジケータを除いてください。"});
      return {};
    }
    std::set<std::string> rules;
    std::set<Observable> seen;
    for (const FindingSummary& row : rows) {
      rules.insert(row.rule);
      seen.insert(row.listed.begin(), row.listed.end());
    }
    const auto is_looked_for = [](const Observable& each) {
      return each.type != "sha512" && each.type != "certificate" && each.type != "yara";
    };
    for (const auto& index : arms_.indicators().indexes) {
      KONSEKI_TRY(each_indicator(*index, [&](IndicatorInfo&& info, auto&& listed) {
        std::erase_if(listed, [&](const Observable& each) { return !is_looked_for(each); });
        const bool found = rules.contains(info.id) ||
                           std::any_of(listed.begin(), listed.end(),
                                       [&](const Observable& each) { return seen.contains(each); });
        if (listed.empty() || found) return;
        shared_.unseen.push_back({std::move(info), std::move(listed)});
      }));
    }
    return {};
  }

  Result<std::string> render() {
    if (const auto format = block_list_format(settings_.format)) return block_list(*format);
    if (settings_.format == "misp") {
      MispReport report;
      std::string out = misp_event(shared_, settings_.share, report);
      say({fmt::format("MISP event: {} attributes, {} file objects, {} sightings",
                       grouped(report.attributes), grouped(report.objects),
                       grouped(report.sightings)),
           fmt::format("MISP イベント: 属性 {} 件、ファイルオブジェクト {} 件、sighting {} 件",
                       grouped(report.attributes), grouped(report.objects),
                       grouped(report.sightings))});
      return out;
    }
    StixReport report;
    std::string out = stix_bundle(shared_, settings_.share, report);
    say({fmt::format("STIX 2.1: {} sightings ({} of them \"looked for, not seen\"), {} "
                     "observed-data, {} indicators written",
                     grouped(report.sightings), grouped(report.unseen), grouped(report.observed),
                     grouped(report.indicators)),
         fmt::format("STIX 2.1: sighting {} 件 (うち「探したが見つからなかった」{} 件)、"
                     "observed-data {} 件、indicator {} 件を出力",
                     grouped(report.sightings), grouped(report.unseen), grouped(report.observed),
                     grouped(report.indicators))});
    if (report.unspeakable > 0) whole_ = false;
    tell(report.unspeakable, {"that STIX has no form for", "STIX で表せないもの"});
    return out;
  }

  Result<std::string> block_list(BlockListFormat format) {
    BlockList list(format, warnings_, settings_.kinds);
    std::uint64_t held_down = 0;
    for (const SharedFinding& shared : shared_.findings) {
      const FindingSummary& finding = shared.finding;
      if (must_not_be_blocked(finding)) {
        ++held_down;
        continue;
      }
      for (const Observable& value : finding.listed) {
        list.add({value, finding.rule, finding.title, finding.technique,
                  tlp_of(shared, settings_.share), finding.origin, finding.first_seen,
                  finding.last_seen, finding.count});
      }
    }
    if (settings_.all) {
      for (const auto& index : arms_.indicators().indexes) {
        KONSEKI_TRY(each_indicator(*index, [&](IndicatorInfo&& info, auto&& listed) {
          if (indicator_score(info) == 0) return;  // revoked or benign
          std::string marking = settings_.share.tlp;
          for (const std::string& each : info.markings) marking = stricter_tlp(marking, each);
          for (const Observable& value : listed) {
            list.add({value, info.id, info.name, info.technique, marking, info.file, std::nullopt,
                      std::nullopt, 0});
          }
        }));
      }
    }
    say({fmt::format("Block list: {} values", grouped(list.size())),
         fmt::format("遮断リスト: {} 件", grouped(list.size()))});
    tell(held_down, {"findings held down or revoked", "参考情報・取り消し済みの検出"});
    tell(list.held_down(), {"on a warninglist", "警告リストにあるもの"});
    tell(list.reserved(),
         {"private, reserved or far too wide", "プライベート・予約済み、または広すぎるもの"});
    tell(list.not_of_form(), {"that this format cannot say", "この形式では表せないもの"});
    return list.text(shared_.taken);
  }

  void tell(std::uint64_t count, const Bilingual& what) const {
    if (count == 0) return;
    say({fmt::format("  left out: {} {}", grouped(count), what.en),
         fmt::format("  除外: {} {} 件", what.ja, grouped(count))});
  }

  void tell_left_out() {
    tell(shared_.below, {"findings less grave than asked for (--severity)",
                         "指定 (--severity) より重大度の低い検出"});
    tell(shared_.not_ours, {"findings of checks that no indicator stands behind",
                            "インジケータによらない検査の検出"});
    tell(shared_.identifying, {"that would tell whose host it is", "被害者を特定しうるもの"});
    if (shared_.no_value == 0) return;
    whole_ = false;
    tell(shared_.no_value,
         {"findings of a bundle whose version did not keep the values; match it again with "
          "--indicators",
          "値を残さない版のバンドルの検出 (--indicators で照合し直してください)"});
  }

  const Arguments& arguments_;
  ExportSettings settings_;
  const Unlocker& unlocker_;
  Language language_;
  MatchArms arms_;
  WarningSet warnings_;
  SharedFindings shared_;
  bool whole_ = true;
};

}  // namespace

bool is_findings_format(std::string_view format) {
  return std::find(kFormats.begin(), kFormats.end(), format) != kFormats.end();
}

std::vector<OptionSpec> findings_export_options() {
  return {
      {"indicators",
       "PATH",
       {"match the bundle against these first, as konseki match\ndoes, instead of taking its own "
        "findings",
        "バンドル内の検出の代わりに、これらと照合し直した結果を\n使う (konseki match と同じ)"},
       true},
      {"not-seen",
       "",
       {"stix: also what was looked for and not seen (count 0);\nneeds --indicators",
        "stix: 探したが見つからなかったもの (count 0) も出力\n(--indicators が必要)"}},
      {"anonymous",
       "",
       {"stix, misp: without host, users, paths and anything\nelse of the victim",
        "stix・misp: ホスト名、利用者、パスなど被害者に関わる\n情報を除く"}},
      {"organization",
       "NAME",
       {"stix, misp: who shares (default: not named)",
        "stix・misp: 共有する組織の名前 "
        "(既定: 名乗らない)"}},
      {"tlp",
       "LEVEL",
       {"at least this marking: clear, green, amber (default),\namber+strict or red",
        "最低限の取扱区分: clear、green、amber (既定)、\namber+strict、red"}},
      {"severity",
       "LEVEL",
       {"nothing less grave (default: low)", "この重大度未満は出力しない (既定: low)"}},
      {"all",
       "",
       {"block lists: every value of --indicators, seen or not",
        "遮断リスト: 見つかったかどうかによらず --indicators の\n値すべて"}},
      {"kind",
       "KIND",
       {"block lists: only domain-name, ip-address, url, …",
        "遮断リスト: domain-name、ip-address、url など種類を限る"},
       true},
      {"quiet,q", "", {"no progress", "進捗を表示しない"}},
  };
}

Result<int> export_findings(const Arguments& arguments, const Unlocker& unlocker,
                            Language language) {
  auto settings = read_settings(arguments);
  if (!settings) return refuse_usage(settings.error(), language);
  return FindingsExport(arguments, *std::move(settings), unlocker, language).run();
}

}  // namespace konseki
