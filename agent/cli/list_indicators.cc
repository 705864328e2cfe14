#include "agent/cli/list_indicators.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "agent/base/json_writer.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/feed_files.h"
#include "agent/cli/indicator_files.h"
#include "agent/cli/run_verb.h"
#include "agent/match/indicators/feed_reader.h"
#include "agent/match/indicators/index_contents.h"
#include "agent/match/indicators/indicator_sink.h"
#include "agent/match/indicators/input_problem.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

// Rejects of one file that are kept; the rest are counted, and said to be.
constexpr std::size_t kMostRejects = 10'000;

struct FileCount {
  std::uint64_t indicators = 0;
  std::map<std::string, std::uint64_t, std::less<>> types;  // atoms by type, "pattern", "yara"
  std::uint64_t rejected = 0;
  std::vector<InputProblem> rejects;
  // Of compiled ones: the feeds that they were made of, and how many each gave.
  std::map<std::string, std::uint64_t> sources;
  std::uint64_t warninglists = 0;
  std::uint64_t warninglist_entries = 0;
};

// "compiled" for indicators that konseki indicators compile made, else the feed's format.
std::string_view format_name(const FeedReport& report, bool is_compiled) {
  return is_compiled ? "compiled" : feed_format_name(report.format);
}

// What a compiled index holds, and what was left out when it was made.
Result<FileCount> count_index(const std::string& path, FeedReport& report) {
  KONSEKI_ASSIGN(const auto index, IndicatorIndex::open(path));
  FileCount out;
  KONSEKI_TRY(each_indicator(*index, [&](IndicatorInfo&& info, std::vector<Observable>&& listed) {
    ++out.indicators;
    ++out.sources[info.file];
    for (const Observable& each : listed) {
      ++out.types[each.type == "stix-pattern" ? "pattern" : each.type];
    }
  }));
  KONSEKI_ASSIGN(auto refused, index->refused());
  out.rejected = index->summary().refused;
  for (InputProblem& each : refused) {
    if (out.rejects.size() >= kMostRejects) break;
    if (!each.detail.empty() && !each.file.empty()) each.detail = each.file + ": " + each.detail;
    out.rejects.push_back(std::move(each));
  }
  KONSEKI_ASSIGN(const auto warninglists, index->warninglists());
  out.warninglists = warninglists.size();
  for (const Warninglist& list : warninglists) out.warninglist_entries += list.values.size();
  if (const std::uint64_t older = index->summary().superseded; older > 0) {
    report.superseded = older;
    report.notes.push_back({fmt::format("{} older versions were left out", older),
                            fmt::format("古い版 {} 件を除外済み", older)});
  }
  if (out.warninglists > 0) {
    report.notes.push_back(
        {fmt::format("{} warninglists ({} entries)", out.warninglists, out.warninglist_entries),
         fmt::format("警告リスト {} (項目 {} 件)", out.warninglists, out.warninglist_entries)});
  }
  return out;
}

class CountingSink : public IndicatorSink {
 public:
  void take(IndicatorInfo info, std::vector<Atom> atoms) override {
    FileCount& file = count(info);
    for (const Atom& atom : atoms) ++file.types[std::string(atom_type_name(atom.type))];
  }
  void take(IndicatorInfo info, stix::Pattern) override { ++count(info).types["pattern"]; }
  void take_yara(IndicatorInfo info, std::string) override { ++count(info).types["yara"]; }
  void refuse(IndicatorInfo info, std::string detail, Bilingual reason) override {
    FileCount& file = files_[info.file];
    ++file.rejected;
    if (file.rejects.size() >= kMostRejects) return;
    file.rejects.push_back(
        {{}, std::move(info.id), std::move(info.name), std::move(detail), std::move(reason)});
  }

  const FileCount& of(const std::string& file) { return files_[file]; }
  void set(const std::string& file, FileCount count) { files_[file] = std::move(count); }

 private:
  FileCount& count(const IndicatorInfo& info) {
    FileCount& file = files_[info.file];
    ++file.indicators;
    return file;
  }

  std::map<std::string, FileCount> files_;
};

std::string types_text(const FileCount& count) {
  std::string out;
  for (const auto& [type, number] : count.types) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", type, number);
  }
  return out.empty() ? out : " (" + out + ")";
}

void put_reject(std::string& out, const InputProblem& reject, Language language) {
  std::string what;
  for (const std::string* part : {&reject.id, &reject.name, &reject.detail}) {
    if (part->empty()) continue;
    if (!what.empty()) what += part == &reject.name ? " " : ": ";
    what += part == &reject.name ? "\"" + shortened_to(visible_text(*part), 60) + "\""
                                 : visible_text(*part);
  }
  out += fmt::format("    - {}{}{}\n", what, what.empty() ? "" : ": ",
                     visible_text(reject.reason.in(language)));
}

void put_file(std::string& out, const FeedReport& report, const FileCount& count,
              Language language) {
  const bool japanese = language == Language::kJapanese;
  out += visible_text(report.file) + "\n";
  const std::string encoding = report.encoding.empty() ? "" : ", " + report.encoding;
  out += fmt::format(
      fmt::runtime(japanese ? "    {}{}: インジケータ {} 件{}" : "    {}{}: {} indicators{}"),
      format_name(report, !count.sources.empty()), encoding, count.indicators, types_text(count));
  if (report.not_detection > 0) {
    out += fmt::format(
        fmt::runtime(japanese ? "、検知用でないもの {} 件" : "; {} not meant for detection"),
        report.not_detection);
  }
  if (count.rejected > 0) {
    out += fmt::format(fmt::runtime(japanese ? "、不採用 {} 件" : "; {} rejected"), count.rejected);
  }
  out += '\n';
  for (const auto& [source, number] : count.sources) {
    out += fmt::format(fmt::runtime(japanese ? "    < {}: {} 件\n" : "    < {}: {}\n"),
                       source.empty() ? "-" : visible_text(source), number);
  }
  for (const Bilingual& note : report.notes) {
    out += fmt::format("    * {}\n", note.in(language));
  }
  if (report.error) {
    out += fmt::format("    ! {}\n", visible_text(report.error->describe(language)));
  }
  for (const InputProblem& reject : count.rejects) put_reject(out, reject, language);
  if (count.rejected > count.rejects.size()) {
    out += fmt::format(fmt::runtime(japanese ? "    - ほか {} 件\n" : "    - and {} more\n"),
                       count.rejected - count.rejects.size());
  }
}

