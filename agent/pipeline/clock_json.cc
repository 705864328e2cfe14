#include "agent/pipeline/clock_json.h"

namespace konseki {

void write_clock(JsonWriter& json, const ClockState& clock,
                 const std::optional<Timestamp>& reference) {
  json.begin_object();
  json.field("now", clock.now);
  json.field("boot", clock.boot);
  if (!clock.time_zone.empty()) json.field("time_zone", std::string_view(clock.time_zone));
  json.field("utc_offset_seconds", std::int64_t{clock.utc_offset_seconds});
  if (clock.sync_known) {
    json.field("synchronised", clock.synchronised);
    json.field("estimated_error_microseconds", clock.estimated_error_microseconds);
  }
  if (reference) json.field("reference", *reference);
  json.end_object();
}

}  // namespace konseki
