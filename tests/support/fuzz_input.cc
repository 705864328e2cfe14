#include "tests/support/fuzz_input.h"

#include <algorithm>
#include <sstream>

#include "agent/base/memory_reader.h"
#include "agent/base/record_json.h"
#include "tests/support/golden.h"

namespace konseki::testing {
namespace {

constexpr std::size_t kMaxHints = 24;

bool on_drive(const std::string& path) { return path.size() > 2 && path[1] == ':'; }

VolumeInfo volume_of(const std::string& path) {
  VolumeInfo volume;
  if (on_drive(path)) {
    volume.mount = path.substr(0, 2);
    volume.style = PathStyle::kWindows;
  }
  return volume;
}

Entry entry_of(const PathHint& hint, const VolumeInfo& volume, std::span<const std::byte> bytes) {
  Entry entry;
  entry.path = hint.path.substr(volume.mount.size() + 1);
  entry.type = hint.symlink ? FileType::kSymlink : FileType::kRegular;
  entry.size = bytes.size();
  entry.mode = 0644;
  entry.times.modified = entry.times.created = Timestamp::from_unix(1'767'323'045);
  if (hint.symlink) {
    entry.link_target.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  return entry;
}

CollectorContext context_for(std::span<const PathHint> hints) {
  CollectorContext context;
  if (!hints.empty() && on_drive(hints.front().path)) {
    context.host.os = OperatingSystem::kWindows;
    context.host.system_drive = hints.front().path.substr(0, 2);
    context.host.system_root = context.host.system_drive + "/Windows";
  } else {
    context.host.os = OperatingSystem::kLinux;
  }
  return context;
}

}  // namespace

std::size_t offer_bytes(Collector& collector, std::span<const std::byte> bytes,
                        std::span<const PathHint> hints) {
  std::size_t wanted = 0;
  const RecordEmitter emit = [](Record&& record) { (void)record_json(record); };
  collector.begin(context_for(hints));
  for (const PathHint& hint : hints) {
    const VolumeInfo volume = volume_of(hint.path);
    const Entry entry = entry_of(hint, volume, bytes);
    const FileItem item{entry, volume, hint.path, "", {}};
    if (!collector.wants(item)) continue;
    ++wanted;
    SpanReader reader(hint.symlink ? std::span<const std::byte>{} : bytes);
    (void)collector.parse(item, reader, emit).has_value();
  }
  (void)collector.finish(emit).has_value();
  return wanted;
}

std::vector<PathHint> path_hints(const std::string& folder, const std::string& golden_directory,
                                 std::string_view collector) {
  std::vector<PathHint> hints;
  std::istringstream listed(read_text_file(folder + "/fuzz_paths.txt"));
  for (std::string line; std::getline(listed, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const bool symlink = line.starts_with("-> ");
    hints.push_back({symlink ? line.substr(3) : line, symlink});
  }
  if (!hints.empty()) return hints;
  for (const GoldenCase& golden : find_golden_cases(golden_directory)) {
    if (golden.collector != collector) continue;
    const auto evidence = load_golden_evidence(golden);
    if (!evidence) continue;
    for (const OfferedFile& file : offered_files(*evidence)) {
      const auto same = [&](const PathHint& hint) { return hint.path == file.path; };
      if (hints.size() == kMaxHints || std::any_of(hints.begin(), hints.end(), same)) continue;
      hints.push_back({file.path, file.entry.type == FileType::kSymlink});
    }
  }
  return hints;
}

}  // namespace konseki::testing
