#include "agent/pipeline/wal_log.h"

#include <array>

#include "agent/base/memory_reader.h"
#include "agent/base/sqlite_database.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxLog = 64 << 20;  // SQLite checkpoints at about 4 MB

}  // namespace

std::optional<WalLog> read_wal_log(FileSystem& file_system, const Entry& entry,
                                   ByteReader& content) {
  if (entry.allocation != Allocation::kAllocated) return std::nullopt;
  std::array<std::byte, 100> header{};
  const auto count = content.read_at(0, header);
  if (!count || *count < header.size() || !begins_as_sqlite(content)) return std::nullopt;
  const auto log = file_system.stat(entry.path + "-wal");
  if (!log || log->type != FileType::kRegular || log->size == 0) return std::nullopt;
  auto reader = file_system.open(*log);
  auto bytes = reader ? read_all(**reader, kMaxLog) : fail(reader.error());
  WalChanges changes;
  if (bytes) {
    changes = replay_wal(header, *std::move(bytes));
  } else {
    changes.note = bytes.error().detail;
  }
  Record record = wal_record(std::string(log->name()), changes);
  return WalLog{std::move(changes), std::move(record)};
}

}  // namespace konseki
