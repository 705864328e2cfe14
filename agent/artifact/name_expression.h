// NameExpression: a case-blind regular expression over file names, linear in time (RE2).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "konseki/result.h"

namespace re2 {
class RE2;
}

namespace konseki {

// Copies share the compiled form. Thread-safe once made.
class NameExpression {
 public:
  // kInvalidArgument with RE2's words when it is none. KAPE's habit of a leading '*' (meaning
  // "anything") is understood.
  static Result<NameExpression> compile(std::string_view expression);

  // Found anywhere in `name`, as .NET's Regex.IsMatch does.
  bool matches(std::string_view name) const;

 private:
  std::shared_ptr<const re2::RE2> expression_;
};

}  // namespace konseki
