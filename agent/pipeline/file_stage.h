// FileStage: takes files from the reader's thread through digests and parsers into the bundle.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "agent/base/digest.h"
#include "agent/bundle/member_names.h"
#include "agent/pipeline/budget.h"
#include "agent/pipeline/byte_gate.h"
#include "agent/pipeline/counts.h"
#include "agent/pipeline/file_row.h"
#include "agent/pipeline/known_content.h"
#include "agent/pipeline/match_stage.h"
#include "agent/pipeline/record_stage.h"
#include "konseki/bundle.h"
#include "konseki/collector.h"
#include "konseki/observer.h"

namespace konseki {

class PackageDatabase;

enum class FileAction {
  kCollect,  // content into the bundle, parsed by the collectors that want it
  kDigest,   // content read for its digests only
  kList,     // facts only
};

// One file to go through. `entry` is its own copy.
struct FileTask {
  FileSystem* file_system = nullptr;
  Entry entry;
  std::string stream;
  std::uint64_t size = 0;  // of the stream
  std::vector<std::string> artifacts;
  FileAction action = FileAction::kCollect;
  bool core = false;           // exempt from the limit on one file's size
  bool again = false;          // read before in this run: matchers have seen it
  bool listed_before = false;  // matchers have seen its facts, not its content
};

// What FileStage needs and does not own.
struct FileStageParts {
  BundleWriter& writer;
  MemberNames& names;
  RecordStage& records;
  std::vector<std::unique_ptr<Collector>>& collectors;
  Budget& budget;
  Counts& counts;
  Observer& observer;
  const PackageDatabase* packages = nullptr;   // null when the evidence has none
  std::string evidence;                        // PathSpec::evidence of every record
  MatchStage* matches = nullptr;               // null when nobody looks for anything
  std::span<const VolumeDetail> details = {};  // of the source
};

// The reader's thread calls submit() for each file in the order wanted; workers digest and parse
// in parallel; one writer thread puts results into the bundle in exactly that order, so that the
// bundle does not depend on timing. Bytes in flight are bounded.
class FileStage {
 public:
  // Called on the writer's thread with a file's row and digests (null when not read) when done.
  using DoneHandler = std::function<void(const FileRow&)>;

  FileStage(FileStageParts parts, const Limits& limits);
  ~FileStage();

  // Reads the file on the calling thread (its FileSystem belongs to that thread) and hands it on.
  // Fails only when the bundle cannot be written any more.
  Result<void> submit(FileTask&& task);
  // Rows of `count` files that need no reading, each ended by a newline.
  Result<void> submit_listed(std::string&& rows, std::uint64_t count);
  // Shows matchers a file of which submit_listed() gets the row. `path` is the display path.
  void see_listed(const Entry& entry, const VolumeInfo& volume, std::string_view path);
  // Something that could not be looked at, as a row of its own.
  Result<void> submit_gap(const VolumeInfo& volume, std::string_view path, const Error& error);

  // How much is to come, for the progress that is told; 0: unknown. Counting begins anew. Only when
  // everything submitted is written.
  void expect(std::uint64_t files, std::uint64_t bytes);

  // Before the first file of a shadow copy: waits as drain() does; what is written by now need not
  // be stored or told again.
  Result<void> begin_snapshot();

  // Waits until everything submitted is written. The first error of the bundle, if any.
  Result<void> drain();

  void set_done_handler(DoneHandler handler) { done_ = std::move(handler); }

 private:
  struct Job;
  struct Chunks;
  class Looked;

  void read_small(Job& job, ByteReader& reader);
  std::optional<Digests> digest_first(const Job& job, ByteReader& reader);
  Result<void> read_large(const std::shared_ptr<Job>& job, ByteReader& reader);
  void look_at_large(Job& job);
  void look_up_package(Job& job);
  void match_file(Job& job);
  bool wants_match(const Job& job) const;
  bool match_content(Job& job, ByteReader& content);
  void keep_evidence(Job& job);
  void look_for_logs(Job& job, ByteReader& content);
  bool is_wanted(const Job& job) const;
  void tell_log(Job& job, Record& record, const FileItem& item, const std::string& snapshot);
  bool repeat_first_name(const std::shared_ptr<Job>& job);
  void enqueue(std::shared_ptr<Job> job, bool needs_worker);
  void work();
  void process(Job& job, DigestPass& digests);
  void parse(Job& job, ByteReader& stored);
  void write_loop();
  Result<void> write(Job& job);
  Result<void> write_member(Job& job);
  Result<void> write_other_name(Job& job);
  Result<void> write_link(Job& job, std::string_view first);
  Result<void> write_content(Job& job, MemberHeader header);
  Result<void> write_chunks(Job& job, MemberHeader header);
  Result<void> write_row(Job& job);
  std::string_view refuse(const FileTask& task) const;
  void count(const Job& job);
  void report_progress(std::uint64_t bytes_of_this, std::string_view path);
  const VolumeDetail* snapshot_of(const FileTask& task) const;
  std::uint64_t place_of(const Job& job) const;
  Result<void> error();

  FileStageParts parts_;
  ByteGate gate_;
  std::uint64_t whole_file_limit_;
  DoneHandler done_;
  bool snapshots_ = false;  // the source has shadow copies
  KnownContent known_;      // filled only then

  std::mutex mutex_;
  std::condition_variable work_ready_;
  std::condition_variable write_ready_;
  std::condition_variable drained_;
  std::deque<std::shared_ptr<Job>> work_;
  std::map<std::uint64_t, std::shared_ptr<Job>> finished_;  // by sequence, waiting for their turn
  std::uint64_t next_sequence_ = 0;                         // to hand out
  std::uint64_t next_written_ = 0;                          // to write
  bool stopping_ = false;
  std::optional<Error> error_;

  // Of the files since expect(); read by the writer's thread. What is not read is not to come.
  std::uint64_t files_done_ = 0;
  std::uint64_t files_expected_ = 0;
  std::uint64_t bytes_done_ = 0;
  std::uint64_t bytes_expected_ = 0;

  std::map<Sha256, std::string> first_member_;  // content from 64 KiB up -> member that holds it
  // Large files with several names, by volume and inode; only the reader's thread uses it.
  std::map<std::pair<FileSystem*, std::uint64_t>, std::shared_ptr<Job>> first_name_;

  std::vector<std::jthread> workers_;
  std::jthread writer_thread_;
};

}  // namespace konseki
