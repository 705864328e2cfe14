#include "agent/match/stix/condition.h"

#include "agent/match/stix/path_values.h"
#include "agent/match/stix/value_test.h"

namespace konseki::stix {
namespace {

// What [*] may reach in one observation, all comparisons together.
constexpr std::size_t kMaxValues = 5'000'000;

Result<bool> comparison_fits(const Comparison& comparison, const ObservedObject& root,
                             const Observation& observation, std::size_t& allowance) {
  if (root.type != comparison.path.type) return false;
  KONSEKI_ASSIGN(const auto values, path_values(comparison.path, root, observation, allowance));
  // A path that reaches nothing makes every comparison false, also under NOT; for EXISTS that is
  // the question itself.
  if (comparison.op == Operator::kExists) return values.empty() == comparison.negated;
  for (const Value* value : values) {
    KONSEKI_ASSIGN(const bool is_true, value_fits(comparison, *value));
    if (is_true != comparison.negated) return true;
  }
  return false;
}

Result<bool> root_fits(const Condition& condition, const ObservedObject& root,
                       const Observation& observation, std::size_t& allowance) {
  if (condition.kind == Condition::Kind::kComparison) {
    return comparison_fits(condition.comparison, root, observation, allowance);
  }
  const bool settles = condition.kind == Condition::Kind::kOr;
  for (const Condition& child : condition.children) {
    KONSEKI_ASSIGN(const bool is_true, root_fits(child, root, observation, allowance));
    if (is_true == settles) return settles;
  }
  return !settles;
}

}  // namespace

Result<bool> fits(const Condition& condition, const Observation& observation) {
  std::size_t allowance = kMaxValues;
  for (const ObservedObject* root : observation.objects()) {
    KONSEKI_ASSIGN(const bool is_true, root_fits(condition, *root, observation, allowance));
    if (is_true) return true;
  }
  return false;
}

}  // namespace konseki::stix
