#include "agent/pipeline/command_stage.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/command_record.h"
#include "agent/base/name_part.h"

namespace konseki {
namespace {

// "Name: /bin/ps -ef", for gaps.
std::string title_of(const CommandRequest& request) {
  return fmt::format("{}: {}", request.artifact, fmt::join(request.arguments, " "));
}

class CommandRun {
 public:
  CommandRun(HostCommands& host, std::chrono::seconds time_limit, const CommandTools& tools,
             std::stop_token stop)
      : host_(host), time_limit_(time_limit), tools_(tools), stop_(std::move(stop)) {}

  Result<void> run(const CommandRequest& request) {
    const std::size_t number = ++numbers_[request.artifact];
    const std::string_view refused = tools_.budget.refuse(0, true, true);
    if (!refused.empty()) return tools_.gap(title_of(request), not_run(refused));
    HostCommand command;
    command.arguments = request.arguments;
    command.time_limit = time_limit_;
    auto outcome = host_.run(command, stop_);
    if (!outcome) return tools_.gap(title_of(request), outcome.error());
    ++started_;
    KONSEKI_ASSIGN(const std::string member, keep(request, number, *outcome));
    Record record = command_record(request.artifact, command, *outcome, member);
    record.source.evidence = tools_.evidence;
    KONSEKI_TRY(tools_.records.write(record));
    if (outcome->end == CommandOutcome::End::kExited) return {};
    return tools_.gap(title_of(request), cut_short(command, *outcome));
  }

  std::size_t started() const { return started_; }

 private:
  static Error not_run(std::string_view reason) {
    const bool time = reason == "max_time";
    return {reason == "interrupted" ? ErrorCode::kCancelled : ErrorCode::kLimitExceeded,
            fmt::format("not run: {}", reason),
            time ? Bilingual{"allow more time with --max-time",
                             "--max-time でより長い時間を指定してください"}
                 : Bilingual{}};
  }

  static Error cut_short(const HostCommand& command, const CommandOutcome& outcome) {
    switch (outcome.end) {
      case CommandOutcome::End::kTimeLimit:
        return {ErrorCode::kLimitExceeded,
                fmt::format("killed after {} s; its output so far is kept",
                            command.time_limit.count() / 1000),
                {"allow more time with --command-time",
                 "--command-time でより長い時間を指定してください"}};
      case CommandOutcome::End::kOutputLimit:
        return {
            ErrorCode::kLimitExceeded,
            fmt::format("killed: its output passed {} bytes, which are kept", command.max_output),
            {}};
      case CommandOutcome::End::kStopped:
      case CommandOutcome::End::kExited:
        break;
    }
    return {ErrorCode::kCancelled, "killed: the run was interrupted", {}};
  }

  // The member that holds the output; empty when there is no room for it, which is a gap.
  Result<std::string> keep(const CommandRequest& request, std::size_t number,
                           const CommandOutcome& outcome) {
    const std::string_view refused = tools_.budget.refuse(outcome.output.size(), true, true);
    if (refused == "max_total_size" || refused == "no_space") {
      KONSEKI_TRY(tools_.gap(
          title_of(request),
          {ErrorCode::kLimitExceeded, fmt::format("its output was not kept: {}", refused), {}}));
      return std::string();
    }
    MemberHeader header;
    header.name = tools_.names.unique(fmt::format("konseki/commands/{}/{}.stdout",
                                                  name_part(request.artifact, 100, "_"), number));
    header.size = outcome.output.size();
    header.modified = outcome.started;
    KONSEKI_TRY(tools_.writer.add(header, outcome.output));
    tools_.budget.take(outcome.output.size());
    tools_.counts.bytes += outcome.output.size();
    return header.name;
  }

  HostCommands& host_;
  std::chrono::seconds time_limit_;
  const CommandTools& tools_;
  std::stop_token stop_;
  std::map<std::string, std::size_t, std::less<>> numbers_;
  std::size_t started_ = 0;
};

}  // namespace

Result<std::size_t> run_commands(Source& source, std::span<const CommandRequest> requests,
                                 std::chrono::seconds time_limit, const CommandTools& tools,
                                 std::stop_token stop) {
  HostCommands* host = source.commands();
  if (host == nullptr) {
    for (const CommandRequest& request : requests) {
      KONSEKI_TRY(
          tools.gap(title_of(request), {ErrorCode::kUnsupported,
                                        "running programs of this system is not supported yet",
                                        {"run it by hand and keep its output beside the bundle",
                                         "手動で実行し、出力をバンドルと一緒に保管してください"}}));
    }
    return std::size_t{0};
  }
  CommandRun run(*host, time_limit, tools, std::move(stop));
  for (const CommandRequest& request : requests) KONSEKI_TRY(run.run(request));
  return run.started();
}

}  // namespace konseki
