#include "agent/match/indicators/pattern_tests.h"

#include <set>

#include "agent/match/indicators/required_literals.h"

namespace konseki {
namespace {

void collect(const stix::Expression& expression, std::vector<const stix::Condition*>& out) {
  if (expression.kind == stix::Expression::Kind::kTest) out.push_back(&expression.test);
  for (const stix::Expression& child : expression.children) collect(child, out);
}

void collect_types(const stix::Condition& condition, std::set<std::string>& out) {
  if (condition.kind == stix::Condition::Kind::kComparison) {
    out.insert(condition.comparison.path.type);
  }
  for (const stix::Condition& child : condition.children) collect_types(child, out);
}

}  // namespace

std::vector<const stix::Condition*> conditions_of(const stix::Pattern& pattern) {
  std::vector<const stix::Condition*> out;
  collect(pattern.root, out);
  return out;
}

std::vector<PatternTest> tests_of(const stix::Pattern& pattern) {
  std::vector<PatternTest> out;
  for (const stix::Condition* condition : conditions_of(pattern)) {
    PatternTest test;
    std::set<std::string> types;
    collect_types(*condition, types);
    test.types.assign(types.begin(), types.end());
    if (auto literals = literals_of_condition(*condition)) test.literals = *std::move(literals);
    out.push_back(std::move(test));
  }
  return out;
}

}  // namespace konseki
