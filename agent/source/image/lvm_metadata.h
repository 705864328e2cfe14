// The metadata text of LVM2: sections, numbers, strings and lists (lvm.conf(5) syntax).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "konseki/result.h"

namespace konseki {

// One section; owns all below it. Look-ups of what is absent or of another kind give nothing.
class LvmSection {
 public:
  using Value = std::variant<std::uint64_t, std::string>;

  std::optional<std::uint64_t> number(const std::string& name) const;
  std::string text(const std::string& name) const;
  const std::vector<Value>* list(const std::string& name) const;
  const LvmSection* section(const std::string& name) const;
  const std::vector<std::pair<std::string, std::unique_ptr<LvmSection>>>& sections() const {
    return sections_;  // in the order of the text
  }

 private:
  friend Result<std::unique_ptr<LvmSection>> parse_lvm_metadata(std::string_view text);

  std::map<std::string, std::vector<Value>> values_;  // scalars are lists of one
  std::vector<std::pair<std::string, std::unique_ptr<LvmSection>>> sections_;
};

// kCorrupt where the text breaks its syntax, kLimitExceeded where it is absurdly deep.
Result<std::unique_ptr<LvmSection>> parse_lvm_metadata(std::string_view text);

}  // namespace konseki
