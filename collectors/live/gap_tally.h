// GapTally: many small failures of one kind become one gap with a count.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "konseki/collector.h"

namespace konseki::live {

// What to tell people where permission was denied.
struct DeniedAdvice {
  Bilingual with_more_rights;   // when the program runs without full rights
  Bilingual refused_to_anyone;  // when it has them
};

// Counts what could not be read, by kind and error code, so that a run without rights answers one
// gap a kind and not one a process. Not thread-safe. Nothing is reported before flush().
class GapTally {
 public:
  explicit GapTally(DeniedAdvice advice) : advice_(std::move(advice)) {}

  // `kind` is what all of them have in common, e.g. "/proc/*/exe"; `what` the one that failed. A
  // thing that is gone meanwhile (kNotFound) is no gap and is not counted.
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
  DeniedAdvice advice_;
  std::map<std::pair<std::string, ErrorCode>, Count> counts_;
};

}  // namespace konseki::live
