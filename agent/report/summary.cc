#include "agent/report/summary.h"

#include <algorithm>

#include "agent/base/digest.h"
#include "agent/base/file_row_view.h"
#include "agent/report/bundle_lines.h"
#include "agent/report/event_times.h"
#include "agent/report/run_facts.h"
#include "agent/report/signature_facts.h"
#include "agent/report/time_text.h"

namespace konseki {
namespace {

constexpr Timestamp kEarliestPlausible{631'152'000, 0};  // 1990-01-01
constexpr std::int64_t kDay = 86'400;

// Takes the parts of a bundle one after another; one instance a summary.
class Summariser {
 public:
  Summariser(BundleReader& bundle, std::span<const RecordSchema* const> schemas,
             const SummaryLimits& limits, BundleSummary& summary)
      : bundle_(bundle), schemas_(schemas), limits_(limits), summary_(summary) {}

  Result<void> read_frame();
  void read_files();
  void read_records();
  void read_findings();
  void read_gaps();

 private:
  void each_text(std::string_view stream, const std::function<bool(std::string_view)>& add);
  void each(std::string_view stream, const std::function<void(JsonView)>& row);
  void add_file(const FileRowView& row);
  void add_artifacts(const FileRowView& row, const ArtifactCount& count);
  void add_missed(const FileRowView& row, bool failed);
  void add_finding(JsonView row);
  bool is_unreadable_volume(std::string_view name) const;
  void add_time(Period& period, const Timestamp& time);

