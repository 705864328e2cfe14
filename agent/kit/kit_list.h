// KitList: kit.list, every file of a rescue kit with its size and digest (docs/kit.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "konseki/bundle.h"
#include "konseki/result.h"

namespace konseki {

struct KitFile {
  std::uint64_t size = 0;
  Sha256 sha256{};

  bool operator==(const KitFile&) const = default;
};

// By path: relative to the kit's folder, '/' separated.
using KitList = std::map<std::string, KitFile, std::less<>>;

// "konseki kit list 1", then a line a file: digest, size, path, with two spaces between them.
std::string write_kit_list(const KitList& list);

// Strict: exactly the form that write_kit_list() gives, or kCorrupt.
Result<KitList> parse_kit_list(std::string_view text);

}  // namespace konseki
