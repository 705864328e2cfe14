// The part of a timeline line that all events of one file or record share.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/file_row_view.h"
#include "agent/base/json_view.h"
#include "agent/report/timeline.h"
#include "konseki/time.h"

namespace konseki {

// The schema of rows of findings.jsonl.
inline constexpr std::string_view kFindingSchema = "finding";

// Text before the first event: the CSV header, or nothing.
std::string_view timeline_header(TimelineFormat format);

// The row of files.jsonl without its times and what a timeline does not show: a third of it.
std::string timeline_source_of_file(const FileRowView& row);

// Everything behind `timestamp_desc`, without a newline. `source` is a record, or for the schema
// "file" what timeline_source_of_file() gave.
std::string timeline_row(TimelineFormat format, std::string_view hostname, std::string_view schema,
                         JsonView source);

// Appends one whole line.
void append_timeline_line(std::string& out, TimelineFormat format, const Timestamp& time,
                          std::string_view timestamp_desc, std::string_view row);

}  // namespace konseki
