// Feeds of every format into a sink. The format is told by content, never by name.
#pragma once

#include <span>
#include <vector>

#include "agent/match/indicators/feed.h"
#include "agent/match/indicators/feed_text.h"
#include "agent/match/indicators/indicator_sink.h"
#include "agent/match/indicators/warninglist.h"

namespace konseki {

// Reads all of `inputs`, in order, and answers a report for each. Lists and tables pass line by
// line, JSON object by object, so that the size of a file does not matter; XML is held in memory
// within the limits of xml_document.h. A file that is damaged gives what comes before the damage.
// Of several versions of one STIX id, over all inputs, the latest counts.
std::vector<FeedReport> read_feeds(std::span<const FeedInput> inputs, const FeedOptions& options,
                                   IndicatorSink& sink, std::vector<Warninglist>& warninglists);

// The format of a text by its beginning; `head` is UTF-8 and may be cut anywhere.
FeedFormat tell_feed_format(std::string_view head);

}  // namespace konseki
