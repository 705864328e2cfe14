// Counts of events by day and hour, for the report's chart.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/bundle.h"
#include "konseki/record.h"
#include "konseki/text.h"

namespace konseki {

// One row of the chart. Dense: one count a day from ChartData::first_day on.
struct ChartLane {
  Bilingual name;
  std::vector<std::uint32_t> days;
  std::vector<std::uint32_t> hours;
  std::uint64_t events = 0;
};

// Covers 1990-01-01 to the day after the run, bounded whatever the evidence says; events outside
// are counted, not shown. Hours are kept for the last 90 days.
struct ChartData {
  std::int64_t first_day = 0;
  std::int64_t first_hour = 0;
  std::vector<ChartLane> lanes;  // times of files, then record schemas by number of events
  std::uint64_t events = 0;
  std::uint64_t outside = 0;
};

// `end` is the end of the run. At most 12 schemas have a lane of their own; the rest share one.
Result<ChartData> chart_data(BundleReader& bundle, std::span<const RecordSchema* const> schemas,
                             const Timestamp& end);

// The chart's data for the page's script: {"day0","days","hour0","hours","lanes":[{"en","ja",
// "d":[step,count,...],"h":[...]}]}, safe inside a script element.
std::string chart_json(const ChartData& data);

}  // namespace konseki
