#include "agent/pipeline/collection_result.h"

#include "agent/base/clock.h"
#include "agent/base/json_writer.h"
#include "agent/pipeline/clock_json.h"

namespace konseki {

std::string trailer_json(const CollectionResult& result, int exit_code) {
  const Counts& counts = result.counts;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("ended", system_now());
  json.field("interrupted", result.interrupted);
  json.field("out_of_time", result.out_of_time);
  if (result.clock_end) {
    json.key("clock_end");
    write_clock(json, *result.clock_end);
  }
  json.key("counts");
  json.begin_object();
  json.field("collected", counts.collected);
  json.field("linked", counts.linked);
  json.field("listed", counts.listed);
  json.field("skipped", counts.skipped);
  json.field("failed", counts.failed);
  json.field("bytes", counts.bytes);
  json.field("gaps", counts.gaps);
  std::uint64_t records = 0;
  for (const auto& [schema, count] : counts.records) records += count;
  json.field("records", records);
  json.end_object();
  if (result.matching) {
    json.key("matching");
    write_match_summary(json, *result.matching);
  }
  json.field("exit_code", std::int64_t{exit_code});
  json.end_object();
  return out;
}

}  // namespace konseki
