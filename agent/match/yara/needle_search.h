// NeedleSearch: which of very many short byte strings occur in a content, in one pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agent/match/yara/rule_string.h"

namespace konseki::yara {

// Every needle is known by one window of four bytes with letters folded. Each place of a content is
// looked up in a table of 128 KiB, where one place does not wait for the one before; an automaton
// of as many needles is larger than most caches and waits for memory at every byte. Immutable
// after seal(), then thread-safe.
class NeedleSearch {
 public:
  static constexpr std::size_t kLongest = 32;  // bytes of a needle that are compared

  // What one content, or one block after the other, has shown so far. For one thread.
  class State {
   public:
    explicit State(const NeedleSearch& search) : seen_(search.needles_.size()) {}

    void reset();
    const std::vector<std::uint32_t>& found() const { return found_; }  // needles, in no order
    // The content was made to cost too much: found() is not complete.
    bool overloaded() const { return overloaded_; }

   private:
    friend class NeedleSearch;
    std::vector<bool> seen_;
    std::vector<std::uint32_t> found_;
    std::uint64_t work_ = 0;
    bool overloaded_ = false;
  };

  // Of kShortestNeedle bytes at least. The same needle gets the same number again.
  std::uint32_t add(const Needle& needle);
  void seal();
  std::size_t size() const { return needles_.size(); }

  // Adds what stands in `bytes` to the state. Blocks overlap by kLongest - 1 bytes.
  void look(std::span<const std::byte> bytes, State& state) const;

 private:
  struct Window {
    std::uint64_t tag = 0;  // eight bytes of the needle around its window, folded
    std::uint32_t needle = 0;
    std::uint8_t at = 0;      // of the window in the needle
    std::uint8_t tag_at = 0;  // of the tag before the window
    bool has_tag = false;     // not of needles shorter than the tag
  };

  void compare(std::uint64_t hash, std::span<const std::byte> bytes, std::size_t at,
               State& state) const;

  std::vector<Needle> needles_;
  std::vector<std::uint64_t> bits_;
  std::vector<std::uint32_t> ends_;  // by hash: begin of its windows, and the end
  std::vector<Window> windows_;
};

}  // namespace konseki::yara
