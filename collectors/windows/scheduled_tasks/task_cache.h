// What the registry knows of scheduled tasks: SOFTWARE, ...\Schedule\TaskCache.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agent/base/registry_hive.h"
#include "collectors/windows/scheduled_tasks/task.h"

namespace konseki::windows {

struct CachedTask {
  Task task;        // form "task_cache"; actions from the Actions value
  std::string key;  // full key in the Tree, or in Tasks when no Tree key leads there
  std::string id;   // GUID
  bool in_tree = true;
  bool security_missing = false;  // Tree key without SD: hidden from the Task Scheduler's tools
  std::optional<Timestamp> tree_written;
  std::optional<Timestamp> last_run;  // DynamicInfo
};

// Every task of the cache: those of the Tree in the hive's order, then those that only Tasks
// knows. Nothing when the hive has no cache. `damaged` is told of keys that cannot be read.
void read_task_cache(const RegistryHive& software, const std::function<void(CachedTask&&)>& task,
                     const std::function<void(const std::string& key, const Error&)>& damaged);

}  // namespace konseki::windows
