// PartedOutput: an output file that continues in further files where one would grow too large.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/output_file.h"
#include "konseki/result.h"

namespace konseki {

// Writes `path` and, after every `part_bytes`, the next of the names of part_path(). All parts are
// .partial until commit(), which gives the first one its name last: where that is there, all are.
// A file that would take more than kMostParts ends in kLimitExceeded.
class PartedOutput : public OutputStream {
 public:
  // `part_bytes` is at least 1. Each part is added to `own_files`, which outlives this, before
  // anything is written to it.
  static Result<std::unique_ptr<PartedOutput>> create(std::string path, std::uint64_t part_bytes,
                                                      OwnFiles& own_files);

  Result<void> write(std::span<const std::byte> bytes) override;
  Result<void> commit();

  // Of the first part, while it is written.
  const std::string& partial_path() const { return parts_.front()->partial_path(); }
  // Under their final names.
  std::vector<std::string> paths() const;

 private:
  PartedOutput(std::string path, std::uint64_t part_bytes, OwnFiles& own_files)
      : path_(std::move(path)), part_bytes_(part_bytes), own_files_(own_files) {}
  Result<void> add_part();

  std::string path_;
  std::uint64_t part_bytes_;
  OwnFiles& own_files_;
  std::uint64_t left_ = 0;  // of the last part
  std::vector<std::unique_ptr<OutputFile>> parts_;
};

}  // namespace konseki
