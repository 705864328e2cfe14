#include "agent/pipeline/hive_logs.h"

#include <array>

#include "agent/base/hive_record.h"
#include "agent/base/memory_reader.h"
#include "collectors/windows/base/hive_identity.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxLog = 32 << 20;  // Windows writes the hive long before
constexpr std::uint64_t kMaxGrowth = 64 << 20;

struct LogFile {
  std::string name;
  std::vector<std::byte> bytes;
};

// What could be read of the logs; why others could not goes to `note`.
std::vector<LogFile> read_logs(FileSystem& file_system, const Entry& hive, std::string& note) {
  std::vector<LogFile> logs;
  for (const char* ending : {".LOG1", ".LOG2"}) {
    auto entry = file_system.stat(hive.path + ending);
    if (!entry && entry.error().code == ErrorCode::kNotFound) continue;
    auto reader = entry ? file_system.open(*entry) : fail(entry.error());
    auto bytes = reader ? read_all(**reader, kMaxLog) : fail(reader.error());
    if (bytes) {
      logs.push_back({std::string(entry->name()), *std::move(bytes)});
    } else {
      note += (note.empty() ? "" : "; ") + bytes.error().detail;
    }
  }
  return logs;
}

}  // namespace

std::optional<HiveLogs> read_hive_logs(FileSystem& file_system, const Entry& entry,
                                       std::string_view path, ByteReader& content) {
  if (entry.allocation != Allocation::kAllocated ||
      windows::hive_kind(path) == windows::HiveKind::kNone) {
    return std::nullopt;
  }
  std::array<std::byte, kHiveHeaderSize> bytes{};
  const auto count = content.read_at(0, bytes);
  if (!count || *count < bytes.size()) return std::nullopt;
  const HiveHeader header = read_hive_header(bytes);
  if (!header.is_hive || !header.dirty()) return std::nullopt;

  std::string unread;
  const std::vector<LogFile> logs = read_logs(file_system, entry, unread);
  std::vector<std::string> names;
  std::vector<std::span<const std::byte>> contents;
  for (const LogFile& log : logs) {
    names.push_back(log.name);
    contents.emplace_back(log.bytes);
  }
  HiveChanges changes =
      replay_hive_logs(bytes, content.size(), contents, content.size() + kMaxGrowth);
  if (!unread.empty()) {
    changes.note = changes.note.empty() ? unread : unread + "; " + changes.note;
  } else if (logs.empty()) {
    changes.note = "no logs beside it";
  }
  Record record = hive_record(header, names, changes);
  return HiveLogs{std::move(changes), std::move(record)};
}

}  // namespace konseki
