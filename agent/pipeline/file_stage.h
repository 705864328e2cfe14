// FileStage: takes files from the reader's thread through digests and parsers into the bundle.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "agent/pipeline/byte_gate.h"
#include "agent/pipeline/file_examiner.h"
#include "agent/pipeline/file_job.h"
#include "agent/pipeline/file_reader.h"
#include "agent/pipeline/file_stage_parts.h"
#include "agent/pipeline/file_task.h"
#include "agent/pipeline/file_writer.h"
#include "agent/pipeline/known_content.h"
#include "agent/pipeline/limits.h"

namespace konseki {

// Moves jobs between threads: the caller's thread, which owns the file systems, reads each file
// (FileReader) in the order wanted; workers digest, match and parse in parallel (FileExaminer); one
// thread puts results into the bundle (FileWriter) in exactly that order, so that the bundle does
// not depend on timing. Bytes in flight are bounded.
class FileStage {
 public:
  FileStage(FileStageParts parts, const Limits& limits);
  ~FileStage();

  // Reads the file and hands it on. Fails only when the bundle cannot be written any more.
  Result<void> submit(FileTask&& task);
  // Rows of `count` files that need no reading, each ended by a newline.
  Result<void> submit_listed(std::string&& rows, std::uint64_t count);
  // Shows matchers a file of which submit_listed() gets the row. `path` is the display path.
  void see_listed(const Entry& entry, const VolumeInfo& volume, std::string_view path) {
    examiner_.see_listed(entry, volume, path);
  }
  // Something that could not be looked at, as a row of its own.
  Result<void> submit_gap(const VolumeInfo& volume, std::string_view path, const Error& error);

  // How much is to come, for the progress that is told; 0: unknown. Counting begins anew. Only when
  // everything submitted is written.
  void expect(std::uint64_t files, std::uint64_t bytes) { writer_.progress().expect(files, bytes); }

  // Before the first file of a shadow copy: waits as drain() does; what is written by now need not
  // be stored or told again.
  Result<void> begin_snapshot();

  // Waits until everything submitted is written. The first error of the bundle, if any.
  Result<void> drain();

  // Called on the writer's thread. Only when everything submitted is written.
  void set_done_handler(FileWriter::DoneHandler handler) {
    writer_.set_done_handler(std::move(handler));
  }

 private:
  void enqueue(std::shared_ptr<FileJob> job, bool needs_worker);
  void work();
  void write_loop();
  void let_go(FileJob& job);
  Result<void> state();

  const FileStageParts parts_;
  const bool snapshots_;  // the source has shadow copies
  KnownContent known_;    // filled only then
  ByteGate gate_;
  FileExaminer examiner_;
  FileReader reader_;
  FileWriter writer_;

  std::mutex mutex_;
  std::condition_variable work_ready_;
  std::condition_variable write_ready_;
  std::condition_variable drained_;
  std::deque<std::shared_ptr<FileJob>> work_;
  std::map<std::uint64_t, std::shared_ptr<FileJob>> finished_;  // by sequence, until their turn
  std::uint64_t next_sequence_ = 0;                             // to hand out
  std::uint64_t next_written_ = 0;                              // to write
  bool stopping_ = false;
  std::optional<Error> error_;

  std::vector<std::jthread> workers_;
  std::jthread writer_thread_;
};

}  // namespace konseki
