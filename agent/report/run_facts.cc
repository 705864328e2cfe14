#include "agent/report/run_facts.h"

#include "agent/report/reasons.h"
#include "agent/report/time_text.h"

namespace konseki {
namespace {

std::optional<Timestamp> time_of(const JsonView& value) { return parse_timestamp(value.plain()); }

std::optional<bool> boolean_of(const JsonView& value) {
  if (value.kind != JsonKind::kBoolean) return std::nullopt;
  return value.is_true();
}

CustodyFields case_of(JsonView json) {
  return {json["case_id"].text(), json["evidence_id"].text(), json["operator"].text(),
          json["witness"].text(), json["authority"].text(),   json["place"].text(),
          json["purpose"].text(), json["notes"].text()};
}

HostSummary host_of(JsonView json) {
  HostSummary host{json["os"].text(),           json["host_id"].text(),
                   json["hostname"].text(),     json["os_name"].text(),
                   json["os_version"].text(),   json["kernel"].text(),
                   json["time_zone"].text(),    json["domain"].text(),
                   json["system_drive"].text(), json["system_root"].text()};
  for (JsonItems users(json["users"]); users.next();) ++host.users;
  return host;
}

ClockFacts clock_of(JsonView json) {
  ClockFacts clock;
  clock.now = time_of(json["now"]);
  clock.boot = time_of(json["boot"]);
  clock.reference = time_of(json["reference"]);
  clock.time_zone = json["time_zone"].text();
  if (const JsonView offset = json["utc_offset_seconds"]; offset.kind == JsonKind::kNumber) {
    clock.utc_offset_seconds = static_cast<std::int32_t>(offset.signed_number());
  }
  const JsonView known = json["sync_known"];
  if (!known || known.is_true()) clock.synchronised = boolean_of(json["synchronised"]);
  if (const JsonView error = json["estimated_error_microseconds"];
      error.kind == JsonKind::kNumber) {
    clock.estimated_error_microseconds = error.signed_number();
  }
  return clock;
}

UnreadableVolume unreadable_of(JsonView json) {
  UnreadableVolume volume{json["name"].text(),
                          json["type"].text(),
                          json["offset"].unsigned_number(),
                          json["size"].unsigned_number(),
                          json["detail"].text(),
                          {}};
  const JsonView advice = json["advice"];
  volume.advice = {advice ? advice["en"].text() : json["advice_en"].text(),
                   advice ? advice["ja"].text() : json["advice_ja"].text()};
  if (volume.advice.en.empty() || volume.advice.ja.empty()) {
    volume.advice = unreadable_volume_advice(volume.type);
  }
  return volume;
}

}  // namespace

void read_run(JsonView run, BundleSummary& summary) {
  RunFacts& facts = summary.run;
  facts.tool = run["tool"].text();
  facts.version = run["version"].text();
  facts.executable_sha256 = run["executable_sha256"].text();
  facts.run_id = run["run_id"].text();
  facts.profile = run["profile"].text();
  facts.arguments = run["arguments"].texts();
  facts.limits = std::string(run["limits"].raw);
  facts.definitions = std::string(run["definitions"].raw);
  facts.started = time_of(run["started"]);
  facts.privileged = boolean_of(run["privileged"]);
  facts.output_on_source = run["output_on_source"].is_true();
  summary.custody = case_of(run["case"]);
  summary.host = host_of(run["host"]);
  summary.clock_start = clock_of(run["clock"]);
  const JsonView source = run["source"];
  summary.source_kind = source["kind"].text();
  summary.source.location = source["location"].text();
  summary.source.format = source["format"].text();
  summary.source.size = source["size"].unsigned_number();
  for (JsonItems volumes(run["volumes"]); volumes.next();) {
    const JsonView& volume = volumes.value();
    summary.volumes.push_back({volume["mount"].text(), volume["type"].text(),
                               volume["label"].text(), volume["serial"].text(),
                               volume["offset"].unsigned_number(),
                               volume["size"].unsigned_number()});
  }
  for (JsonItems volumes(run["unreadable"]); volumes.next();) {
    summary.unreadable.push_back(unreadable_of(volumes.value()));
  }
}

void read_trailer(JsonView trailer, BundleSummary& summary) {
  summary.run.ended = time_of(trailer["ended"]);
  summary.run.out_of_time = trailer["out_of_time"].is_true();
  summary.run.interrupted = boolean_of(trailer["interrupted"]);
  summary.clock_end = clock_of(trailer["clock_end"]);
  if (const JsonView code = trailer["exit_code"]; code.kind == JsonKind::kNumber) {
    summary.run.exit_code = code.signed_number();
  }
  if (const JsonView matching = trailer["matching"]; matching.kind == JsonKind::kObject) {
    summary.matching = read_match_facts(matching);
  }
}

}  // namespace konseki
