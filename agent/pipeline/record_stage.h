// RecordStage: where records leave for the bundle; persistence entries wait for their target.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/pipeline/counts.h"
#include "agent/pipeline/match_stage.h"
#include "konseki/bundle.h"
#include "konseki/record.h"
#include "konseki/result.h"

namespace konseki {

// A record on its way that matchers have seen.
struct RecordLine {
  std::string_view schema;  // static
  std::string json;
};

// Not thread-safe: only the writer's thread uses it.
class RecordStage {
 public:
  // `matches` may be null.
  RecordStage(BundleWriter& writer, Counts& counts, MatchStage* matches = nullptr)
      : writer_(writer), counts_(counts), matches_(matches) {}

  Result<void> write(const RecordLine& line);
  // Shows it to the matchers first.
  Result<void> write(const Record& record);
  // Keeps a persistence record until target facts can be joined.
  void hold(Record&& record) { held_.push_back(std::move(record)); }
  std::vector<Record> take_held() { return std::exchange(held_, {}); }

 private:
  BundleWriter& writer_;
  Counts& counts_;
  MatchStage* matches_;
  std::vector<Record> held_;
};

}  // namespace konseki
