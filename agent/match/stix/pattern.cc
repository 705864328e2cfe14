#include "agent/match/stix/pattern.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace konseki::stix {
namespace {

// Object types, sorted, from which all of `condition` could be true.
std::vector<std::string_view> possible_types(const Condition& condition) {
  if (condition.kind == Condition::Kind::kComparison) {
    const Comparison& only = condition.comparison;
    const bool needs_network = only.op == Operator::kSubset || only.op == Operator::kSuperset;
    if (needs_network && !only.network && !only.negated) return {};
    return {only.path.type};
  }
  std::vector<std::string_view> types = possible_types(condition.children.front());
  for (std::size_t i = 1; i < condition.children.size(); ++i) {
    const auto more = possible_types(condition.children[i]);
    std::vector<std::string_view> joined;
    if (condition.kind == Condition::Kind::kAnd) {
      std::set_intersection(types.begin(), types.end(), more.begin(), more.end(),
                            std::back_inserter(joined));
    } else {
      std::set_union(types.begin(), types.end(), more.begin(), more.end(),
                     std::back_inserter(joined));
    }
    types = std::move(joined);
  }
  return types;
}

bool holds_impossible_test(const Expression& expression) {
  if (expression.kind == Expression::Kind::kTest) return possible_types(expression.test).empty();
  return std::any_of(expression.children.begin(), expression.children.end(),
                     [](const Expression& child) { return holds_impossible_test(child); });
}

}  // namespace

std::string_view operator_name(Operator op) {
  constexpr std::array<std::string_view, 12> kNames = {
      "=", "!=", "<", "<=", ">", ">=", "IN", "LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET", "EXISTS"};
  return kNames[static_cast<std::size_t>(op)];
}

bool holds_impossible_test(const Pattern& pattern) { return holds_impossible_test(pattern.root); }

}  // namespace konseki::stix
