// EscalationStage: when matchers find something grave, everything is listed and what lies near it
// is collected.
#pragma once

#include <cstdint>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>

#include "agent/pipeline/file_stage.h"
#include "agent/pipeline/listing.h"
#include "konseki/source.h"

namespace konseki {

struct EscalationOutcome {
  bool switched_on = false;
  bool listed = false;          // every file was listed for it
  std::uint64_t in_bundle = 0;  // wanted, and there already
  std::uint64_t taken = 0;      // read for it; what became of each is in its row
  std::uint64_t bytes = 0;      // of those, as they were listed
  std::uint64_t left_out = 0;   // beyond the limits below
  std::map<std::string, std::uint64_t, std::less<>> reasons;  // of those taken: WantedFile::why
};

// note() runs on the writer's thread, run() with the stage drained.
class EscalationStage {
 public:
  static constexpr std::uint64_t kMostFiles = 1000;
  static constexpr std::uint64_t kMostBytes = std::uint64_t{512} << 20;
  static constexpr std::uint64_t kMostOfFile = std::uint64_t{128} << 20;

  EscalationStage(Source& source, FileStage& stage, const SeenFiles& seen, MatchStage& matches,
                  Observer& observer)
      : source_(source), stage_(stage), seen_(seen), matches_(matches), observer_(observer) {}

  // Told of every row from the start of the run: what is in the bundle is not taken again.
  void note(const FileRow& row);

  // After everything that was asked for. `mode`: how every file was gone through.
  Result<EscalationOutcome> run(FilesMode mode, std::stop_token stop);

 private:
  Result<void> take(const WantedFile& wanted, EscalationOutcome& outcome);

  Source& source_;
  FileStage& stage_;
  const SeenFiles& seen_;
  MatchStage& matches_;
  Observer& observer_;
  SeenFiles stored_;
  SeenFiles read_;
};

}  // namespace konseki
