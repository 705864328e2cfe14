#include "agent/artifact/name_expression.h"

#include <re2/re2.h>

#include "agent/base/unicode.h"

namespace konseki {

Result<NameExpression> NameExpression::compile(std::string_view expression) {
  std::string pattern;
  if (expression.starts_with('*')) pattern += '.';
  pattern += expression;
  re2::RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  auto compiled = std::make_shared<re2::RE2>(pattern, options);
  if (!compiled->ok()) return fail(ErrorCode::kInvalidArgument, compiled->error());
  NameExpression result;
  result.expression_ = std::move(compiled);
  return result;
}

bool NameExpression::matches(std::string_view name) const {
  const std::string well_formed = to_well_formed(name);
  return re2::RE2::PartialMatch(well_formed, *expression_);
}

}  // namespace konseki
