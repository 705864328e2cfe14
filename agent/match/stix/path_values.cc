#include "agent/match/stix/path_values.h"

#include <algorithm>

namespace konseki::stix {
namespace {

// What `value` leads to when a key is asked of it: itself, or the object that it names.
const Value* referenced(const Value* value, bool is_reference, const Observation& observation) {
  if (!is_reference || value->kind != Value::Kind::kText) return value;
  const ObservedObject* object = observation.find(value->text);
  return object == nullptr ? nullptr : &object->properties;
}

void take_step(const PathStep& step, const Value& from, std::vector<const Value*>& out) {
  if (step.kind == PathStep::Kind::kKey) {
    if (from.kind != Value::Kind::kDictionary) return;
    if (const Value* found = from.find(step.key)) out.push_back(found);
    return;
  }
  if (step.kind == PathStep::Kind::kAny) {
    for (const Value& item : from.items) out.push_back(&item);
    return;
  }
  if (from.kind != Value::Kind::kList || step.index < 0) return;
  const auto index = static_cast<std::uint64_t>(step.index);
  if (index < from.items.size()) out.push_back(&from.items[index]);
}

}  // namespace

Result<std::vector<const Value*>> path_values(const ObjectPath& path, const ObservedObject& root,
                                              const Observation& observation,
                                              std::size_t& allowance) {
  std::vector<const Value*> values = {&root.properties};
  bool is_reference = false;  // the last key says that what follows names objects
  for (const PathStep& step : path.steps) {
    std::vector<const Value*> reached;
    for (const Value* value : values) {
      const bool asks_key = step.kind == PathStep::Kind::kKey;
      const Value* from = asks_key ? referenced(value, is_reference, observation) : value;
      if (from != nullptr) take_step(step, *from, reached);
      if (reached.size() > allowance) {
        return fail(ErrorCode::kLimitExceeded, path.type + ":" + path.steps.front().key,
                    {"The object path reaches too many values of one observation.",
                     "オブジェクトパスが 1 つの観測の中で多すぎる値に達します。"});
      }
    }
    if (step.kind == PathStep::Kind::kKey) {
      is_reference = step.key.ends_with("_ref") || step.key.ends_with("_refs");
    }
    if (reached.size() > 1) allowance -= reached.size();
    // The same object reached over two ways is one; so chains of lists stay within bounds.
    std::sort(reached.begin(), reached.end());
    reached.erase(std::unique(reached.begin(), reached.end()), reached.end());
    values = std::move(reached);
  }
  return values;
}

}  // namespace konseki::stix
