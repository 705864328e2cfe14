// YaraScanner: runs rule sets over content.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/base/fence.h"
#include "agent/base/handles/yara.h"
#include "agent/match/yara/rule_hit.h"
#include "agent/match/yara/rule_set.h"
#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki::yara {

// What conditions may ask for beside the content; docs/yara.md says what each one is.
struct ScanFacts {
  std::string file_name;
  std::string file_path;
  std::string extension;
  std::string file_type;
  std::string md5;
  std::string owner;
  std::string id;
};

struct ScanOutcome {
  std::vector<RuleHit> hits;            // in the order of the rules
  std::vector<std::string> console;     // what rules wrote with the console module, first few
  std::uint64_t console_count = 0;      // all of it
  std::vector<std::string> overflowed;  // "rule $string": matches were too many to count
};

// Called where libyara is about to be called, inside the fence: the seam at which tests put faults.
using BeforeScan = std::function<void(const ScanFacts&)>;

// Used by one thread at a time; keeps one libyara scanner a rule set. Rule sets outlive it. libyara
// runs behind a fence (agent/base/fence.h): where it crashes or does not come back within three
// times its time limit, the scan fails and the next one has a new scanner.
class YaraScanner {
 public:
  explicit YaraScanner(int time_limit_seconds, BeforeScan before_scan = {})
      : time_limit_(time_limit_seconds), before_scan_(std::move(before_scan)) {}
  ~YaraScanner();

  // Content in memory. Fails with kLimitExceeded when the time is up, kIoError when the content
  // could not be read, else kInternal; what was found until then is lost.
  Result<ScanOutcome> scan(const RuleSet& set, std::span<const std::byte> content,
                           const ScanFacts& facts);
  // Larger content, in blocks of 16 MiB that overlap by 1 MiB (block_iterator.h).
  Result<ScanOutcome> scan_blocks(const RuleSet& set, ByteReader& content, const ScanFacts& facts);
  // The memory of a process, within `seconds`: offsets are addresses, filesize is undefined, and
  // modules read programs as they are loaded.
  Result<ScanOutcome> scan_memory(const RuleSet& set, ByteReader& memory,
                                  std::vector<ByteRange> blocks, const ScanFacts& facts,
                                  int seconds);

  // True when the last scan was stopped by the fence.
  bool crashed() const { return crashed_; }

 private:
  // What is scanned: one of the two, and how.
  struct Input {
    std::span<const std::byte> content = {};
    YR_MEMORY_BLOCK_ITERATOR* blocks = nullptr;
    int more_flags = 0;
    int seconds = 0;
  };

  YR_SCANNER* scanner_of(const RuleSet& set);
  Result<ScanOutcome> run(const RuleSet& set, const ScanFacts& facts, const Input& input);

  int time_limit_;
  BeforeScan before_scan_;
  Fence fence_;
  bool crashed_ = false;
  std::map<const RuleSet*, YaraScannerHandle> scanners_;
};

}  // namespace konseki::yara
