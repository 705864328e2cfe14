// ProcessReader: reads everything about one process from /proc.
#pragma once

#include <optional>

#include "collectors/linux/processes/process_facts.h"
#include "collectors/linux/procfs/gap_tally.h"
#include "konseki/file_system.h"

namespace konseki::processes {

// Borrows both for its life. A process that ends meanwhile gives what was read until then, with
// `ended`; what may not be read is counted in the tally. Memory is bounded by the limits in the
// .cc, whatever the process does. Not thread-safe.
class ProcessReader {
 public:
  ProcessReader(FileSystem& kernel, procfs::GapTally& gaps, bool include_environment)
      : kernel_(kernel), gaps_(gaps), include_environment_(include_environment) {}

  ProcessFacts read(procfs::ProcessId pid);
  Namespaces read_namespaces(procfs::ProcessId pid);

 private:
  // The file's text, or "" with the failure counted.
  std::string text(ProcessFacts& facts, std::string_view name, std::size_t limit);
  // The link's target, or "" with the failure counted.
  std::string link(const ProcessFacts& facts, std::string_view name);
  void note_failure(procfs::ProcessId pid, std::string_view name, const Error& error);

  // True when the name of a deleted file is in use again.
  bool exists_again(procfs::ProcessId pid, std::string_view target);

  void read_exe(ProcessFacts& facts);
  void read_maps(ProcessFacts& facts);
  void read_descriptors(ProcessFacts& facts);
  void read_environment(ProcessFacts& facts);

  FileSystem& kernel_;
  procfs::GapTally& gaps_;
  bool include_environment_;
};

}  // namespace konseki::processes
