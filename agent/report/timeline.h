// A bundle as a timeline: every time of every record and file, in order, for Timesketch or a
// spreadsheet.
#pragma once

#include <cstddef>
#include <span>

#include "agent/report/output.h"
#include "konseki/bundle.h"
#include "konseki/record.h"

namespace konseki {

enum class TimelineFormat {
  kJsonl,           // Timesketch JSONL
  kCsv,             // Timesketch CSV
  kSpreadsheetCsv,  // CSV for people: byte order mark, hidden characters shown, formulas disarmed
};

struct TimelineOptions {
  TimelineFormat format = TimelineFormat::kJsonl;
  // In order of time. Else in the order of the bundle, in one pass and with no memory to speak of:
  // for what sorts by itself, as Timesketch does.
  bool sorted = true;
  // Bound of the events held at once; more of them cost further passes over the bundle.
  std::size_t memory_bytes = std::size_t{512} << 20;
};

// Writes every event, in order of time, then of the bundle. Each has `datetime` (ISO 8601, UTC,
// microseconds), `timestamp` (microseconds since 1970), `timestamp_desc`, `message`, `hostname`,
// `schema` ("file" for rows of files.jsonl, "finding" for those of findings.jsonl) and `path` (the
// address of the evidence); JSONL adds every field of the record under its own name ("record_" is
// put before names taken above), CSV has them as one JSON cell. Text longer than 32,000 bytes is
// cut with a marker that says so. `schemas` say which record fields are events: see
// for_each_event_time().
Result<void> write_timeline(BundleReader& bundle, std::span<const RecordSchema* const> schemas,
                            const TimelineOptions& options, const Output& write);

}  // namespace konseki
