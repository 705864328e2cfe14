#include "agent/match/indicators/indicator_sink.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/match/indicators/index_format.h"

namespace konseki {
namespace {

constexpr int kUnstated = 50;

bool is_benign(const IndicatorInfo& info) {
  const auto holds = [](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), "benign") != list.end();
  };
  return holds(info.types) || holds(info.labels);
}

}  // namespace

int indicator_score(const IndicatorInfo& info) {
  if (info.revoked || is_benign(info)) return 0;
  return info.confidence.value_or(kUnstated);
}

std::string made_indicator_id(std::string_view kind, std::string_view value) {
  constexpr std::size_t kLongest = 200;
  return value.size() <= kLongest ? fmt::format("{}:{}", kind, value)
                                  : fmt::format("{}:{:016x}", kind, index_format::hash(0, value));
}

}  // namespace konseki
