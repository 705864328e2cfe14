#include "agent/base/digest.h"
#include "agent/base/json_writer.h"
#include "agent/report/info_text.h"

namespace konseki {
namespace {

void text(JsonWriter& json, std::string_view key, std::string_view value) {
  if (!value.empty()) json.field(key, value);
}

template <class T>
void known(JsonWriter& json, std::string_view key, const std::optional<T>& value) {
  if (value) json.field(key, *value);
}

void write_period(JsonWriter& json, std::string_view key, const Period& period) {
  if (!period.earliest) return;
  json.key(key);
  json.begin_object();
  json.field("from", *period.earliest);
  json.field("to", *period.latest);
  json.end_object();
}

void write_case(JsonWriter& json, const CustodyFields& custody) {
  json.key("case");
  json.begin_object();
  text(json, "case_id", custody.case_id);
  text(json, "evidence_id", custody.evidence_id);
  text(json, "operator", custody.operator_name);
  text(json, "witness", custody.witness);
  text(json, "authority", custody.authority);
  text(json, "place", custody.place);
  text(json, "purpose", custody.purpose);
  text(json, "notes", custody.notes);
  json.end_object();
}

void write_run(JsonWriter& json, const BundleSummary& summary) {
  const RunFacts& run = summary.run;
  text(json, "tool", run.tool);
  text(json, "version", run.version);
  text(json, "executable_sha256", run.executable_sha256);
  text(json, "run_id", run.run_id);
  text(json, "profile", run.profile);
  json.key("arguments");
  json.begin_array();
  for (const std::string& argument : run.arguments) json.text(argument);
  json.end_array();
  known(json, "started", run.started);
  known(json, "ended", run.ended);
  known(json, "privileged", run.privileged);
  known(json, "interrupted", run.interrupted);
  known(json, "exit_code", run.exit_code);
  json.field("sealed", summary.sealed);
  known(json, "clock_ahead_microseconds", summary.clock_ahead_microseconds());
  known(json, "clock_step_microseconds", summary.clock_step_microseconds());
}

void write_host(JsonWriter& json, const BundleSummary& summary) {
  const HostSummary& host = summary.host;
  json.key("host");
  json.begin_object();
  text(json, "os", host.os);
  text(json, "host_id", host.host_id);
  text(json, "hostname", host.hostname);
  text(json, "os_name", host.os_name);
  text(json, "os_version", host.os_version);
  text(json, "kernel", host.kernel);
  text(json, "time_zone", host.time_zone);
  text(json, "domain", host.domain);
  json.field("users", host.users);
  json.end_object();
  json.key("source");
  json.begin_object();
  text(json, "kind", summary.source_kind);
  text(json, "location", summary.source.location);
  text(json, "format", summary.source.format);
  json.field("size", summary.source.size);
  json.end_object();
}

void write_volumes(JsonWriter& json, const BundleSummary& summary) {
  json.key("volumes");
  json.begin_array();
  for (const VolumeSummary& volume : summary.volumes) {
    json.begin_object();
    json.field("mount", std::string_view(volume.mount));
    text(json, "type", volume.type);
    text(json, "label", volume.label);
    text(json, "serial", volume.serial);
    json.field("offset", volume.offset);
    json.field("size", volume.size);
    json.end_object();
  }
  json.end_array();
  json.key("unreadable");
  json.begin_array();
  for (const UnreadableVolume& volume : summary.unreadable) {
    json.begin_object();
    text(json, "name", volume.name);
    text(json, "type", volume.type);
    json.field("offset", volume.offset);
    json.field("size", volume.size);
    text(json, "detail", volume.detail);
    text(json, "advice_en", volume.advice.en);
    text(json, "advice_ja", volume.advice.ja);
    json.end_object();
  }
  json.end_array();
}

void write_files(JsonWriter& json, const FileCounts& files) {
  json.key("files");
  json.begin_object();
  json.field("collected", files.collected);
  json.field("linked", files.linked);
  json.field("listed", files.listed);
  json.field("skipped", files.skipped);
  json.field("failed", files.failed);
  json.field("padded", files.padded);
  json.field("bytes", files.bytes);
  json.field("escalated", files.escalated);
  json.field("escalated_bytes", files.escalated_bytes);
  json.key("reasons");
  json.begin_array();
  for (const ReasonCount& count : files.reasons) {
    json.begin_object();
    json.field("status", count.failed ? "failed" : "skipped");
    json.field("reason", std::string_view(count.reason));
    json.field("files", count.files);
    json.field("bytes", count.bytes);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_records(JsonWriter& json, const BundleSummary& summary) {
  json.key("records");
  json.begin_array();
  for (const SchemaCount& count : summary.records) {
    json.begin_object();
    json.field("schema", std::string_view(count.schema));
    json.field("records", count.records);
    json.field("damaged", count.damaged);
    write_period(json, "period", count.period);
    json.end_object();
  }
  json.end_array();
  write_period(json, "record_period", summary.record_period);
  write_period(json, "file_period", summary.file_period);
  json.field("implausible_times", summary.implausible_times);
}

void write_findings(JsonWriter& json, const BundleSummary& summary) {
  json.key("findings");
  json.begin_object();
  for (std::size_t i = 0; i < kRatings; ++i) {
    json.field(rating_name(static_cast<Rating>(i)), summary.findings[i]);
  }
  json.end_object();
  json.key("top_findings");
  json.begin_array();
  for (const FindingSummary& finding : summary.top_findings) {
    json.begin_object();
    json.field("severity", rating_name(finding.severity));
    json.key("score");
    json.number(finding.score);
    text(json, "matcher", finding.matcher);
    text(json, "rule", finding.rule);
    text(json, "title", finding.title);
    text(json, "origin", finding.origin);
    text(json, "technique", finding.technique);
    text(json, "path", finding.path);
    text(json, "reason_en", finding.reason.en);
    text(json, "reason_ja", finding.reason.ja);
    known(json, "first_seen", finding.first_seen);
    known(json, "last_seen", finding.last_seen);
    json.field("count", finding.count);
    json.end_object();
  }
  json.end_array();
}

void write_counts(JsonWriter& json, std::string_view key, const std::vector<NamedCount>& counts) {
  json.key(key);
  json.begin_array();
  for (const NamedCount& each : counts) {
    json.begin_object();
    json.field("name", std::string_view(each.name));
    json.field("count", each.count);
    json.end_object();
  }
  json.end_array();
}

void write_matching(JsonWriter& json, const MatchFacts& facts) {
  json.key("matching");
  json.begin_object();
  json.field("indicators", facts.indicators());
  json.field("rules", facts.rules());
  json.field("files", facts.files);
  json.field("contents", facts.contents);
  json.field("records", facts.records);
  json.field("could_not", facts.could_not());
  write_counts(json, "not_read", facts.not_read);
  json.key("matchers");
  json.begin_array();
  for (const MatcherFacts& each : facts.matchers) {
    json.begin_object();
    json.field("matcher", std::string_view(each.matcher));
    write_counts(json, "loaded", each.loaded);
    write_counts(json, "looked_at", each.looked_at);
    write_counts(json, "not_looked_at", each.not_looked_at);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_gaps(JsonWriter& json, const BundleSummary& summary) {
  json.field("missed_total", summary.missed_total);
  json.field("gaps_total", summary.gaps_total);
  json.key("gaps");
  json.begin_array();
  for (const Gap& gap : summary.gaps) {
    json.begin_object();
    text(json, "path", gap.path);
    text(json, "code", gap.code);
    text(json, "detail", gap.detail);
    json.end_object();
  }
  json.end_array();
  json.key("problems");
  json.begin_array();
  for (const std::string& problem : summary.problems) json.text(problem);
  json.end_array();
  json.field("damaged_rows", summary.damaged_rows);
}

std::string_view signature_state(SealSignature state) {
  switch (state) {
    case SealSignature::kNone:
      return "none";
    case SealSignature::kGood:
      return "good";
    case SealSignature::kMissing:
      return "missing";
    case SealSignature::kWrong:
      break;
  }
  return "wrong";
}

void write_signature(JsonWriter& json, const SignatureFacts& facts) {
  json.key("signature");
  json.begin_object();
  json.field("state", signature_state(facts.state));
  if (!facts.public_key.empty()) {
    json.field("public_key", std::string_view(facts.public_key));
    json.field("key_id", std::string_view(facts.key_id));
  }
  if (!facts.trusted_comment.empty()) {
    json.field("trusted_comment", std::string_view(facts.trusted_comment));
  }
  json.end_object();
}

}  // namespace

Result<void> write_info_json(const BundleSummary& summary, const Output& write) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_run(json, summary);
  write_case(json, summary.custody);
  write_host(json, summary);
  write_volumes(json, summary);
  write_files(json, summary.files);
  write_records(json, summary);
  write_findings(json, summary);
  if (summary.matching) write_matching(json, *summary.matching);
  write_gaps(json, summary);
  if (summary.manifest_digest) {
    json.key("manifest_sha256");
    json.hex(*summary.manifest_digest);
    write_signature(json, summary.signature);
  }
  json.end_object();
  out += '\n';
  return write(out);
}

}  // namespace konseki
