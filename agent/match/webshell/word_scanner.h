// WordScanner: which of a fixed set of words stand in a text, letters of any case, in one pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace konseki::webshell {

// Looks for each word by the two neighbouring bytes of it that are rarest in code and prose.
// Immutable after construction; may be shared between threads.
class WordScanner {
 public:
  // At most 255 words, lower case, at least two bytes; they outlive the scanner.
  explicit WordScanner(std::span<const std::string_view> words);

  // Sets found[i] for every word i that stands in `text`. True when there was one.
  bool scan(std::string_view text, std::vector<bool>& found) const;
  // True at the first word found.
  bool any(std::string_view text) const;

 private:
  struct Candidate {
    std::string_view word;
    std::size_t index = 0;
    std::size_t offset = 0;  // of the pair in the word
  };

  // Calls visit(index) for each place of each word, until it says false.
  template <class Visit>
  void walk(std::string_view text, Visit visit) const;

  std::size_t count_;
  std::vector<std::uint8_t> pairs_;            // by two bytes: 0, or a list of lists_
  std::vector<std::vector<Candidate>> lists_;  // words that are looked for by the same two bytes
};

}  // namespace konseki::webshell
