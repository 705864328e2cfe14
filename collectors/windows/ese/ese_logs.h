// Logs of an ESE database that was in use: which of them its newest changes lie in, and which are
// there. They are not replayed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/windows/ese/ese_header.h"
#include "konseki/record.h"

namespace konseki::windows {

struct EseLog {
  std::string name;
  std::uint64_t size = 0;  // bytes
};

// True for "SRU.log", "V010000A.log", "V01000000A.log": three characters, then the generation, or
// none in the log that is being written.
bool is_ese_log(std::string_view name);

// Schema "windows.ese_logs".
extern const RecordSchema kEseLogsSchema;

// `there`: all logs beside the database.
Record ese_logs_record(const EseHeader& header, std::vector<EseLog> there);

}  // namespace konseki::windows
