// The objects of STIX 2 in JSON, one after another, from a text of any size.
#pragma once

#include <functional>
#include <string>

#include "agent/match/indicators/feed_text.h"
#include "agent/match/stix/pattern.h"
#include "agent/match/stix/value.h"
#include "konseki/result.h"

namespace konseki {

struct StixPlace {
  std::uint64_t line = 0;
  stix::Version version = stix::Version::k21;
};

// Calls `use` for every object of a bundle, an envelope of TAXII or a list (bundles in a list too),
// for every text of a list, or for the one object that the text is. `too_large` is called in the
// place of a single object over the limits of json_feed.h. Errors as there, and kUnsupported when
// the text is neither object nor list.
Result<void> for_each_stix_object(
    FeedText& text, const std::function<void(stix::Value&& object, const StixPlace& place)>& use,
    const std::function<void(std::uint64_t line)>& too_large);

}  // namespace konseki
