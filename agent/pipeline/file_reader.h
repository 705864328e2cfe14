// FileReader: opens the files of a FileStage and reads them, once each.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/pipeline/budget.h"
#include "agent/pipeline/byte_gate.h"
#include "agent/pipeline/file_examiner.h"
#include "agent/pipeline/file_job.h"
#include "agent/pipeline/known_content.h"
#include "agent/pipeline/limits.h"
#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

// Belongs to one thread, which owns the file systems. References outlive it.
class FileReader {
 public:
  // Content of a large file that is still to be read, by read_rest().
  struct Rest {
    std::unique_ptr<ByteReader> content;
    std::vector<ByteRange> ranges;
    std::shared_ptr<ChunkQueue> chunks;
  };
  struct Begun {
    bool needs_worker = false;  // else it is ready for the writer
    std::optional<Rest> rest;
  };

  FileReader(Budget& budget, ByteGate& gate, const KnownContent& known, FileExaminer& examiner,
             const Limits& limits)
      : budget_(budget),
        gate_(gate),
        known_(known),
        examiner_(examiner),
        whole_file_limit_(whole_file_limit(limits)) {}

  // Reads the file, unless it is refused or too large to be held in memory. `job` gets its size,
  // its status and its content; a large one is parsed and matched, and has an empty queue of
  // chunks when there is a rest to read.
  Begun begin(const std::shared_ptr<FileJob>& job);

  // Reads the rest into its queue while `state` finds nothing wrong; else its error. The job may
  // be with the writer by now.
  Result<void> read_rest(const Rest& rest, const std::function<Result<void>()>& state);

 private:
  std::string_view refuse(const FileTask& task) const;
  void read_small(FileJob& job, ByteReader& content);
  Begun begin_large(const std::shared_ptr<FileJob>& job, std::unique_ptr<ByteReader> content);
  bool repeat_first_name(const std::shared_ptr<FileJob>& job);
  bool may_be_known(const FileJob& job) const;
  std::optional<Digests> digest_first(ByteReader& content);
  void look_for_logs(FileJob& job, ByteReader& content);
  void examine_large(FileJob& job);

  Budget& budget_;
  ByteGate& gate_;
  const KnownContent& known_;
  FileExaminer& examiner_;
  const std::uint64_t whole_file_limit_;
  // Large files with several names, by volume and inode.
  std::map<std::pair<FileSystem*, std::uint64_t>, std::shared_ptr<FileJob>> first_name_;
};

}  // namespace konseki
