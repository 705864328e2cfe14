#include "collectors/linux/procfs/gap_tally.h"

namespace konseki::procfs {
namespace {

Bilingual run_as_root() {
  return {"Run as root to see it.", "root 権限で実行すると取得できます。"};
}

Bilingual refused_to_root() {
  return {"The process or a security module refuses this even to root.",
          "プロセス自身またはセキュリティモジュールが root にも拒否しています。"};
}

}  // namespace

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
    if (count.times > 1) {
      // File systems put the path into the detail themselves, without the first '/'.
      const std::string_view path =
          std::string_view(count.first).substr(count.first.starts_with('/') ? 1 : 0);
      const bool has_path = error.detail.find(path) != std::string::npos;
      error.detail = std::to_string(count.times) + " times, first " +
                     (has_path ? error.detail
                               : count.first + (error.detail.empty() ? "" : ": " + error.detail));
    } else if (error.detail.empty()) {
      error.detail = count.first;
    }
    if (error.code == ErrorCode::kPermissionDenied && error.advice.empty()) {
      error.advice = privileged ? refused_to_root() : run_as_root();
    }
    sink.gap(key.first, error);
  }
  counts_.clear();
}

std::optional<Error> why_withheld(FileSystem& kernel, const Entry& link) {
  auto opened = kernel.open(link);
  if (opened || opened.error().code == ErrorCode::kNotFound) return std::nullopt;
  return std::move(opened).error();
}

}  // namespace konseki::procfs
