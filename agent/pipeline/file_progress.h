// FileProgress: how far the reading of files has come, for the observer.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/pipeline/file_job.h"
#include "konseki/observer.h"

namespace konseki {

// Belongs to the writer's thread, but for expect().
class FileProgress {
 public:
  explicit FileProgress(Observer& observer) : observer_(observer) {}

  // How much is to come; 0: unknown. Counting begins anew. Only while nothing is on its way.
  void expect(std::uint64_t files, std::uint64_t bytes);

  // One file more is done. What was not read of it is not to come either.
  void done(const FileJob& job);
  // `bytes` of the file at `path` are.
  void reading(std::uint64_t bytes, std::string_view path) const;

 private:
  Observer& observer_;
  std::uint64_t files_done_ = 0;
  std::uint64_t files_expected_ = 0;
  std::uint64_t bytes_done_ = 0;
  std::uint64_t bytes_expected_ = 0;
};

}  // namespace konseki
