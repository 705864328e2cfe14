// PathExpressions: thousands of regular expressions over one path at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/index.h"
#include "agent/match/indicators/literal_filter.h"
#include "agent/match/stix/text_pattern.h"

namespace konseki {

// One filter of literals passes over nearly every path; what remains is compiled when it is first
// needed. Expressions without a literal are one RE2::Set where RE2 can express them. Also finds
// parts of command lines. Thread-safe.
class PathExpressions {
 public:
  struct Stats {
    std::uint64_t expressions = 0;
    std::uint64_t without_literal = 0;  // of these
    std::uint64_t one_by_one = 0;       // of these: run on every path
  };
  // Told of an expression that could not be decided on a text.
  using Trouble = std::function<void(const StoredExpression& expression, const Error& error)>;

  PathExpressions(std::vector<StoredExpression> expressions, AtomType type);
  ~PathExpressions();

  const Stats& stats() const { return stats_; }
  const StoredExpression& at(std::uint32_t number) const { return expressions_[number]; }

  // Numbers of the expressions found in `text`, ascending. A path is '/' separated and is tried
  // with '\' as well; a command line is taken as it is.
  void find(std::string_view text, std::vector<std::uint32_t>& found, const Trouble& trouble) const;

 private:
  struct Unfiltered;
  struct Compiled {
    std::shared_ptr<const stix::TextPattern> wanted;
    std::shared_ptr<const stix::TextPattern> excluded;
  };

  const Compiled& compiled(std::uint32_t number) const;
  bool fits(std::uint32_t number, std::string_view text, std::string& with_backslashes,
            const Trouble& trouble) const;

  AtomType type_;
  std::vector<StoredExpression> expressions_;
  LiteralFilter filter_;
  std::unique_ptr<const Unfiltered> unfiltered_;
  Stats stats_;
  mutable std::mutex mutex_;
  mutable std::vector<std::atomic<const Compiled*>> compiled_;
  mutable std::vector<std::unique_ptr<const Compiled>> owned_;
};

}  // namespace konseki
