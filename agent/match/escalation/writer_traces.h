// WriterTraces: which process and account wrote a file, as logs and running processes tell.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "konseki/matcher.h"

namespace konseki {

// One thing that speaks of a file or an account, with where it stands.
struct Trace {
  std::string text;
  PathSpec address;
};

// see_*() may be called from several threads; the rest after the last file and record. What is kept
// depends on the evidence, not on the order of arrival.
class WriterTraces {
 public:
  static constexpr std::size_t kMostLines = 50'000;
  static constexpr std::size_t kMostProcesses = 20'000;

  // Reads a log that tells of writes (write_log.h).
  void see_log(const MatchFile& file, ByteReader& content, FindingSink& sink);
  // Takes *.process records, ignores others.
  void see_record(const Record& record);

  // What logs say of the file, by time; of chroots the end of the path counts, two names at least.
  std::vector<Trace> writes_of(const std::string& path) const;
  // Running processes whose program is the file, or that name it in their command line.
  std::vector<Trace> processes_at(const std::string& path) const;
  // Running processes of the account, apart from servers: shells and what else has no business.
  std::vector<Trace> processes_of(const std::string& owner) const;
  // Names of the server programs that run as the account ("nginx, php-fpm8.2"); empty: none.
  std::string servers_of(const std::string& owner) const;

  std::uint64_t left_out() const { return left_out_; }

 private:
  struct Process {
    std::string name, exe, command, user, uid;
    std::string parent;
    PathSpec address;
  };
  struct Line {
    std::string text;
    PathSpec address;
  };

  std::string line_of(const Process& process) const;

  mutable std::mutex mutex_;
  std::map<std::tuple<std::string, std::string, std::uint64_t, std::string>, Line> lines_;
  std::map<std::uint64_t, Process> processes_;  // by pid
  std::uint64_t left_out_ = 0;
};

}  // namespace konseki
