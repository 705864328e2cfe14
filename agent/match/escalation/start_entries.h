// StartEntries: what starts by itself or lets in, with its time and place.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "agent/match/escalation/host_files.h"
#include "konseki/record.h"

namespace konseki {

struct StartEntry {
  std::string mechanism, location, name, command;
  std::optional<Timestamp> since;
  PathSpec address;
};

// see() may be called from several threads; near() after the last record. What is kept depends on
// the records, never on their order.
class StartEntries {
 public:
  // Takes persistence records and SSH keys, ignores others.
  void see(const Record& record);

  // Those that came within a day of one of `times`. Of a copied file system the time of creation
  // is that of the copy, so the modification of the file that holds the entry counts as well.
  std::vector<StartEntry> near(const std::vector<Timestamp>& times, const HostFiles& files) const;

  std::uint64_t left_out() const { return left_out_; }

 private:
  std::mutex mutex_;  // of all below
  std::map<std::tuple<std::string, std::string, std::string, std::string>, StartEntry> entries_;
  std::uint64_t left_out_ = 0;
};

}  // namespace konseki
