// The splitter of YARA rule files: any bytes, bounded time, pieces inside the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "agent/match/yara/rule_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const konseki::yara::RuleText rules = konseki::yara::split_rules(text);
  std::size_t end = 0;
  for (const auto& piece : rules.pieces) {
    if (piece.begin < end || piece.end <= piece.begin || piece.end > size) std::abort();
    end = piece.end;
  }
  const std::vector<bool> all(rules.pieces.size(), true);
  if (konseki::yara::without_pieces(text, rules, all).size() != size) std::abort();
  return 0;
}
