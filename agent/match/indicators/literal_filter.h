// LiteralFilter: which of many short texts occur in another one.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace konseki {

// `text` in the form that literals are compared in: ASCII in lower case, and the few other
// characters that fold or normalise to ASCII as that. Replaces what `out` held.
void fold_for_filter(std::string_view text, std::string& out);

// Every literal is known by one gram of four (or three) bytes; a text is looked through once, a
// bit table of 8 KiB passing over almost all places. Immutable after seal(), then thread-safe.
class LiteralFilter {
 public:
  // `literal` has three bytes or more (see required_literals.h).
  void add(std::string_view literal, std::uint32_t id);
  void seal();
  bool empty() const { return literals_.empty(); }

  // Calls `use(id)` for every place where a literal stands; the same id perhaps again.
  template <class Use>
  void scan(std::string_view folded, Use use) const {
    if (!four_.ends.empty()) scan_grams<4>(four_, folded, use);
    if (!three_.ends.empty()) scan_grams<3>(three_, folded, use);
  }

 private:
  struct Literal {
    std::string text;
    std::uint32_t id = 0;
    std::uint32_t gram_at = 0;
  };
  struct Table {
    std::array<std::uint64_t, 1024> bits{};
    std::vector<std::uint32_t> ends;     // by hash: begin of its literals, and the end
    std::vector<std::uint32_t> members;  // indexes of literals_
  };

  template <std::size_t Size>
  static std::uint32_t gram_hash(const char* at) {
    std::uint32_t word = 0;
    std::memcpy(&word, at, Size);
    return (word * 0x9E3779B1U) >> 16;
  }

  template <std::size_t Size, class Use>
  void scan_grams(const Table& table, std::string_view text, Use& use) const {
    if (text.size() < Size) return;
    for (std::size_t at = 0; at + Size <= text.size(); ++at) {
      const std::uint32_t hash = gram_hash<Size>(text.data() + at);
      if ((table.bits[hash >> 6] >> (hash & 63) & 1) == 0) continue;
      for (std::uint32_t i = table.ends[hash]; i < table.ends[hash + 1]; ++i) {
        const Literal& literal = literals_[table.members[i]];
        if (literal.gram_at > at) continue;
        if (text.substr(at - literal.gram_at, literal.text.size()) == literal.text) {
          use(literal.id);
        }
      }
    }
  }

  template <std::size_t Size>
  void build(Table& table);

  std::vector<Literal> literals_;
  Table four_;
  Table three_;
};

}  // namespace konseki
