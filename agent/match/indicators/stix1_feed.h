// STIX 1.1 and 1.2 in XML with CybOX 2, and documents of CybOX alone.
#pragma once

#include <pugixml.hpp>

#include "agent/match/indicators/feed.h"
#include "agent/match/indicators/indicator_sink.h"

namespace konseki {

// Whether `root` is one, by its namespace.
bool is_stix1(const pugi::xml_node& root);

// Indicators with their observables and test mechanisms, and observables that no indicator and no
// incident claims. Observables of incidents and sightings are evidence: they are counted.
void read_stix1(const pugi::xml_node& root, const FeedOptions& options, IndicatorSink& sink,
                FeedReport& report);

}  // namespace konseki
