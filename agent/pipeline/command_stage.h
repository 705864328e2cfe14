// CommandStage: programs of the examined host that definitions ask for, run when the operator
// said so, their output kept in the bundle.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "agent/bundle/member_names.h"
#include "agent/pipeline/budget.h"
#include "agent/pipeline/counts.h"
#include "agent/pipeline/record_stage.h"
#include "konseki/artifact.h"
#include "konseki/bundle.h"
#include "konseki/source.h"

namespace konseki {

// References are not owned. Used on the writer's thread, with no member open.
struct CommandTools {
  BundleWriter& writer;
  MemberNames& names;
  RecordStage& records;
  Budget& budget;
  Counts& counts;
  std::string_view evidence;
  // Told of what was not done, or not wholly: becomes a gap of the run.
  std::function<Result<void>(std::string_view what, const Error& error)> gap;
};

// Runs `requests` in order, each at most `time_limit`; what the source cannot run, or there is no
// time for, becomes a gap. Standard output goes to konseki/commands/ARTIFACT/N.stdout, N counting
// from 1 for each artifact. Answers how many programs were started; fails only on writing.
Result<std::size_t> run_commands(Source& source, std::span<const CommandRequest> requests,
                                 std::chrono::seconds time_limit, const CommandTools& tools,
                                 std::stop_token stop);

}  // namespace konseki
