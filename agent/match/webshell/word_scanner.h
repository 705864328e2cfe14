// WordScanner: which of a fixed set of words stand in a text, letters of any case, in one pass.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace konseki::webshell {

// Immutable after construction; may be shared between threads.
class WordScanner {
 public:
  // Words are lower case, at least two bytes, and outlive the scanner.
  explicit WordScanner(std::span<const std::string_view> words);

  // Sets found[i] for every word i that stands in `text`. True when there was one.
  bool scan(std::string_view text, std::vector<bool>& found) const;
  // True at the first word found.
  bool any(std::string_view text) const;

 private:
  bool match(std::string_view text, std::size_t at, std::vector<bool>* found) const;

  std::vector<std::string_view> words_;
  std::vector<std::uint8_t> pairs_;                       // by the first two bytes: may begin here
  std::array<std::vector<std::uint16_t>, 256> by_first_;  // words by their first byte
};

}  // namespace konseki::webshell
