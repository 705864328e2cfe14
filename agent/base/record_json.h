// A Record as one line of JSON, the form of konseki/records/<schema>.jsonl.
#pragma once

#include <string>

#include "agent/base/json_writer.h"
#include "konseki/record.h"

namespace konseki {

// {"schema":"linux.cron", ...set fields in schema order..., "status":"partial","note":"...",
//  "source":{...}}. `status` is left out when complete, empty parts of `source` too.
void write_record(JsonWriter& json, const Record& record);
void write_path_spec(JsonWriter& json, const PathSpec& source);
std::string record_json(const Record& record);

// The record without its address, for comparing the same evidence from different sources.
std::string record_json_without_source(const Record& record);

}  // namespace konseki
