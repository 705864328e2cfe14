// IndicatorIndex: compiled indicators, opened where they lie.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/mapped_file.h"
#include "agent/match/indicators/atom.h"
#include "agent/match/indicators/index_format.h"
#include "agent/match/indicators/indicator_sink.h"
#include "agent/match/indicators/input_problem.h"
#include "agent/match/indicators/pattern_tests.h"
#include "agent/match/indicators/warninglist.h"
#include "konseki/result.h"

namespace konseki {

// Whether a file that begins so is compiled indicators, of this version or another.
bool is_indicator_index(std::span<const std::byte> begin);

struct StoredExpression {
  AtomType type = AtomType::kPathRegex;  // or kCommandLine
  std::string text;
  std::string excluded;
  std::vector<std::string> literals;  // one of them must occur; empty: nothing is known
  std::uint32_t owner = 0;
};

struct StoredPattern {
  std::string text;
  stix::Version version = stix::Version::k21;
  std::vector<PatternTest> tests;
  std::uint32_t owner = 0;
};

struct StoredRule {
  std::string text;
  std::uint32_t owner = 0;
};

struct IndexSummary {
  std::uint64_t indicators = 0;
  std::uint64_t superseded = 0;  // older versions that were left out
  std::map<AtomType, std::uint64_t> atoms;
  std::uint64_t patterns = 0;
  std::uint64_t rules = 0;
  std::uint64_t refused = 0;
  std::uint64_t warninglists = 0;
};

// Immutable and thread-safe. The whole file is checked against its digest when it is opened, and
// every offset again whenever it is used: a file that changes below us, or was made to deceive,
// gives wrong answers at worst.
class IndicatorIndex {
 public:
  // kUnsupported: another version; kCorrupt: damaged. Both name `path`.
  static Result<std::shared_ptr<const IndicatorIndex>> open(const std::string& path);
  static Result<std::shared_ptr<const IndicatorIndex>> from_bytes(std::vector<std::byte> bytes,
                                                                  const std::string& name);

  const std::string& name() const { return name_; }
  const IndexSummary& summary() const { return summary_; }
  bool has(AtomType type) const { return summary_.atoms.contains(type); }
  std::size_t value_count() const { return values_.size(); }

  // Whether a value under this key may be there; most others are told apart at once.
  bool may_hold(AtomType type, std::string_view key) const {
    return may_hold(index_format::hash(type, key));
  }
  // Calls `use(number)` for every value of `type` that is stored under `key` (atom_key()).
  template <class Use>
  void find(AtomType type, std::string_view key, Use use) const {
    const std::uint64_t hash = index_format::hash(type, key);
    if (!may_hold(hash)) return;
    for (std::uint32_t i = first_of(hash); i < keys_.size() && keys_[i] == hash; ++i) {
      if (values_[i].type == static_cast<std::uint8_t>(type)) use(i);
    }
  }

  AtomType type(std::uint32_t value) const { return static_cast<AtomType>(values_[value].type); }
  std::uint16_t port(std::uint32_t value) const { return values_[value].port; }
  std::string payload(std::uint32_t value) const;
  std::vector<std::uint32_t> owners(std::uint32_t value) const;
  // Indicators stored, older versions too: numbers below this.
  std::uint32_t info_count() const { return static_cast<std::uint32_t>(info_offsets_.size() - 1); }
  // An indicator by its number; kCorrupt when there is none.
  Result<IndicatorInfo> info(std::uint32_t number) const;

  // Prefix lengths of networks, each once, the longest first.
  const std::vector<std::uint8_t>& prefixes(bool is_v6) const {
    return is_v6 ? prefixes_v6_ : prefixes_v4_;
  }

  Result<std::vector<StoredExpression>> expressions() const;
  Result<std::vector<StoredPattern>> patterns() const;
  Result<std::vector<StoredRule>> rules() const;
  // As many as the builder keeps; summary().refused is their number.
  Result<std::vector<InputProblem>> refused() const;
  Result<std::vector<Warninglist>> warninglists() const;

 private:
  IndicatorIndex() = default;
  Result<void> attach(std::span<const std::byte> bytes);
  Result<void> read_summary();
  bool may_hold(std::uint64_t hash) const;
  std::uint32_t first_of(std::uint64_t hash) const;
  std::string section(index_format::Section which) const;
  std::string unmasked(index_format::Section which, std::uint64_t offset, std::uint64_t size) const;
  std::string pooled(std::uint32_t place) const;

  std::string name_;
  std::unique_ptr<const MappedFile> file_;
  std::vector<std::byte> own_bytes_;
  std::span<const std::byte> bytes_;
  index_format::Header header_;
  std::span<const std::uint64_t> keys_;
  std::span<const index_format::Value> values_;
  std::span<const std::uint32_t> buckets_;
  std::span<const std::uint8_t> filter_;
  std::span<const std::uint32_t> owners_;
  std::span<const std::uint32_t> info_offsets_;
  int bucket_shift_ = 0;
  std::vector<std::uint8_t> prefixes_v4_;
  std::vector<std::uint8_t> prefixes_v6_;
  IndexSummary summary_;
};

}  // namespace konseki
