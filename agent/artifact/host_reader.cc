#include "agent/artifact/host_reader.h"

#include <algorithm>

#include "agent/base/cursor.h"
#include "agent/base/memory_reader.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxText = 16 << 20;

}  // namespace

void HostReader::gap(std::string_view path, const Error& error) {
  if (error.code == ErrorCode::kNotFound) return;
  gaps_.push_back({info().display_path(path), error});
}

std::optional<Entry> HostReader::entry(std::string_view path) {
  auto found = volumes_[volume_]->stat(path);
  if (found) return std::move(*found);
  gap(path, found.error());
  return std::nullopt;
}

bool HostReader::is_directory(std::string_view path) {
  const auto found = entry(path);
  if (!found) return false;
  if (!is_link(*found)) return found->type == FileType::kDirectory;
  const auto target = links_.follow(volume_, *found);
  return target && target->entry.type == FileType::kDirectory;
}

std::vector<std::string> HostReader::subdirectories(std::string_view path) {
  std::vector<std::string> names;
  auto listed = volumes_[volume_]->list(path, [&](const Entry& entry) {
    if (entry.type == FileType::kDirectory && entry.allocation == Allocation::kAllocated &&
        entry.reparse_tag == 0) {
      names.emplace_back(entry.name());
    }
    return WalkAction::kContinue;
  });
  if (!listed) gap(path, listed.error());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> HostReader::names(std::string_view path) {
  std::vector<std::string> names;
  auto listed = volumes_[volume_]->list(path, [&](const Entry& entry) {
    if (entry.allocation == Allocation::kAllocated) names.emplace_back(entry.name());
    return WalkAction::kContinue;
  });
  if (!listed) gap(path, listed.error());
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<HostReader::Opened> HostReader::find_file(std::string_view path) {
  auto found = entry(path);
  if (!found) return std::nullopt;
  Opened opened{volumes_[volume_].get(), std::move(*found)};
  if (is_link(opened.entry)) {
    auto target = links_.follow(volume_, opened.entry);
    if (!target) return std::nullopt;
    opened = {volumes_[target->volume].get(), std::move(target->entry)};
  }
  if (opened.entry.type != FileType::kRegular || opened.entry.cloud_placeholder)
    return std::nullopt;
  return opened;
}

std::string HostReader::text(std::string_view path) {
  const auto file = find_file(path);
  if (!file) return {};
  auto reader = file->volume->open(file->entry);
  if (!reader) {
    gap(path, reader.error());
    return {};
  }
  auto bytes = read_all(**reader, kMaxText);
  if (!bytes) {
    gap(path, bytes.error());
    return {};
  }
  return std::string(as_text(*bytes));
}

void HostReader::with_hive(std::string_view path,
                           const std::function<void(const RegistryHive&)>& use) {
  const auto file = find_file(path);
  if (!file) return;
  auto reader = file->volume->open(file->entry);
  if (!reader) return gap(path, reader.error());
  auto hive = RegistryHive::open(**reader);
  if (!hive) return gap(path, hive.error());
  if (auto root = (*hive)->root(); !root) return gap(path, root.error());
  use(**hive);
}

}  // namespace konseki
