// AllowList: digests that somebody on the team has looked at and found harmless.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "konseki/digests.h"
#include "konseki/result.h"

namespace konseki {

// Lines of "digest;comment" (MD5, SHA-1 or SHA-256, hex of either case), '#' comments and empty
// lines allowed. A list goes by content alone, so it outlives every update of rules. Immutable
// after the last add() and then safe for any number of threads.
class AllowList {
 public:
  // kInvalidArgument names file and line; lines before it stay.
  Result<void> add(std::string_view text, std::string_view file);

  // The comment of the entry, which may be empty; null when there is none.
  const std::string* find(const Digests& digests) const;
  const std::string* find(std::string_view hex_digest) const;

  std::size_t size() const { return comments_.size(); }

 private:
  std::map<std::string, std::string, std::less<>> comments_;  // by lower-case hex
};

}  // namespace konseki
