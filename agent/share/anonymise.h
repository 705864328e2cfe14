// Anonymised sharing: what attackers use goes out, who was attacked does not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/share/shared_findings.h"
#include "konseki/host.h"

namespace konseki {

// Words that would tell whose host it is: its name and domain, its people's names, its addresses.
// Whole words are looked for, whatever their case.
class VictimWords {
 public:
  VictimWords() = default;
  VictimWords(const HostFacts& host, const std::vector<std::string>& own_addresses);

  bool in(std::string_view text) const;
  bool empty() const { return words_.empty(); }

 private:
  void add(std::string_view word);

  std::vector<std::string> words_;  // folded
};

// Leaves only what indicators list, how often and when it was seen, and digests of files that are
// listed by content. Host, paths, users, processes, and what stood in the evidence are gone. A
// value that is private or holds a victim's word goes too, and the finding with it where nothing is
// left (SharedFindings::identifying counts them).
void anonymise(SharedFindings& shared, const VictimWords& words);

}  // namespace konseki
