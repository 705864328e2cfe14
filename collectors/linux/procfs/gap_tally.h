// GapTally: many small failures of one kind become one gap with a count.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "konseki/collector.h"

namespace konseki::procfs {

// Counts what could not be read, by kind and error code, so that a run without root answers one
// gap a kind and not one a process. Not thread-safe. Nothing is reported before flush().
class GapTally {
 public:
  // `kind` is the pattern of the paths, e.g. "/proc/*/exe"; `what` the one that failed. A thing
  // that is gone meanwhile (kNotFound) is no gap and is not counted.
  void add(std::string_view kind, std::string_view what, const Error& error);

  // One Sink::gap a kind and code, in order of the kinds; then starts anew. `privileged` as
  // LiveHost says: tells which advice helps where permission was denied.
  void flush(Sink& sink, bool privileged);

 private:
  struct Count {
    std::uint64_t times = 0;
    std::string first;
    Error error;
  };
  std::map<std::pair<std::string, ErrorCode>, Count> counts_;
};

// Why the target of a link such as exe or fd/3 reads as empty; absent when the thing is gone, which
// is no failure.
std::optional<Error> why_withheld(FileSystem& kernel, const Entry& link);

}  // namespace konseki::procfs
