#include "agent/match/yara/rule_meta.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "agent/base/unicode.h"

namespace konseki::yara {
namespace {

std::optional<int> number_of(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Words as rule sets write them; numbers up to 10 are tenths.
std::optional<int> measure(const std::string& value) {
  if (const auto number = number_of(value)) {
    if (*number < 0) return std::nullopt;
    return *number <= 10 ? *number * 10 : std::min(*number, 100);
  }
  const std::string word = fold_case(value);
  if (word == "critical" || word == "very high") return 90;
  if (word == "high" || word == "malicious") return 75;
  if (word == "medium" || word == "moderate" || word == "suspicious") return 50;
  if (word == "low") return 25;
  if (word == "info" || word == "informational" || word == "none") return 0;
  return std::nullopt;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string technique_in(std::string_view text) {
  for (std::size_t i = 0; i + 5 <= text.size(); ++i) {
    if ((text[i] | 0x20) != 't') continue;
    if (i > 0 && (is_letter(text[i - 1]) || is_digit(text[i - 1]))) continue;
    const auto digits = [&](std::size_t at, std::size_t count) {
      for (std::size_t k = 0; k < count; ++k) {
        if (at + k >= text.size() || !is_digit(text[at + k])) return false;
      }
      return at + count >= text.size() || !is_digit(text[at + count]);
    };
    if (!digits(i + 1, 4)) continue;
    std::string id = "T" + std::string(text.substr(i + 1, 4));
    const std::size_t after = i + 5;
    const bool parted = after < text.size() && (text[after] == '.' || text[after] == '_');
    if (parted && digits(after + 1, 3)) id += "." + std::string(text.substr(after + 1, 3));
    return id;
  }
  return {};
}

bool speaks_of_techniques(std::string_view key) {
  const std::string folded = fold_case(key);
  for (const std::string_view word : {"mitre", "attack", "technique", "att_ck"}) {
    if (folded.find(word) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

std::string meta_value(const RuleHit& hit, std::string_view key) {
  for (const auto& [name, value] : hit.meta) {
    if (fold_case(name) == key) return value;
  }
  return {};
}

int score_of(const RuleHit& hit) {
  if (const auto score = number_of(meta_value(hit, "score"))) return std::clamp(*score, 0, 100);
  for (const std::string_view key : {"severity", "threat_level", "confidence"}) {
    if (const auto found = measure(meta_value(hit, key))) return *found;
  }
  return kDefaultScore;
}

std::string technique_of(const RuleHit& hit) {
  for (const auto& [key, value] : hit.meta) {
    if (!speaks_of_techniques(key)) continue;
    if (std::string id = technique_in(value); !id.empty()) return id;
  }
  for (const std::string& tag : hit.tags) {
    if (std::string id = technique_in(tag); !id.empty()) return id;
  }
  return {};
}

}  // namespace konseki::yara
