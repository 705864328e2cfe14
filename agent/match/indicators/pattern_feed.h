// Trees of conditions, as XML formats state them, on their way into the sink.
#pragma once

#include "agent/match/indicators/feed.h"
#include "agent/match/indicators/indicator_sink.h"
#include "agent/match/indicators/pattern_text.h"

namespace konseki {

// Gives `root` as one indicator: atoms where every alternative is one, else a pattern.
void give_tree(IndicatorInfo info, const PatternNode& root, const FeedOptions& options,
               IndicatorSink& sink);

// Gives every alternative of an OR at the root as an indicator of its own, with "/ID" of the
// alternative behind the id: lists of unrelated values stay told apart.
void give_alternatives(const IndicatorInfo& info, const PatternNode& root,
                       const FeedOptions& options, IndicatorSink& sink);

}  // namespace konseki
