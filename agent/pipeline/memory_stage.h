// MemoryStage: shows the memory of running processes to the matchers, on request.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string_view>

#include "agent/pipeline/budget.h"
#include "agent/pipeline/match_stage.h"
#include "konseki/process_memory.h"

namespace konseki {

struct MemoryLimits {
  std::uint64_t bytes = std::uint64_t{2} << 30;  // of one process; its smallest regions come first
  std::chrono::milliseconds time{120'000};       // for one process
};

// Told before each process: the number of those before it, and of all.
using MemoryProgress =
    std::function<void(const RunningProcess& process, std::size_t done, std::size_t all)>;
// Takes what could not be looked at, or not wholly, by process and reason: no rights
// (kPermissionDenied), ended (kNotFound), bounds and time (kLimitExceeded), swap (kUnsupported),
// pages that could not be read (kIoError).
using MemoryGap = std::function<Result<void>(std::string_view what, const Error& error)>;

// Every process, one after the other. What was looked at and what not becomes the coverage "memory"
// of the stage's summary. Left alone, and counted: devices, and shared maps of files that are still
// there and may not be executed, for they are looked at as files. Fails only where `gap` does.
Result<void> scan_processes(ProcessMemory& memory, MatchStage& matches, const MemoryLimits& limits,
                            Budget& budget, const std::stop_token& stop,
                            const MemoryProgress& progress, const MemoryGap& gap);

}  // namespace konseki
