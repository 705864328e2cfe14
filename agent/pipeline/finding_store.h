// FindingStore: keeps what matchers find, each once, the worst of what is too much.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "konseki/finding.h"

namespace konseki {

struct FindingLimits {
  std::size_t per_rule = 1000;  // findings of one rule or indicator
  std::size_t total = 50'000;   // of all together
};

// A rule of which not every finding is kept, since it has too many.
struct CutRule {
  std::string matcher;
  std::string rule;
  std::uint64_t findings = 0;  // emitted
  std::uint64_t kept = 0;
};

// Findings of one matcher, rule, schema and subject become one: counts add up, the times seen
// widen, the graver one speaks and the other's witnesses join it. Beyond a limit the gravest are
// kept (comes_before), so that what remains does not depend on the order of calls. Not thread-safe.
class FindingStore {
 public:
  explicit FindingStore(FindingLimits limits = {}) : limits_(limits) {}

  void add(Finding&& finding);

  // In the order of findings.jsonl; the store is empty afterwards but for cut_rules().
  std::vector<Finding> take();
  // By matcher and rule; after take().
  std::vector<CutRule> cut_rules() const;
  // Findings left out because of FindingLimits::total.
  std::uint64_t left_out() const { return left_out_; }

 private:
  struct Worse {
    bool operator()(const Finding* a, const Finding* b) const { return comes_before(*a, *b); }
  };
  struct Rule {
    std::map<std::string, std::unique_ptr<Finding>> by_subject;
    std::set<const Finding*, Worse> order;
    std::uint64_t emitted = 0;
    bool cut = false;
    std::uint64_t kept = 0;  // set by take()
  };
  using Rules = std::map<std::pair<std::string, std::string>, Rule>;

  void drop(Rule& rule, const Finding& finding);

  FindingLimits limits_;
  Rules rules_;
  std::set<const Finding*, Worse> order_;
  std::uint64_t left_out_ = 0;
};

}  // namespace konseki
