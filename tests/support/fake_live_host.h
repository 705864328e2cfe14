// FakeLiveHost: a running Linux system made of strings, with the manners of the real /proc.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "konseki/collector.h"
#include "konseki/live_host.h"
#include "tests/support/memory_file_system.h"

namespace konseki::testing {

// "/" with /proc and /sys. Files below those two say size 0 and read well nevertheless; open()
// follows links; "proc/N/root/x" leads to "x". Files can be denied, gone or unlisted.
class FakeKernel : public FileSystem {
 public:
  Entry& add_file(const std::string& path, std::string content);
  Entry& add_directory(const std::string& path) { return files_.add_directory(path); }
  Entry& add_symlink(const std::string& path, std::string target);
  // A magic link: open() gives `content` whatever lies at `target`.
  void add_magic_link(const std::string& path, std::string target, std::string content);

  void deny(const std::string& path) { denied_.insert(path); }      // is there, may not be read
  void vanish(const std::string& path) { gone_.insert(path); }      // listed, gone when asked for
  void unlist(const std::string& path) { unlisted_.insert(path); }  // asked for: there
  // Gone from the n-th stat or open of anything at or below it.
  void vanish_after(const std::string& path, int uses) { fuses_[path] = uses; }

  const VolumeInfo& info() const override { return files_.info(); }
  Result<Entry> stat(std::string_view path) override;
  Result<void> list(std::string_view directory, const EntryVisitor& visit) override;
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view stream) override;

 private:
  std::string real_path(std::string_view path) const;
  bool is_gone(const std::string& path);

  MemoryFileSystem files_;
  std::map<std::string, std::string> magic_;
  std::set<std::string> denied_;
  std::set<std::string> gone_;
  std::set<std::string> unlisted_;
  std::map<std::string, int> fuses_;
};

// What a made-up process looks like. Fields left alone are those of a plain sleeping daemon.
struct FakeProcess {
  std::uint32_t pid = 0;
  std::uint32_t parent = 1;
  std::string name = "daemon";
  char state = 'S';
  std::uint32_t flags = 0x00400000;
  std::uint32_t terminal = 0;
  std::uint64_t start_ticks = 1000;
  std::string exe = "/usr/sbin/daemon";  // empty: a kernel thread, no exe
  std::string exe_content =
      "\x7f"
      "ELF";
  std::vector<std::string> command_line{"/usr/sbin/daemon"};
  std::uint32_t uid = 0;
  std::string cgroup = "0::/system.slice/daemon.service\n";
  std::string maps{};
  std::string environment{};
  std::uint64_t mount_namespace = 4026531840;
  std::uint64_t pid_namespace = 4026531836;
  std::uint64_t network_namespace = 4026531992;
};

class FakeLiveHost : public LiveHost {
 public:
  // Starts with /proc/stat, /proc/loadavg, /proc/self/mountinfo and process 1.
  FakeLiveHost();

  void add_process(const FakeProcess& process);
  void add_descriptor(std::uint32_t pid, int number, const std::string& target);

  FakeKernel& kernel() override { return kernel_; }
  Result<ClockState> clock() override { return clock_state; }
  Result<std::vector<BpfProgram>> bpf_programs() override { return programs; }
  bool privileged() const override { return is_privileged; }
  std::uint32_t own_process_id() const override { return own_id; }

  ClockState clock_state;
  Result<std::vector<BpfProgram>> programs = std::vector<BpfProgram>{};
  bool is_privileged = true;
  std::uint32_t own_id = 0;

 private:
  FakeKernel kernel_;
};

// Keeps what collectors hand over.
class CapturingSink : public Sink {
 public:
  struct Collected {
    std::string path;
    std::string reason;
    std::string content;
  };
  struct Gap {
    std::string path;
    Error error;
  };

  void emit(Record&& record) override { records.push_back(std::move(record)); }
  void collect(FileSystem& file_system, const Entry& entry, std::string_view reason) override;
  void gap(std::string_view path, const Error& error) override {
    gaps.push_back({std::string(path), error});
  }

  // Records of one schema as JSON without their address, a line each.
  std::string json(std::string_view schema) const;
  // The record of `schema` whose `field` prints as `value`; fails the test when there is none.
  const Record& find(std::string_view schema, std::string_view field, std::string_view value) const;
  std::size_t count(std::string_view schema) const;

  std::vector<Record> records;
  std::vector<Collected> collected;
  std::vector<Gap> gaps;
};

// A field as text: "true", "42", list items joined by '|', times as ISO 8601; "" when unset.
std::string field_text(const Record& record, std::string_view field);

}  // namespace konseki::testing
