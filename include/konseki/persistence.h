// PersistenceEntry: whatever starts by itself, in one shape on every system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "konseki/record.h"

namespace konseki {

// Schema "persistence". Collectors emit it through PersistenceEntry::to_record(); the pipeline
// fills the target_* fields after the last file.
extern const RecordSchema kPersistenceSchema;

// Where, what runs, as whom, when triggered, since when, and which ATT&CK technique.
struct PersistenceEntry {
  std::string mechanism;  // "linux.cron", "linux.systemd", "windows.service", "windows.run_key"
  std::string location;   // display path of the file or full registry key that holds it
  std::string name;       // unit, service, task or value name
  std::string command;    // what runs, verbatim
  std::string target;     // display path of the program as far as the command tells it; may be ""
  std::string user;       // as whom
  std::string trigger;    // when: cron expression, "boot", "logon", "event: ..."
  std::optional<bool> enabled;     // absent when the system does not say
  std::optional<Timestamp> since;  // earliest time that vouches for it
  std::string since_evidence;      // the artifact that says so: "registry key last write"
  std::string technique;           // ATT&CK id, "T1053.003"

  Record to_record() const;
};

}  // namespace konseki
