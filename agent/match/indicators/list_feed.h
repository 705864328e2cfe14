// Lists of indicators, one a line, and tables with a header: read line by line, of any length.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/match/indicators/csv_columns.h"
#include "agent/match/indicators/feed.h"
#include "agent/match/indicators/feed_text.h"
#include "agent/match/indicators/indicator_sink.h"

namespace konseki {

// How a list is written, told by its first lines.
struct ListShape {
  enum class Kind : std::uint8_t {
    kNone,         // fewer than a third of the lines are indicators
    kValues,       // see read_list_line
    kScoredPaths,  // REGEX;SCORE[;EXCLUDED-REGEX]
    kTable,
    kMispHashes,  // "md5,event uuid": digests of values, not of files
  };
  Kind kind = Kind::kNone;
  bool among_addresses = false;
  std::optional<CsvHeader> header;  // kTable
};

ListShape tell_list(std::string_view head);

void read_list_feed(FeedText& text, const ListShape& shape, const FeedOptions& options,
                    IndicatorSink& sink, FeedReport& report);

}  // namespace konseki
