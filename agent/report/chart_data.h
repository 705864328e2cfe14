// Counts of events by day and hour, for the report's chart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/file_row_view.h"
#include "konseki/text.h"
#include "konseki/time.h"

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

// Counts events as they come by: those of files first, then those of one record schema after
// another. Not thread-safe.
class ChartBuilder {
 public:
  // `end` is the end of the run.
  explicit ChartBuilder(const Timestamp& end);

  // Times that have no lane ($FILE_NAME's) are passed over.
  void add_file_time(FileField field, const Timestamp& time);

  // At most 12 schemas have a lane of their own, the busiest; the rest share one.
  void begin_schema(std::string_view schema);
  void add_record_time(const Timestamp& time) { add(schema_, time); }
  void end_schema();

  ChartData take();

 private:
  ChartLane lane(Bilingual name) const;
  void add(ChartLane& lane, const Timestamp& time);
  static void merge(ChartLane& into, const ChartLane& from);

  ChartData data_;
  std::size_t days_ = 0;
  std::vector<ChartLane> files_;  // in the order of the chart
  ChartLane schema_;              // the one at work
  std::vector<ChartLane> schemas_;
  ChartLane rest_;
};

// The chart's data for the page's script: {"day0","days","hour0","hours","lanes":[{"en","ja",
// "d":[step,count,...],"h":[...]}]}, safe inside a script element.
std::string chart_json(const ChartData& data);

}  // namespace konseki
