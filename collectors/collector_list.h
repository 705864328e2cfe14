// Every collector the program has, in the order of collectors/CMakeLists.txt.
#pragma once

#include <memory>
#include <vector>

#include "konseki/collector.h"

namespace konseki {

// Fresh instances; one set serves one run over one Source.
std::vector<std::unique_ptr<Collector>> make_all_collectors();

// Every record family of a run, each once: "persistence", "command", "windows.hive", "sqlite.wal",
// "windows.ese_logs", then those of the collectors.
std::vector<const RecordSchema*> all_record_schemas();

}  // namespace konseki
