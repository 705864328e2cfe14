// FileFindings: what indicators say of one file, as one finding.
#pragma once

#include <optional>
#include <vector>

#include "agent/match/indicators/listed.h"
#include "konseki/matcher.h"

namespace konseki {

// By what a file was known. Digests of three kinds are one witness; so are a name and a path.
enum class FileWitness : std::uint8_t { kDigest, kImports, kPattern, kPath, kName };

class FileFindings {
 public:
  explicit FileFindings(const MatchFile& file) : file_(file) {}

  void add(const Listed& listed, FileWitness witness);
  // Nothing when no indicator was added. `collected`: when the evidence was taken.
  std::optional<Finding> finish(std::optional<Timestamp> collected) const;

 private:
  struct Hit {
    const Listed* listed = nullptr;
    FileWitness witness = FileWitness::kDigest;
    int score = 0;
  };

  const MatchFile& file_;
  std::vector<Hit> hits_;
};

}  // namespace konseki
