#include "konseki/record.h"

#include <cassert>

namespace konseki {

std::size_t RecordSchema::index_of(std::string_view field) const {
  std::size_t index = 0;
  while (index < fields.size() && fields[index].name != field) ++index;
  return index;
}

void Record::set(std::string_view field, Value value) {
  const std::size_t index = schema_->index_of(field);
  assert(index < values_.size() && "field missing from the schema");
  if (index < values_.size()) values_[index] = std::move(value);
}

const Value& Record::get(std::string_view field) const {
  static const Value kUnset;
  const std::size_t index = schema_->index_of(field);
  return index < values_.size() ? values_[index] : kUnset;
}

}  // namespace konseki
