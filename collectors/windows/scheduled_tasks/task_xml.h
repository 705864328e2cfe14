// Task definitions in XML, as %SystemRoot%\System32\Tasks keeps them [MS-TSCH 2.5].
#pragma once

#include <cstddef>
#include <span>

#include "collectors/windows/scheduled_tasks/task.h"
#include "konseki/result.h"

namespace konseki::windows {

// UTF-16 or UTF-8, with or without a mark. kCorrupt when it is no task. XML that breaks off gives
// what came before, told in Task::damage. Document types and entities are not expanded.
Result<Task> parse_task_xml(std::span<const std::byte> bytes);

}  // namespace konseki::windows
