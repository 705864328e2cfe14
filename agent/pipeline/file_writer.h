// FileWriter: puts the files of a FileStage into the bundle: content or link, row, records.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "agent/pipeline/byte_gate.h"
#include "agent/pipeline/file_examiner.h"
#include "agent/pipeline/file_job.h"
#include "agent/pipeline/file_progress.h"
#include "agent/pipeline/file_row.h"
#include "agent/pipeline/file_stage_parts.h"
#include "agent/pipeline/known_content.h"
#include "konseki/result.h"

namespace konseki {

// Belongs to one thread. References outlive it.
class FileWriter {
 public:
  // Called with a file's row and digests (null when not read) when it is written.
  using DoneHandler = std::function<void(const FileRow&)>;

  // `known` is told of what is stored; null: nobody asks it.
  FileWriter(const FileStageParts& parts, ByteGate& gate, KnownContent* known,
             FileExaminer& examiner)
      : parts_(parts), gate_(gate), known_(known), examiner_(examiner), progress_(parts.observer) {}

  // Takes the chunks of a large file as they come. The job may be kept as the first name of an
  // inode.
  Result<void> write(FileJob& job);

  // Only while nothing is written.
  FileProgress& progress() { return progress_; }
  void set_done_handler(DoneHandler handler) { done_ = std::move(handler); }

 private:
  Result<void> write_listed(const FileJob& job);
  Result<void> write_member(FileJob& job);
  Result<void> write_other_name(FileJob& job);
  Result<void> write_link(FileJob& job, MemberHeader header, std::string_view first);
  Result<void> write_content(FileJob& job, MemberHeader header);
  std::string find_same_content(const FileJob& job, std::string_view member);
  Result<void> write_chunks(FileJob& job, MemberHeader header);
  Result<void> write_row(FileJob& job);
  Result<void> write_records(FileJob& job);
  MemberHeader header_of(const FileJob& job);
  void count(const FileJob& job);

  const FileStageParts& parts_;
  ByteGate& gate_;
  KnownContent* const known_;
  FileExaminer& examiner_;
  FileProgress progress_;
  DoneHandler done_;
  std::map<Sha256, std::string> first_member_;  // content from 64 KiB up -> member that holds it
};

}  // namespace konseki
