// Task files from before Vista (%SystemRoot%\Tasks\*.job) [MS-TSCH 2.4].
#pragma once

#include <cstddef>
#include <span>

#include "collectors/windows/scheduled_tasks/task.h"
#include "konseki/result.h"

namespace konseki::windows {

// kCorrupt when it is no job file. What lies behind a damaged part is told in Task::damage.
Result<Task> parse_job_file(std::span<const std::byte> bytes);

}  // namespace konseki::windows
