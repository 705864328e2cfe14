#include "agent/pipeline/file_progress.h"

#include <algorithm>

namespace konseki {

void FileProgress::expect(std::uint64_t files, std::uint64_t bytes) {
  files_done_ = bytes_done_ = 0;
  files_expected_ = files;
  bytes_expected_ = bytes;
}

void FileProgress::done(const FileJob& job) {
  if (job.digests) {
    bytes_done_ += job.size;
  } else {
    bytes_expected_ -= std::min(bytes_expected_, job.size);
  }
  if (++files_done_ % 64 == 0) reading(0, job.path);
}

void FileProgress::reading(std::uint64_t bytes, std::string_view path) const {
  observer_.progressed({{"Reading files", "ファイルを読み取り中"},
                        files_done_,
                        files_expected_,
                        bytes_done_ + bytes,
                        bytes_expected_,
                        path});
}

}  // namespace konseki
