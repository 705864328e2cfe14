// HostCommands: programs of the running system, which are run only when the operator asks.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki {

struct HostCommand {
  std::vector<std::string> arguments;  // program first; never given to a shell
  std::chrono::milliseconds time_limit{60'000};
  std::size_t max_output = std::size_t{16} << 20;        // bytes of stdout that are kept
  std::size_t max_error_output = std::size_t{64} << 10;  // bytes of stderr that are kept
};

// How a program that was started ended.
struct CommandOutcome {
  enum class End {
    kExited,       // by itself: exit_code or signal
    kTimeLimit,    // killed after HostCommand::time_limit
    kOutputLimit,  // killed because stdout passed HostCommand::max_output
    kStopped,      // killed because the run was interrupted
  };

  std::string program;  // the file that ran: absolute, links resolved
  Timestamp started;
  std::chrono::microseconds duration{};
  End end = End::kExited;
  std::optional<int> exit_code;  // absent when a signal ended it
  std::optional<int> signal;
  std::vector<std::byte> output;  // stdout, up to its limit
  std::vector<std::byte> error_output;
  bool error_output_cut = false;
};

// Unlike everything else a Source offers this changes the host: programs write caches and logs,
// read files with their access times, and say only what they, and the libraries they load, choose
// to say. So collectors are not given it.
class HostCommands {
 public:
  virtual ~HostCommands() = default;

  // Runs one program to its end: without a shell, standard input empty, in the root folder, with
  // a fixed environment (LC_ALL, PATH), in a process group of its own that is killed as a whole.
  // A name without '/' is looked for in the system's own program folders; elsewhere nothing is
  // run. NotFound: no such program; PermissionDenied: it lies, or leads, outside these folders,
  // others than root may change it, or it may not be run. A program that fails is no error.
  virtual Result<CommandOutcome> run(const HostCommand& command, std::stop_token stop) = 0;
};

}  // namespace konseki
