// HostReader: small files and hives of the evidence, for the knowledge base.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/artifact/evidence_links.h"
#include "agent/base/registry_hive.h"
#include "konseki/artifact.h"
#include "konseki/file_system.h"

namespace konseki {

// Reads from one volume, following links inside the evidence. What cannot be read is added to
// `gaps`; what does not exist is not. Paths are as in Entry::path.
class HostReader {
 public:
  HostReader(std::span<const std::unique_ptr<FileSystem>> volumes, std::size_t volume,
             std::vector<KnowledgeBase::Gap>& gaps)
      : volumes_(volumes), volume_(volume), gaps_(gaps), links_(volumes) {}

  const VolumeInfo& info() const { return volumes_[volume_]->info(); }

  // The entry itself, links not followed; nothing when absent or unreadable.
  std::optional<Entry> entry(std::string_view path);
  // Links to folders count as folders.
  bool is_directory(std::string_view path);
  // Direct sub-folders, links left out, in order of name.
  std::vector<std::string> subdirectories(std::string_view path);
  // Names of everything directly inside, sorted.
  std::vector<std::string> names(std::string_view path);
  // At most 16 MiB; "" when absent.
  std::string text(std::string_view path);
  // Calls `use` with the hive, when there is one and it can be opened.
  void with_hive(std::string_view path, const std::function<void(const RegistryHive&)>& use);
  // Notes what could not be looked at; what does not exist is no gap.
  void gap(std::string_view path, const Error& error);

 private:
  struct Opened {
    FileSystem* volume;
    Entry entry;
  };
  std::optional<Opened> find_file(std::string_view path);

  std::span<const std::unique_ptr<FileSystem>> volumes_;
  std::size_t volume_;
  std::vector<KnowledgeBase::Gap>& gaps_;
  EvidenceLinks links_;
};

}  // namespace konseki
