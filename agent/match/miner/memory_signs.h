// Signs of mining in the memory of a process.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "agent/match/miner/miner_sign.h"
#include "agent/match/yara/needle_search.h"

namespace konseki {

// Looks for addresses of the protocol Stratum with a host and for known pools, as ASCII and as
// UTF-16, in one pass. Memory also holds what a person reads, a resolver remembers or a scanner
// looks for, so that little counts there: an address needs a host, a pool a port. Immutable,
// thread-safe. The data outlives it.
class MemorySigns {
 public:
  explicit MemorySigns(const MinerData& data);

  // Of one process. For one thread.
  class State {
   public:
    explicit State(const MemorySigns& signs) : needles_(signs.search_) {}

   private:
    friend class MemorySigns;
    yara::NeedleSearch::State needles_;
    std::map<std::string, MinerSign> found_;  // by name
    std::set<std::string> pools_;
  };

  // Adds what stands in `block`, whose first byte has the address `base`.
  void look(std::span<const std::byte> block, std::uint64_t base, State& state) const;
  // The first of each kind; their ranges are addresses. More than 20 pools are a list of what to
  // block and leave no sign of a pool. Leaves the state empty for the next process.
  std::vector<MinerSign> take(State& state) const;

 private:
  struct Text {
    std::string text;  // lower case
    bool wide = false;
    bool pool = false;
  };

  void add(std::string text, bool pool);
  void look_at_place(const Text& needle, std::span<const std::byte> block, std::size_t at,
                     std::uint64_t base, State& state) const;

  const MinerData& data_;
  yara::NeedleSearch search_;
  std::vector<Text> texts_;  // by needle
};

}  // namespace konseki
