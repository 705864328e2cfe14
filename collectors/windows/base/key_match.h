// Finds the keys of a hive that many patterns ask for, in one walk.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/registry_hive.h"
#include "konseki/record.h"

namespace konseki::windows {

// '*' and '?' as in file names; both sides are folded already.
bool glob_matches(std::string_view pattern, std::string_view text);

// A key pattern below a hive's root, in '/'-separated segments: literal, glob ('*', '?'), or
// '**' / '**N', any one to N levels of keys (10 when N is missing or out of 1..10).
class KeyPattern {
 public:
  explicit KeyPattern(std::string_view path);

  struct Segment {
    std::string folded;  // empty for '**N'
    int levels = 0;      // N of '**N', else 0
  };
  std::span<const Segment> segments() const { return segments_; }

 private:
  std::vector<Segment> segments_;
};

// `path` is below the root, names as stored, separated by '\'; `patterns` are the indices of
// those that the key matches, ascending.
using KeyVisitor = std::function<void(const RegistryKey& key, const std::string& path,
                                      std::span<const std::size_t> patterns)>;
// Told of keys that could not be read; the walk goes on beside them.
using KeyDamageHandler = std::function<void(const std::string& path, const Error& error)>;

// What is told of such a key: a record that says where it is, below the hive that Windows mounts as
// `mount` ("HKEY_LOCAL_MACHINE\\SOFTWARE"), and why it could not be read.
Record damaged_key(const RecordSchema& schema, std::string_view mount, const std::string& path,
                   const Error& error);

// Visits every key that at least one pattern matches, parents first, in the hive's order. Depth
// is bounded by the patterns, never by the hive.
void match_keys(const RegistryKey& root, std::span<const KeyPattern> patterns,
                const KeyVisitor& visit, const KeyDamageHandler& damaged);

}  // namespace konseki::windows
