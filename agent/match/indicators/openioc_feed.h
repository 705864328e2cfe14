// OpenIOC 1.0 and 1.1: trees of terms.
#pragma once

#include <pugixml.hpp>

#include "agent/match/indicators/feed.h"
#include "agent/match/indicators/indicator_sink.h"
#include "agent/match/indicators/xml_document.h"

namespace konseki {

// Whether `root` is one: by its namespace, or an <ioc> with a <definition> or <criteria>.
bool is_openioc(const pugi::xml_node& root);

// Each alternative at the top becomes an indicator, ID/ITEM. A term that is not applied is refused
// by name; under an AND it takes the whole group with it, for the rest would say more than was
// meant. `info` holds what is already known (file, and for embedded ones id and markings).
void read_openioc(const pugi::xml_node& root, IndicatorInfo info, const FeedOptions& options,
                  IndicatorSink& sink);

}  // namespace konseki
