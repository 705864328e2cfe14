#include "agent/base/command_record.h"

#include <array>

#include "agent/base/digest.h"

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"artifact", FieldType::kText, "Definition that asks for it"},
    {"program", FieldType::kText, "File that ran, links resolved"},
    {"arguments", FieldType::kTextList, "Arguments as given, program name first"},
    {"started", FieldType::kTime, "When it was started", "Command Started"},
    {"duration_microseconds", FieldType::kUint, "Until its end, or until it was killed"},
    {"end", FieldType::kText,
     "exited: by itself; time_limit, output_limit, stopped: killed, for that reason"},
    {"exit_code", FieldType::kInt, "What it answered; absent when a signal ended it"},
    {"signal", FieldType::kInt, "Number of the signal that ended it"},
    {"output", FieldType::kText, "Member of the bundle that holds its standard output"},
    {"output_size", FieldType::kUint, "Bytes of standard output that were read"},
    {"output_sha256", FieldType::kText, "Their SHA-256, lower-case hex"},
    {"error_output", FieldType::kText, "Its standard error, at most 64 KiB"},
    {"error_output_cut", FieldType::kBool, "Standard error was longer"},
});

}  // namespace

const RecordSchema kCommandSchema{
    "command", "Programs of the host that were run on request, and how they ended", kFields};

std::string_view command_end_name(CommandOutcome::End end) {
  switch (end) {
    case CommandOutcome::End::kTimeLimit:
      return "time_limit";
    case CommandOutcome::End::kOutputLimit:
      return "output_limit";
    case CommandOutcome::End::kStopped:
      return "stopped";
    case CommandOutcome::End::kExited:
      break;
  }
  return "exited";
}

Record command_record(std::string_view artifact, const HostCommand& command,
                      const CommandOutcome& outcome, std::string_view output) {
  Record record(kCommandSchema);
  record.set("artifact", std::string(artifact));
  record.set("program", outcome.program);
  record.set("arguments", command.arguments);
  record.set("started", outcome.started);
  record.set("duration_microseconds", static_cast<std::uint64_t>(outcome.duration.count()));
  record.set("end", std::string(command_end_name(outcome.end)));
  if (outcome.exit_code) record.set("exit_code", std::int64_t{*outcome.exit_code});
  if (outcome.signal) record.set("signal", std::int64_t{*outcome.signal});
  if (!output.empty()) record.set("output", std::string(output));
  record.set("output_size", std::uint64_t{outcome.output.size()});
  record.set("output_sha256", to_hex(sha256_of(outcome.output)));
  if (!outcome.error_output.empty()) {
    const auto* text = reinterpret_cast<const char*>(outcome.error_output.data());
    record.set("error_output", std::string(text, outcome.error_output.size()));
  }
  if (outcome.error_output_cut) record.set("error_output_cut", true);
  if (outcome.end != CommandOutcome::End::kExited) {
    record.status = ParseStatus::kPartial;
    record.note = "killed: " + std::string(command_end_name(outcome.end));
  }
  record.source.path = outcome.program;
  return record;
}

}  // namespace konseki
