// MemorySource: a Source of volumes that a test filled.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "konseki/source.h"
#include "tests/support/memory_file_system.h"

namespace konseki::testing {

class MemorySource : public Source {
 public:
  // Keeps the volume; the reference stays good.
  MemoryFileSystem& add(PathStyle style, std::string mount) {
    auto volume = std::make_unique<MemoryFileSystem>(style, std::move(mount));
    MemoryFileSystem& reference = *volume;
    volumes_.push_back(std::move(volume));
    return reference;
  }

  const SourceInfo& info() const override { return info_; }
  std::span<const std::unique_ptr<FileSystem>> file_systems() override { return volumes_; }
  std::span<const UnreadableVolume> unreadable() const override { return {}; }
  std::optional<HostFacts> recorded_host() const override { return recorded; }

  std::optional<HostFacts> recorded;

 private:
  SourceInfo info_;
  std::vector<std::unique_ptr<FileSystem>> volumes_;
};

}  // namespace konseki::testing
