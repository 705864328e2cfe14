// KnownGoodSet: lists of digests and NSRL databases, laid together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/known_good/known_good.h"
#include "konseki/result.h"

namespace konseki {

// Built by one thread, then asked by any number. Lists are held as sorted digests (20 bytes and
// less an entry); databases stay on their medium.
class KnownGoodSet : public KnownGood {
 public:
  KnownGoodSet();
  ~KnownGoodSet() override;

  // Any text that holds digests: one a line, sha256sum's and hashdeep's output, NSRLFile.txt. Each
  // hexadecimal word of 32, 40 or 64 digits counts. kInvalidArgument when there is none.
  Result<void> add_list(std::string_view text, std::string_view name);

  // An NSRL RDS database (table FILE with a column sha256, sha1 or md5) by SQLite: opened read-only
  // and as immutable, so that no journal is looked for or made. kUnsupported when no such column
  // is indexed, for each look-up would then read all of it.
  Result<void> add_database(const std::string& path);

  // After the last add_*().
  void finish();

  bool knows(const Digests& digests) const override;
  std::uint64_t listed() const;  // digests of lists
  std::size_t databases() const { return databases_.size(); }

 private:
  struct Database;
  template <std::size_t Size>
  using Sorted = std::vector<std::array<std::byte, Size>>;

  Sorted<16> md5_;
  Sorted<20> sha1_;
  Sorted<32> sha256_;
  std::vector<std::unique_ptr<Database>> databases_;
};

}  // namespace konseki