void json_count(JsonWriter& json, const FileCount& count) {
  json.field("indicators", count.indicators);
  json.key("types");
  json.begin_object();
  for (const auto& [type, number] : count.types) json.field(type, number);
  json.end_object();
  json.field("rejected", count.rejected);
}

void json_file(JsonWriter& json, const FeedReport& report, const FileCount& count) {
  json.begin_object();
  json.field("file", report.file);
  json.field("format", format_name(report, !count.sources.empty()));
  json.field("encoding", report.encoding);
  json_count(json, count);
  if (!count.sources.empty()) {
    json.key("sources");
    json.begin_array();
    for (const auto& [source, number] : count.sources) {
      json.begin_object();
      json.field("file", source);
      json.field("indicators", number);
      json.end_object();
    }
    json.end_array();
  }
  json.field("not_for_detection", report.not_detection);
  json.field("superseded", report.superseded);
  json.key("notes");
  json.begin_array();
  for (const Bilingual& note : report.notes) {
    json.begin_object();
    json.field("en", note.en);
    json.field("ja", note.ja);
    json.end_object();
  }
  json.end_array();
  if (report.error) {
    json.key("error");
    json.begin_object();
    json.field("code", error_code_name(report.error->code));
    json.field("detail", report.error->detail);
    json.field("en", report.error->describe(Language::kEnglish));
    json.field("ja", report.error->describe(Language::kJapanese));
    json.end_object();
  }
  json.key("rejects");
  json.begin_array();
  for (const InputProblem& reject : count.rejects) {
    json.begin_object();
    if (!reject.id.empty()) json.field("id", reject.id);
    if (!reject.name.empty()) json.field("name", reject.name);
    json.field("detail", reject.detail);
    json.field("reason_en", reject.reason.en);
    json.field("reason_ja", reject.reason.ja);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace

Result<int> list_indicators(const Arguments& arguments, Language language) {
  const std::vector<std::string> paths(arguments.positional().begin() + 1,
                                       arguments.positional().end());
  if (paths.empty()) {
    return refuse_usage({ErrorCode::kInvalidArgument,
                         "list indicators",
                         {"Name a file or folder of indicators.",
                          "インジケータのファイルまたはフォルダーを指定してください。"}},
                        language);
  }
  KONSEKI_ASSIGN(auto inputs, feed_inputs(paths));
  const auto compiled = std::stable_partition(
      inputs.begin(), inputs.end(), [](const FeedInput& each) { return !is_index(each); });
  CountingSink sink;
  std::vector<Warninglist> warninglists;
  auto reports = read_feeds({inputs.begin(), compiled}, {}, sink, warninglists);
  for (auto input = compiled; input != inputs.end(); ++input) {
    FeedReport& report = reports.emplace_back();
    report.file = input->name;
    auto count = count_index(input->name, report);
    if (count) {
      sink.set(report.file, *std::move(count));
    } else {
      report.error = count.error();
    }
  }
  FileCount total;
  std::uint64_t unusable = 0;
  for (const FeedReport& report : reports) {
    const FileCount& count = sink.of(report.file);
    total.indicators += count.indicators;
    total.rejected += count.rejected;
    for (const auto& [type, number] : count.types) total.types[type] += number;
    total.warninglists += count.warninglists;
    total.warninglist_entries += count.warninglist_entries;
    if (report.error) ++unusable;
  }
  total.warninglists += warninglists.size();
  for (const Warninglist& each : warninglists) total.warninglist_entries += each.values.size();
  std::string out;
  if (arguments.has("json")) {
    JsonWriter json(out);
    json.begin_object();
    json.key("files");
    json.begin_array();
    for (const FeedReport& report : reports) json_file(json, report, sink.of(report.file));
    json.end_array();
    json.key("total");
    json.begin_object();
    json.field("files", std::uint64_t{reports.size()});
    json.field("files_with_errors", unusable);
    json_count(json, total);
    json.field("warninglists", total.warninglists);
    json.field("warninglist_entries", total.warninglist_entries);
    json.end_object();
    json.end_object();
    out += '\n';
  } else {
    for (const FeedReport& report : reports) {
      put_file(out, report, sink.of(report.file), language);
    }
    const bool japanese = language == Language::kJapanese;
    out += fmt::format(
        fmt::runtime(japanese
                         ? "合計: {} ファイル (問題あり {})、インジケータ {} 件{}、不採用 {} 件、"
                           "警告リスト {} (項目 {} 件)\n"
                         : "Total: {} files ({} with errors), {} indicators{}, {} rejected, "
                           "{} warninglists ({} entries)\n"),
        reports.size(), unusable, total.indicators, types_text(total), total.rejected,
        total.warninglists, total.warninglist_entries);
  }
  print_result(out);
  return unusable > 0 || total.rejected > 0 ? kExitWithGaps : kExitComplete;
}

}  // namespace konseki
