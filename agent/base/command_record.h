// Schema "command": a program of the examined host that was run on request.
#pragma once

#include <string_view>

#include "konseki/host_commands.h"
#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kCommandSchema;

// One row about a program that was started. `output` is the bundle member that holds its standard
// output, empty where that was not kept.
Record command_record(std::string_view artifact, const HostCommand& command,
                      const CommandOutcome& outcome, std::string_view output);

// "exited", "time_limit", "output_limit", "stopped".
std::string_view command_end_name(CommandOutcome::End end);

}  // namespace konseki
