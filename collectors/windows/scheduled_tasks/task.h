// One scheduled task, whatever form it is stored in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "konseki/record.h"
#include "konseki/time.h"

namespace konseki::windows {

struct TaskAction {
  std::string command;  // program with its arguments, or "{CLSID} data" of a COM handler
  std::string working_directory;
  bool com_handler = false;
};

struct Task {
  std::string form;  // "xml", "job" (before Vista), "task_cache" (registry alone)
  std::string name;  // path in the task tree: "\Microsoft\Windows\X"
  std::string author;
  std::string description;
  std::optional<Timestamp> registered;  // stored with its zone, or as FILETIME
  std::string registered_local;         // stored without a zone: the host's local time
  std::string last_run_local;           // job files
  std::string user;
  std::string run_level;  // "HighestAvailable", "LeastPrivilege"
  std::string logon_type;
  std::optional<bool> enabled;
  bool hidden = false;
  std::vector<std::string> triggers;  // as people read them
  std::vector<TaskAction> actions;
  std::string damage;  // what could not be read
};

// "2026-01-02T03:04:05" with "Z" or an offset, as XML Schema writes it; nothing without a zone.
std::optional<Timestamp> parse_zoned_time(std::string_view text);

}  // namespace konseki::windows
