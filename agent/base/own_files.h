// OwnFiles: what this run itself writes, by identity, so that it does not collect its own output.
#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <vector>

namespace konseki {

// A file of this machine, whatever its name: device and inode number.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  bool operator==(const FileIdentity&) const = default;
};

// Grows while the evidence is walked, when the output goes on in a further part. Thread-safe.
class OwnFiles {
 public:
  void add(const FileIdentity& file) {
    const std::lock_guard lock(mutex_);
    files_.push_back(file);
  }
  bool contains(const FileIdentity& file) const {
    const std::lock_guard lock(mutex_);
    return std::find(files_.begin(), files_.end(), file) != files_.end();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<FileIdentity> files_;
};

}  // namespace konseki
