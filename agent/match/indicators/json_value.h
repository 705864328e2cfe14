// JSON text to the engine's values, and what files of STIX JSON have in common.
#pragma once

#include <functional>
#include <string_view>

#include "agent/base/json_view.h"
#include "agent/match/stix/value.h"
#include "konseki/result.h"

namespace konseki {

// Everything below `view`, read to its end: kCorrupt where that is no JSON, kLimitExceeded where it
// is nested deeper than 64.
Result<stix::Value> to_value(const JsonView& view);

// Calls `use` for every element of a list, every object of a bundle (for which `bundle` is given),
// or the one object that `text` is; told apart by content. `use` answers an error to stop. kCorrupt
// when `text` is not one whole JSON value, kUnsupported when it is another kind of value.
Result<void> for_each_object(
    std::string_view text,
    const std::function<Result<void>(const JsonView& object, const JsonView& bundle)>& use);

}  // namespace konseki
