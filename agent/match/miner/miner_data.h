// MinerData: pools, names and ports that miners use: data with source and date.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/result.h"

namespace konseki {

enum class MinerName { kNone, kMiner, kDisguise, kSystem };

// Immutable once loaded; safe to share.
class MinerData {
 public:
  static constexpr std::array<std::string_view, 3> kFiles{"miner-pools.tsv", "miner-names.tsv",
                                                          "miner-ports.tsv"};

  // The embedded data with whole files replaced by `texts`, (file name, text): "miner-pools.tsv",
  // "miner-names.tsv", "miner-ports.tsv". kInvalidArgument names file and line of what is wrong.
  static Result<MinerData> with(
      std::span<const std::pair<std::string_view, std::string_view>> texts);

  // The pool that `host` (lower case) is or is below of; empty when none.
  std::string_view pool_of(std::string_view host) const;
  // What a program of that name is; digits behind '/' or ':' (kworker/0:1) and ".exe" do not count.
  MinerName kind_of(std::string_view program) const;
  bool is_port(std::uint64_t port) const { return ports_.contains(port); }

  const std::set<std::string, std::less<>>& pool_names() const { return pools_; }  // lower case
  std::size_t pools() const { return pools_.size(); }
  std::size_t names() const { return names_.size(); }

 private:
  Result<void> load(std::string_view file, std::string_view text);

  std::set<std::string, std::less<>> pools_;
  std::map<std::string, MinerName, std::less<>> names_;
  std::set<std::uint64_t> ports_;
};

}  // namespace konseki