  BundleReader& bundle_;
  SchemaTable schemas_;
  SummaryLimits limits_;
  BundleSummary& summary_;
  std::optional<Timestamp> latest_plausible_;
  std::optional<ChartBuilder> chart_;
  std::map<std::pair<std::string, bool>, ReasonCount> reasons_;
};

Result<void> Summariser::read_frame() {
  auto run_text = member_text(bundle_, "konseki/run.json");
  if (!run_text && run_text.error().code != ErrorCode::kNotFound) {
    return fail(std::move(run_text).error());
  }
  const JsonView run = run_text ? json_view(*run_text) : JsonView{};
  if (run.kind != JsonKind::kObject) {
    return fail(ErrorCode::kCorrupt, "konseki/run.json: missing or damaged",
                {"This is not a Konseki bundle, or its very beginning is lost.",
                 "Konseki のバンドルではないか、先頭部分が失われています。"});
  }
  read_run(run, summary_);
  summary_.sealed = bundle_.sealed();
  if (auto manifest = manifest_facts(bundle_)) {
    summary_.manifest_digest = manifest->digest;
    summary_.signature = signature_facts(bundle_, run, *manifest);
    read_trailer(json_view(manifest->run), summary_);
  } else if (manifest.error().code != ErrorCode::kNotFound) {
    summary_.problems.push_back(manifest.error().detail);
  }
  const auto& end = summary_.run.ended ? summary_.run.ended : summary_.run.started;
  if (end) latest_plausible_ = Timestamp{end->seconds + kDay, 0};
  chart_.emplace(end.value_or(Timestamp{}));
  return {};
}

// `add` answers false for a line that is damaged.
void Summariser::each_text(std::string_view stream,
                           const std::function<bool(std::string_view)>& add) {
  auto done = each_line(bundle_, stream, [&](std::string_view text) -> Result<void> {
    if (!add(text)) ++summary_.damaged_rows;
    return {};
  });
  if (!done) {
    summary_.problems.push_back("konseki/" + std::string(stream) +
                                ".jsonl: " + done.error().detail);
  }
}

void Summariser::each(std::string_view stream, const std::function<void(JsonView)>& row) {
  each_text(stream, [&](std::string_view text) {
    const JsonView line = json_view(text);
    if (line.kind != JsonKind::kObject) return false;
    row(line);
    return true;
  });
}

void Summariser::add_time(Period& period, const Timestamp& time) {
  if (time < kEarliestPlausible || (latest_plausible_ && time > *latest_plausible_)) {
    ++summary_.implausible_times;
  } else {
    period.add(time);
  }
}

void Summariser::add_artifacts(const FileRowView& row, const ArtifactCount& count) {
  for (JsonItems names(row[FileField::kArtifacts]); names.next();) {
    const std::string name = names.value().text();
    if (name == kEscalationArtifact) {
      summary_.files.escalated += count.collected;
      summary_.files.escalated_bytes += count.bytes;
    }
    ArtifactCount& total = summary_.artifacts[name];
    total.collected += count.collected;
    total.skipped += count.skipped;
    total.failed += count.failed;
    total.listed += count.listed;
    total.bytes += count.bytes;
  }
}

void Summariser::add_missed(const FileRowView& row, bool failed) {
  const std::uint64_t size = row[FileField::kSize].unsigned_number();
  std::string reason = row[FileField::kReason].text();
  ReasonCount& count = reasons_[{reason, failed}];
  count.reason = reason;
  count.failed = failed;
  ++count.files;
  count.bytes += size;
  ++summary_.missed_total;
  if (summary_.missed.size() >= limits_.missed) return;
  summary_.missed.push_back(
      {row.name(), std::move(reason), row[FileField::kDetail].text(), size, failed});
}

void Summariser::add_file(const FileRowView& row) {
  const std::string_view status = row[FileField::kStatus].plain();
  const std::uint64_t size = row[FileField::kSize].unsigned_number();
  FileCounts& counts = summary_.files;
  ArtifactCount artifact;
  if (status == "collected" || status == "linked") {
    ++(status == "linked" ? counts.linked : counts.collected);
    counts.bytes += size;
    if (row[FileField::kPadded]) ++counts.padded;
    artifact.collected = 1;
    artifact.bytes = size;
  } else if (status == "listed") {
    ++counts.listed;
    artifact.listed = 1;
  } else if (status == "skipped") {
    ++counts.skipped;
    artifact.skipped = 1;
    add_missed(row, false);
  } else if (status == "failed") {
    ++counts.failed;
    artifact.failed = 1;
    add_missed(row, true);
  } else {
    ++counts.other;
  }
  if (row[FileField::kArtifacts]) add_artifacts(row, artifact);
  if (row.repeats()) return;
  for (const FileTimeKind& kind : file_time_kinds()) {
    if (const auto time = parse_timestamp(row[kind.field].plain())) {
      add_time(summary_.file_period, *time);
      chart_->add_file_time(kind.field, *time);
    }
  }
}

void Summariser::read_files() {
  each_text("files", [&](std::string_view text) {
    const FileRowView row = file_row_view(text);
    if (!row.whole) return false;
    add_file(row);
    return true;
  });
  for (auto& [key, count] : reasons_) summary_.files.reasons.push_back(std::move(count));
  std::stable_sort(summary_.files.reasons.begin(), summary_.files.reasons.end(),
                   [](const ReasonCount& a, const ReasonCount& b) { return a.files > b.files; });
}

void Summariser::read_records() {
  for (const std::string& name : record_schemas(bundle_)) {
    SchemaCount count;
    count.schema = name;
    const RecordSchema* schema = schemas_.find(name);
    chart_->begin_schema(name);
    each("records/" + name, [&](JsonView line) {
      ++count.records;
      const std::string_view status = line["status"].plain();
      if (status == "partial" || status == "corrupt") ++count.damaged;
      for_each_event_time(line, schema, [&](const EventTime& event) {
        add_time(count.period, event.time);
        chart_->add_record_time(event.time);
      });
    });
    chart_->end_schema();
    summary_.record_period.add(count.period);
    summary_.records.push_back(std::move(count));
  }
  summary_.chart = chart_->take();
}

void Summariser::add_finding(JsonView row) {
  const Rating severity = rating_of(row["severity"].plain());
  ++summary_.findings[static_cast<std::size_t>(severity)];
  auto& top = summary_.top_findings;
  const bool full = top.size() >= limits_.findings;
  if (limits_.findings == 0 || (full && top.back().severity < severity)) return;
  FindingSummary finding = read_finding(row);
  const auto worse = [](const FindingSummary& a, const FindingSummary& b) {
    return a.severity != b.severity ? a.severity < b.severity : a.score > b.score;
  };
  top.insert(std::upper_bound(top.begin(), top.end(), finding, worse), std::move(finding));
  if (top.size() > limits_.findings) top.pop_back();
}

void Summariser::read_findings() {
  each("findings", [&](JsonView line) { add_finding(line); });
}

bool Summariser::is_unreadable_volume(std::string_view name) const {
  const auto named = [&](const UnreadableVolume& volume) { return volume.name == name; };
  return std::any_of(summary_.unreadable.begin(), summary_.unreadable.end(), named);
}

void Summariser::read_gaps() {
  each("audit", [&](JsonView line) {
    if (line["event"].plain() != "gap") return;
    const JsonView details = line["details"];
    const std::string path = details["path"].text();
    if (is_unreadable_volume(path)) return;
    ++summary_.gaps_total;
    if (summary_.gaps.size() >= limits_.gaps) return;
    summary_.gaps.push_back({path,
                             details["code"].text(),
                             details["detail"].text(),
                             {details["advice_en"].text(), details["advice_ja"].text()}});
  });
}

}  // namespace

void Period::add(const Timestamp& time) {
  if (!earliest || time < *earliest) earliest = time;
  if (!latest || time > *latest) latest = time;
}

void Period::add(const Period& other) {
  if (other.earliest) add(*other.earliest);
  if (other.latest) add(*other.latest);
}

std::uint64_t BundleSummary::records_total() const {
  std::uint64_t total = 0;
  for (const SchemaCount& count : records) total += count.records;
  return total;
}

std::uint64_t BundleSummary::findings_total() const {
  std::uint64_t total = 0;
  for (std::uint64_t count : findings) total += count;
  return total;
}

std::optional<std::int64_t> BundleSummary::clock_ahead_microseconds() const {
  if (!clock_start.now || !clock_start.reference) return std::nullopt;
  return unix_microseconds(*clock_start.now) - unix_microseconds(*clock_start.reference);
}

std::optional<std::int64_t> BundleSummary::clock_step_microseconds() const {
  if (!clock_start.boot || !clock_end.boot) return std::nullopt;
  return unix_microseconds(*clock_end.boot) - unix_microseconds(*clock_start.boot);
}

Result<BundleSummary> summarise(BundleReader& bundle, std::span<const RecordSchema* const> schemas,
                                const SummaryLimits& limits) {
  BundleSummary summary;
  Summariser summariser(bundle, schemas, limits, summary);
  KONSEKI_TRY(summariser.read_frame());
  summariser.read_files();
  summariser.read_records();
  summariser.read_findings();
  summariser.read_gaps();
  return summary;
}

std::vector<std::string> digest_lines(const Sha256& digest) {
  const std::string hex = to_hex(digest);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < hex.size(); at += 4) {
    if (at % 16 == 0) {
      lines.emplace_back();
    } else {
      lines.back() += ' ';
    }
    lines.back() += hex.substr(at, 4);
  }
  return lines;
}

}  // namespace konseki
