// FileJob: one file on its way through the threads of a FileStage, and what is known of it by now.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/digest.h"
#include "agent/pipeline/chunk_queue.h"
#include "agent/pipeline/file_row.h"
#include "agent/pipeline/file_task.h"
#include "agent/pipeline/hive_logs.h"
#include "agent/pipeline/record_stage.h"
#include "agent/pipeline/wal_log.h"
#include "konseki/record.h"
#include "konseki/source.h"

namespace konseki {

// Why records of a file are missing.
struct FileGap {
  std::string_view code;  // as in reasons.h; empty: a collector failed
  std::string detail;
};

// Filled by FileReader, then by FileExaminer, then by FileWriter; one thread at a time holds it.
struct FileJob {
  std::uint64_t sequence = 0;  // its turn to be written
  FileTask task;
  std::string path;                         // display path
  const VolumeDetail* snapshot = nullptr;   // the shadow copy it lies in
  std::uint64_t place = 0;                  // own_place(), where the source has shadow copies
  FileStatus status = FileStatus::kListed;  // this and what follows: as in FileRow
  std::string reason;
  std::string detail;
  std::string member;
  std::uint64_t size = 0;  // as read
  std::uint64_t padded = 0;
  std::vector<ByteRange> lost;
  std::string access_method;
  std::optional<Digests> digests;
  std::string package;
  std::string package_state;

  std::vector<std::byte> content;       // small files
  std::uint64_t gate_bytes = 0;         // what `content` or `listed_rows` hold of the ByteGate
  std::shared_ptr<ChunkQueue> chunks;   // large files
  std::vector<ByteRange> ranges;        // of large sparse files: where there is data
  std::shared_ptr<FileJob> first_name;  // another name of the same inode, read before
  std::string same_as;                  // large file of a shadow copy: the member that holds its
                                        // content
  bool unchanged = false;               // in a shadow copy: this place held the same content on
                                        // a volume before
  std::optional<HiveLogs> hive_logs;    // of a dirty registry hive
  std::optional<WalLog> wal_log;        // of an SQLite database
  std::optional<Record> ese_logs;       // of an ESE database that was in use

  bool matched = false;     // matchers have seen its facts
  bool known_good = false;  // its content is known to be harmless
  std::vector<RecordLine> records;
  std::vector<Record> persistence;
  std::vector<FileGap> gaps;  // of its records

  std::string listed_rows;  // a batch of ready rows instead of a file
  std::uint64_t listed_count = 0;

  // The bytes that are read and stored of a large file.
  std::vector<ByteRange> data_ranges() const {
    return ranges.empty() ? std::vector<ByteRange>{{0, size}} : ranges;
  }
};

}  // namespace konseki
