#include "collectors/live/gap_tally.h"

namespace konseki::live {

void GapTally::add(std::string_view kind, std::string_view what, const Error& error) {
  if (error.code == ErrorCode::kNotFound) return;
  Count& count = counts_[{std::string(kind), error.code}];
  if (count.times++ == 0) {
    count.first = what;
    count.error = error;
  }
}

void GapTally::flush(Sink& sink, bool privileged) {
  for (auto& [key, count] : counts_) {
    Error error = std::move(count.error);
    // File systems put the path into the detail themselves, without the first '/'.
    const std::string_view path =
        std::string_view(count.first).substr(count.first.starts_with('/') ? 1 : 0);
    if (error.detail.find(path) == std::string::npos) {
      error.detail = count.first + (error.detail.empty() ? "" : ": " + error.detail);
    }
    if (count.times > 1) {
      error.detail = std::to_string(count.times) + " times, first " + error.detail;
    }
    if (error.code == ErrorCode::kPermissionDenied && error.advice.empty()) {
      error.advice = privileged ? advice_.refused_to_anyone : advice_.with_more_rights;
    }
    sink.gap(key.first, error);
  }
  counts_.clear();
}

}  // namespace konseki::live
