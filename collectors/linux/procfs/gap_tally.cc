#include "collectors/linux/procfs/gap_tally.h"

#include <utility>

namespace konseki::procfs {

GapTally::GapTally()
    : live::GapTally({{"Run as root to see it.", "root 権限で実行すると取得できます。"},
                      {"The process or a security module refuses this even to root.",
                       "プロセス自身またはセキュリティモジュールが root にも拒否しています。"}}) {}

std::optional<Error> why_withheld(FileSystem& kernel, const Entry& link) {
  auto opened = kernel.open(link);
  if (opened || opened.error().code == ErrorCode::kNotFound) return std::nullopt;
  return std::move(opened).error();
}

}  // namespace konseki::procfs
