// MinerSubject: one file, process or entry on which signs of mining were seen.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/match/miner/miner_sign.h"
#include "konseki/matcher.h"
#include "konseki/path_spec.h"
#include "konseki/time.h"

namespace konseki {

struct MinerSubject {
  PathSpec address;
  std::string schema;  // of the record that tells of it; empty for files
  std::string sha256;
  std::string what;        // how a person would call it
  bool is_memory = false;  // the memory of a process: what the kernel tells of it says more
  CommandPlace place = CommandPlace::kScript;
  std::map<std::string, MinerSign> signs;  // by name
  // Of processes.
  std::int64_t processor_time = 0;  // milliseconds
  std::optional<Timestamp> started;
  std::string program;                  // its file
  std::vector<std::string> open_files;  // "DESCRIPTOR PATH", deleted ones first

  // Joins what else was seen of the same thing; what comes of it does not depend on the order.
  void take(MinerSubject&& fresh, std::vector<MinerSign>&& fresh_signs);
  // Weighs the share of one processor that it used since its start: a miner's is all it can get.
  void judge_share(Timestamp now);
};

// One look at a subject. Looks with one key are at the same thing.
struct MinerSighting {
  std::string key;
  MinerSubject subject;
  std::vector<MinerSign> signs;
};

std::string file_key(const PathSpec& address);
std::string process_key(std::uint64_t pid);

// What is known of a file before its signs.
MinerSubject subject_of(const MatchFile& file);

}  // namespace konseki
