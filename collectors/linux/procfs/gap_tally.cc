#include "collectors/linux/procfs/gap_tally.h"

namespace konseki::procfs {

void GapTally::add(std::string_view kind, std::string_view what, const Error& error) {
  if (error.code == ErrorCode::kNotFound) return;
  Count& count = counts_[{std::string(kind), error.code}];
  if (count.times++ == 0) {
    count.first = what;
    count.error = error;
  }
}

void GapTally::flush(Sink& sink) {
  for (auto& [key, count] : counts_) {
    Error error = std::move(count.error);
    if (count.times > 1) {
      error.detail = std::to_string(count.times) + " times, first " + count.first +
                     (error.detail.empty() ? "" : ": " + error.detail);
    } else if (error.detail.empty()) {
      error.detail = count.first;
    }
    if (error.code == ErrorCode::kPermissionDenied && error.advice.empty()) {
      error.advice = run_as_root();
    }
    sink.gap(key.first, error);
  }
  counts_.clear();
}

Bilingual run_as_root() {
  return {"Run as root to see it.", "root 権限で実行すると取得できます。"};
}

}  // namespace konseki::procfs
