// MISP events in JSON (core format): one event, {"response": [...]}, lists, bare events, and the
// attributes that a search answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/feed.h"
#include "agent/match/indicators/feed_text.h"
#include "agent/match/indicators/indicator_sink.h"

namespace konseki {

// Reads `text` twice, since tags of an event, TLP among them, follow its attributes. Attributes
// and objects that are deleted are passed over; those not meant for detection (to_ids) are counted.
void read_misp_feed(FeedText& text, const FeedOptions& options, IndicatorSink& sink,
                    FeedReport& report);

// manifest.json of a feed directory: the events that it names and that `names` (files at hand) do
// not hold are said.
void read_misp_manifest(FeedText& text, const std::vector<std::string>& names, FeedReport& report);

// Tags to what they say: TLP, confidence, ATT&CK technique; the rest are labels.
void apply_misp_tag(const std::string& tag, IndicatorInfo& info);

// Gives what an attribute of `type` asks for to `sink`, or refuses it.
void give_misp_target(IndicatorInfo info, std::string_view type, std::string_view value,
                      const FeedOptions& options, IndicatorSink& sink);

}  // namespace konseki
