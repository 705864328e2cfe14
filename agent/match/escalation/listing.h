// Listing: lines for the excerpt of a witness, with their addresses; what is left out is said.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/finding.h"

namespace konseki {

struct Listing {
  static constexpr std::size_t kMost = 40;  // lines in one witness

  std::vector<PathSpec> addresses;
  std::string text;
  std::size_t count = 0;

  void add(std::string line, const PathSpec& address);
  std::string excerpt() const;
};

// Adds the witness `name` with what `listing` holds.
void add_witness(Finding& finding, std::string_view name, Bilingual text, const Listing& listing);

}  // namespace konseki
