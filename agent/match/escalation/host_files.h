// HostFiles: what is kept of every file that passes, so that a grave finding can be looked around.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/match/webshell/ranked_map.h"
#include "konseki/matcher.h"

namespace konseki {

struct HostFile {
  PathSpec address;
  std::string owner;  // uid or SID
  std::optional<Timestamp> modified;
  std::optional<Timestamp> created;  // on Windows volumes
  std::uint64_t size = 0;
  std::string sha256;      // where it was read
  bool of_nobody = false;  // no package owns it, and packages are known
};

// see() may be called from several threads; everything else only while nobody does. What is kept
// depends on the files, never on their order: files in start-up places first, then logs, then the
// latest. Files that a package vouches for are passed over.
class HostFiles {
 public:
  explicit HostFiles(std::size_t most = 200'000) : files_(most) {}

  void begin(const MatchContext& context);
  void see(const MatchFile& file);

  // Null for processes and for files that are not kept.
  const HostFile* find(const PathSpec& address) const;
  // All of them by time and place.
  std::vector<const HostFile*> in_order() const;
  // "www-data (33)"; "?" where nobody knows.
  std::string owner_name(const HostFile* file) const;
  // The evidence has a package database that knows any of its files.
  bool packages_known() const { return packages_known_; }
  // Files that are in the bundle since escalation asked for them, by place.
  using Brought = std::map<std::string, std::pair<PathSpec, std::uint64_t>>;  // bytes
  const Brought& brought() const { return brought_; }

  std::uint64_t left_out() const { return files_.dropped(); }

 private:
  std::map<std::string, std::string> users_;  // id -> name
  std::atomic<bool> packages_known_ = false;
  std::mutex mutex_;  // of all below
  webshell::RankedMap<HostFile> files_;
  Brought brought_;
};

// The place of a file without stream and members, as a key.
std::string place_key(const PathSpec& address);

// True for files in folders where systems and servers keep their logs. Display paths.
bool is_log_place(std::string_view path);

// "2026-01-02T10:00:00Z", or "?".
std::string second_of(const std::optional<Timestamp>& time);

// True when one of `times` lies at most `seconds` from `time`.
bool is_near(const std::vector<Timestamp>& times, const std::optional<Timestamp>& time,
             std::int64_t seconds);

}  // namespace konseki
