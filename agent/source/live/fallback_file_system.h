// FallbackFileSystem: a volume read raw, with the operating system's help for what raw bytes lack.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "konseki/file_system.h"

namespace konseki {

// Names, facts and content come from `raw`. Content that cannot be had that way (compressed by the
// system in a form that only its filter knows, kept by a reparse point, a damaged run list) is
// opened through the system instead, and its reader says so (MediumReader). Never for files
// whose data lies in the cloud: opening one would fetch it.
class FallbackFileSystem : public FileSystem {
 public:
  // Opens the same volume through the system; called at most once, when first needed.
  using Opener = std::function<Result<std::unique_ptr<FileSystem>>()>;

  FallbackFileSystem(std::unique_ptr<FileSystem> raw, Opener open_system)
      : raw_(std::move(raw)), open_system_(std::move(open_system)) {}

  const VolumeInfo& info() const override { return raw_->info(); }
  Result<Entry> stat(std::string_view path) override { return raw_->stat(path); }
  Result<void> list(std::string_view directory, const EntryVisitor& visit) override {
    return raw_->list(directory, visit);
  }
  Result<void> walk(const WalkOptions& options, const EntryVisitor& visit) override {
    return raw_->walk(options, visit);
  }
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view stream) override;

  std::uint64_t opened_by_system() const { return opened_by_system_; }

 private:
  std::unique_ptr<FileSystem> raw_;
  Opener open_system_;
  std::unique_ptr<FileSystem> system_;
  bool asked_ = false;
  std::uint64_t opened_by_system_ = 0;
};

}  // namespace konseki
