// Judge: facts and shape to witnesses with scores and reasons (docs/webshells.md explains them).
#pragma once

#include "agent/match/webshell/analysis.h"
#include "agent/match/webshell/segments.h"

namespace konseki::webshell {

// Fills `judgement.witnesses` and `judgement.tool` from its facts and shape.
void judge(Judgement& judgement, const Segments& segments);

}  // namespace konseki::webshell
