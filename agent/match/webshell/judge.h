// Judge: facts and shape to witnesses with scores and reasons (docs/webshells.md explains them).
#pragma once

#include "agent/match/webshell/analysis.h"
#include "agent/match/webshell/segments.h"
#include "agent/match/webshell/shape.h"

namespace konseki::webshell {

// What of a script's shape can count beside these facts.
ShapeWish wish_of(const Facts& facts, const Segments& segments);

// Fills `judgement.witnesses` and `judgement.tool` from its facts and shape.
void judge(Judgement& judgement, const Segments& segments);

}  // namespace konseki::webshell
