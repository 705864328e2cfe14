// A TreeDiff as people and as tools read it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "agent/diff/tree_diff.h"

namespace konseki {

// Takes text piece by piece; an error ends the writing.
using TextSink = std::function<Result<void>(std::string_view)>;

// Headings, one paragraph a file with its changed lines, the sums. Nothing in it steers a terminal.
Result<void> write_diff_text(const TreeDiff& diff, const Side& old_side, const Side& new_side,
                             Language language, const TextSink& sink);

// JSON Lines (docs/web-diff.md): "comparison", a "file" each, "problem" each, "summary".
Result<void> write_diff_json(const TreeDiff& diff, const Side& old_side, const Side& new_side,
                             const TextSink& sink);

}  // namespace konseki
