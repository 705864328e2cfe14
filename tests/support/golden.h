// Golden cases: evidence as a folder of files, and the records a collector must make of it.
// tests/golden/README.md describes the layout.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/collector.h"
#include "tests/support/memory_file_system.h"

namespace konseki::testing {

struct GoldenCase {
  std::string collector;  // "linux.cron"
  std::string name;       // "debian"
  std::string folder;     // where it lies on this machine
};

// Every case below `directory` (tests/golden), in order of collector and name.
std::vector<GoldenCase> find_golden_cases(const std::string& directory);

// The evidence of one case, in memory.
struct GoldenEvidence {
  std::vector<std::unique_ptr<MemoryFileSystem>> volumes;
  CollectorContext context;
  std::map<std::string, std::vector<std::string>> artifacts;  // display path -> definition names
  std::string live;  // text of live.json, for collectors of live state
};

// kInvalidArgument names the file of the case that is wrong.
Result<GoldenEvidence> load_golden_evidence(const GoldenCase& golden);

// Every regular file (with its alternate streams) and symlink, in order of volume and path: what
// the pipeline offers to Collector::wants(). Symlinks come with an empty reader.
struct OfferedFile {
  MemoryFileSystem* volume = nullptr;
  Entry entry;
  std::string path;  // display path
  std::string stream;
  std::vector<std::string> artifacts;

  FileItem item() const { return {entry, volume->info(), path, stream, artifacts}; }
};
std::vector<OfferedFile> offered_files(const GoldenEvidence& evidence);

// Runs the collector over the evidence as the pipeline would, on one thread. A line a record
// without its source; parse errors, gaps and requested files show as lines too.
std::vector<std::string> run_collector(Collector& collector, const GoldenEvidence& evidence);

std::string read_text_file(const std::string& path);

}  // namespace konseki::testing
