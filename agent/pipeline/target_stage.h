// TargetStage: what persistence entries point at is looked up, digested and, where nobody
// vouches for it, collected; then the entries are written with those facts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "agent/pipeline/file_stage.h"
#include "agent/pipeline/listing.h"
#include "konseki/source.h"

namespace konseki {

// Told of every row from the start of the run, so that a target which was collected already is
// not read again. note() runs on the writer's thread, run() with the stage drained.
class TargetStage {
 public:
  TargetStage(Source& source, FileStage& stage, SeenFiles& seen, const PackageDatabase* packages)
      : source_(source), stage_(stage), seen_(seen), packages_(packages) {}

  void note(const FileRow& row);

  // Completes and writes every persistence record that `records` holds. With `digest_only` the
  // targets, which are in the bundle or listed already, get digests but no row of their own.
  Result<void> run(RecordStage& records, bool digest_only);

 private:
  // Facts of one file that was read, by display path.
  struct ReadFile {
    Digests digests;
    std::uint64_t size = 0;
    std::optional<Timestamp> modified;
  };
  // Where a target led.
  struct Target {
    std::string display_path;  // empty when there is no such file
    std::string state;         // present, missing, not_checked
    FileSystem* file_system = nullptr;
    Entry entry;
  };

  // Where to look for the target of `record`: what a shadow copy names lies in that copy.
  std::string place_of(const Record& record, const std::string& target) const;
  Target find(const std::string& target);
  Result<void> read(const Target& target, FileAction action);
  void digest(const Target& target);
  Result<void> read_targets(const std::map<std::string, Target>& targets);
  bool needs_collecting(const Target& target) const;
  void complete(Record& record, const Target& target) const;

  Source& source_;
  FileStage& stage_;
  SeenFiles& seen_;
  const PackageDatabase* packages_;
  std::unordered_map<std::string, ReadFile> read_;
};

}  // namespace konseki
