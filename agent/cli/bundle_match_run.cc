#include "agent/cli/bundle_match_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/parse_timestamp.h"
#include "agent/cli/bundle_file.h"
#include "agent/report/bundle_lines.h"
#include "agent/report/finding_text.h"
#include "agent/report/match_facts.h"
#include "agent/report/number_text.h"
#include "agent/report/visible_text.h"
#include "agent/source/open_source.h"
#include "collectors/collector_list.h"
#include "collectors/linux/dpkg/package_database.h"
#include "konseki/artifact.h"

namespace konseki {
namespace {

constexpr std::size_t kMostShown = 100;
constexpr std::size_t kShownWitnesses = 5;
constexpr std::size_t kShownGaps = 10;

std::optional<PackageDatabase> load_packages(Source& source) {
  std::vector<FileSystem*> volumes;
  for (const auto& file_system : source.file_systems()) volumes.push_back(file_system.get());
  auto packages = PackageDatabase::load(volumes);
  if (!packages) return std::nullopt;
  return *std::move(packages);
}

// When a live host was looked at; nothing for evidence whose own time nobody wrote down.
std::optional<Timestamp> collected_at(BundleReader& bundle) {
  const auto text = member_text(bundle, "konseki/run.json");
  if (!text) return std::nullopt;
  const JsonView run = json_view(*text);
  if (run["source"]["kind"].plain() != "live") return std::nullopt;
  return parse_timestamp(run["started"].plain());
}

std::string host_name(const BundleMatchResult& result) {
  return result.host.hostname.empty() ? result.bundle : result.host.hostname;
}

// The facts as a report would read them from the manifest, so that there is one way to word them.
MatchFacts facts_of(const MatchSummary& summary) {
  std::string text;
  JsonWriter json(text);
  write_match_summary(json, summary);
  return read_match_facts(json_view(text));
}

std::vector<Bilingual> note_sentences(const BundleMatchNotes& notes) {
  std::vector<Bilingual> out;
  if (notes.damaged_rows > 0) {
    const std::string count = grouped(notes.damaged_rows);
    out.push_back({count + " damaged lines were passed over", "破損した行 " + count + " 件を省略"});
  }
  for (const std::string& family : notes.unknown_families) {
    out.push_back(
        {"Records of a kind that this version does not know, matched field by field: " + family,
         "この版が知らない種類のレコード (項目ごとに照合済み): " + family});
  }
  for (const auto& [family, fields] : notes.unknown_fields) {
    out.push_back({fmt::format("{}: {} fields that this version does not know", family, fields),
                   fmt::format("{}: この版が知らない項目 {} 個", family, fields)});
  }
  for (const std::string& problem : notes.problems) {
    out.push_back({"The bundle is damaged: " + problem, "バンドルの破損: " + problem});
  }
  return out;
}

}  // namespace

bool BundleMatchResult::whole() const {
  return summary.gaps == 0 && notes.damaged_rows == 0 && notes.problems.empty();
}

Result<BundleMatchResult> match_bundle_file(const std::string& path, const Unlocker& unlocker,
                                            const MatchArms& arms, unsigned workers,
                                            Observer& observer, std::stop_token stop) {
  KONSEKI_ASSIGN(const auto bundle, open_bundle_file(path, unlocker));
  KONSEKI_ASSIGN(const auto stage, arms.stage(collected_at(*bundle)));
  if (!stage->active()) {
    return fail(ErrorCode::kInvalidArgument, "match",
                {"There is nothing to look for: name indicators with --indicators or rules with "
                 "--rules.",
                 "照合するものがありません。--indicators でインジケータを、--rules でルールを"
                 "指定してください。"});
  }
  OpenOptions options;
  options.unlock = [&](std::unique_ptr<ByteReader> file) {
    return unlocker.unlock(std::move(file));
  };
  KONSEKI_ASSIGN(const auto source, open_source(path, options));
  const KnowledgeBase knowledge = build_knowledge_base(*source);
  const std::optional<PackageDatabase> packages = load_packages(*source);
  const auto schemas = all_record_schemas();

  BundleMatchResult result;
  result.bundle = base_name(path);
  result.host = knowledge.host;
  BundleMatchRequest request;
  request.context = {knowledge.host, knowledge.variables, result.bundle};
  request.limits.workers = workers;
  request.record_families = record_schemas(*bundle);
  request.schemas = schemas;
  result.notes = match_bundle({*bundle, *source, packages ? &*packages : nullptr, *stage, observer},
                              request, std::move(stop));
  result.summary = stage->summary();
  result.findings.assign(stage->findings().begin(), stage->findings().end());
  for (const auto& [where, error] : stage->gaps()) result.gaps.emplace_back(where.first, error);
  return result;
}

std::string bundle_match_text(const BundleMatchResult& result, Language language) {
  const bool japanese = language == Language::kJapanese;
  std::string out;
  const std::size_t shown = std::min(kMostShown, result.findings.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string row = finding_json(result.findings[i]);
    for (const std::string& line :
         finding_lines(read_finding(json_view(row)), language, kShownWitnesses)) {
      out += line + '\n';
    }
    out += '\n';
  }
  if (shown < result.findings.size()) {
    const std::string more = grouped(result.findings.size() - shown);
    out += japanese ? "ほか " + more + " 件 (-o FILE または --json で全件)\n\n"
                    : "and " + more + " more (-o FILE or --json gives all)\n\n";
  }
  const auto line = [&](std::string_view indent, const Bilingual& text) {
    out += indent;
    out += visible_text(text.in(language)) + '\n';
  };
  const MatchFacts facts = facts_of(result.summary);
  line("", match_line(host_name(result), facts));
  line("  ", {"Bundle: " + result.bundle, "バンドル: " + result.bundle});
  for (const Bilingual& detail : match_details(facts)) line("  ", detail);
  for (const Bilingual& note : note_sentences(result.notes)) line("  ", note);
  for (std::size_t i = 0; i < std::min(kShownGaps, result.gaps.size()); ++i) {
    const auto& [path, error] = result.gaps[i];
    line("    ", {path + ": " + error.describe(Language::kEnglish),
                  path + ": " + error.describe(Language::kJapanese)});
  }
  if (result.gaps.size() > kShownGaps) {
    line("    ", {"... (--json lists all)", "... (--json で全件)"});
  }
  return out;
}

void write_bundle_match(JsonWriter& json, const BundleMatchResult& result) {
  json.begin_object();
  json.field("bundle", std::string_view(result.bundle));
  json.field("hostname", std::string_view(result.host.hostname));
  json.field("host_id", std::string_view(result.host.host_id));
  json.key("matching");
  write_match_summary(json, result.summary);
  json.key("gaps");
  json.begin_array();
  for (const auto& [path, error] : result.gaps) {
    json.begin_object();
    json.field("path", std::string_view(path));
    json.field("code", error_code_name(error.code));
    json.field("detail", std::string_view(error.detail));
    json.end_object();
  }
  json.end_array();
  json.field("damaged_rows", result.notes.damaged_rows);
  json.key("notes_en");
  json.begin_array();
  for (const Bilingual& note : note_sentences(result.notes)) json.text(note.en);
  json.end_array();
  json.key("notes_ja");
  json.begin_array();
  for (const Bilingual& note : note_sentences(result.notes)) json.text(note.ja);
  json.end_array();
  json.end_object();
}

}  // namespace konseki
