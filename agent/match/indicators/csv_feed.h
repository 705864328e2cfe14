// Rows of a table of indicators.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/csv_columns.h"
#include "agent/match/indicators/feed.h"
#include "agent/match/indicators/indicator_sink.h"

namespace konseki {

class CsvReader {
 public:
  CsvReader(const CsvHeader& header, const FeedOptions& options, IndicatorSink& sink,
            FeedReport& report)
      : header_(header), options_(options), sink_(sink), report_(report) {}

  // One line of the file; a row may be several.
  void use(std::string_view line, std::uint64_t number);
  // After the last line.
  void finish();

 private:
  void row(std::uint64_t number);
  void typed(IndicatorInfo info, const std::string& type, const std::string& value,
             const std::string& place);
  void refuse(IndicatorInfo info, const std::string& place, const std::string& detail,
              Bilingual reason);

  const CsvHeader& header_;
  const FeedOptions& options_;
  IndicatorSink& sink_;
  FeedReport& report_;
  std::vector<std::string> cells_;
  std::string open_;  // a row whose quotes are not closed yet
  std::uint64_t open_number_ = 0;
};

}  // namespace konseki
