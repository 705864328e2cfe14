#include "agent/base/registry_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "agent/base/cursor.h"
#include "agent/base/marvin32.h"

namespace konseki {
namespace {

constexpr std::uint64_t kSeed = 0x82EF'4D88'7A4E'55C5;
constexpr std::size_t kSector = HiveChanges::kSector;
constexpr std::size_t kFirstBin = 4096;
constexpr std::size_t kEntryHeader = 40;
constexpr std::size_t kHashedHeader = 32;
constexpr std::uint32_t kNewLog = 6;

// A page of one entry: where it belongs and its bytes in the log.
struct Page {
  std::uint32_t offset;  // behind the base block
  std::span<const std::byte> bytes;
};

struct Entry {
  std::uint32_t sequence = 0;
  std::uint32_t bins_size = 0;
  std::size_t size = 0;
  std::vector<Page> pages;
};

// The entry at the start of `bytes`; nothing when it is not whole and sound.
std::optional<Entry> read_entry(std::span<const std::byte> bytes) {
  Cursor cursor(bytes);
  if (as_text(cursor.bytes(4)) != "HvLE") return std::nullopt;
  Entry entry;
  entry.size = cursor.u32();
  cursor.skip(4);  // flags
  entry.sequence = cursor.u32();
  entry.bins_size = cursor.u32();
  const std::uint32_t count = cursor.u32();
  const std::uint64_t content_hash = cursor.u64();
  const std::uint64_t header_hash = cursor.u64();
  if (!cursor.ok() || entry.size < kEntryHeader || entry.size % kSector != 0 ||
      entry.size > bytes.size() || entry.bins_size % kFirstBin != 0) {
    return std::nullopt;
  }
  const std::span<const std::byte> whole = bytes.first(entry.size);
  if (marvin32(kSeed, whole.first(kHashedHeader)) != header_hash ||
      marvin32(kSeed, whole.subspan(kEntryHeader)) != content_hash) {
    return std::nullopt;
  }
  if (count > (entry.size - kEntryHeader) / 8) return std::nullopt;
  Cursor references(whole.subspan(kEntryHeader));
  Cursor content(whole.subspan(kEntryHeader + std::size_t{count} * 8));
  entry.pages.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t offset = references.u32();
    const std::uint32_t size = references.u32();
    if (offset % kSector != 0 || size % kSector != 0 ||
        std::uint64_t{offset} + size > entry.bins_size) {
      return std::nullopt;
    }
    entry.pages.push_back({offset, content.bytes(size)});
    if (!content.ok()) return std::nullopt;
  }
  return entry;
}

struct Log {
  std::span<const std::byte> header;
  HiveHeader facts;
  std::vector<Entry> entries;  // those that follow each other without a gap

  std::uint32_t first() const { return entries.front().sequence; }
  std::uint32_t last() const { return entries.back().sequence; }
};

// The entries that a log really holds; behind them may lie older ones.
std::optional<Log> read_log(std::span<const std::byte> bytes, std::string& note) {
  Log log;
  log.facts = read_hive_header(bytes);
  if (!log.facts.is_hive || !log.facts.checksum_ok) return std::nullopt;
  if (log.facts.file_type != kNewLog) {
    note = "log of a system before Windows 8.1";
    return std::nullopt;
  }
  log.header = bytes.first(kHiveHeaderSize);
  std::uint32_t expected = log.facts.primary_sequence;
  for (bytes = bytes.subspan(kHiveHeaderSize); !bytes.empty(); ++expected) {
    auto entry = read_entry(bytes);
    if (!entry || entry->sequence != expected) break;
    bytes = bytes.subspan(entry->size);
    log.entries.push_back(*std::move(entry));
  }
  if (log.entries.empty()) return std::nullopt;
  return log;
}

void put_u32(std::span<std::byte> out, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) out[at + i] = static_cast<std::byte>(value >> (8 * i));
}

class Replay {
 public:
  Replay(std::uint64_t hive_size, std::uint64_t max_size) : max_size_(max_size) {
    changes_.size = hive_size;
  }

  void start_from(std::span<const std::byte> header) {
    std::copy_n(header.begin(), kHiveHeaderSize, changes_.header.begin());
  }

  // False when an entry asks for more than there may be.
  bool apply(const Log& log) {
    for (const Entry& entry : log.entries) {
      if (kFirstBin + std::uint64_t{entry.bins_size} > max_size_) {
        changes_.note = fmt::format("log entry {} asks for too large a hive", entry.sequence);
        return false;
      }
      for (const Page& page : entry.pages) keep(page);
      changes_.size = std::max<std::uint64_t>(changes_.size, kFirstBin + entry.bins_size);
      changes_.last_sequence = entry.sequence;
      ++changes_.entries;
      bins_size_ = entry.bins_size;
    }
    return true;
  }

  HiveChanges finish(std::string note) {
    if (changes_.note.empty()) changes_.note = std::move(note);
    if (changes_.entries > 0) {
      const std::span<std::byte> header(changes_.header);
      put_u32(header, 0x04, changes_.last_sequence);
      put_u32(header, 0x08, changes_.last_sequence);
      put_u32(header, 0x1C, 0);
      put_u32(header, 0x28, bins_size_);
      put_u32(header, 508, hive_header_checksum(header));
    }
    return std::move(changes_);
  }

 private:
  void keep(const Page& page) {
    const std::uint64_t first = (kFirstBin + std::uint64_t{page.offset}) / kSector;
    for (std::size_t at = 0; at < page.bytes.size(); at += kSector) {
      const auto sector = page.bytes.subspan(at, kSector);
      const auto [found, is_new] =
          changes_.sectors.try_emplace(first + at / kSector, changes_.bytes.size());
      if (is_new) {
        changes_.bytes.insert(changes_.bytes.end(), sector.begin(), sector.end());
      } else {
        std::copy(sector.begin(), sector.end(),
                  changes_.bytes.begin() + static_cast<std::ptrdiff_t>(found->second));
      }
    }
  }

  HiveChanges changes_;
  std::uint64_t max_size_;
  std::uint32_t bins_size_ = 0;
};

}  // namespace

HiveChanges replay_hive_logs(std::span<const std::byte> hive_header, std::uint64_t hive_size,
                             std::span<const std::span<const std::byte>> logs,
                             std::uint64_t max_size) {
  Replay replay(hive_size, max_size);
  const HiveHeader hive = read_hive_header(hive_header);
  std::string note;
  std::vector<Log> sound;
  for (const auto& bytes : logs) {
    if (auto log = read_log(bytes, note)) sound.push_back(*std::move(log));
  }
  if (sound.empty()) {
    return replay.finish(note.empty() ? "no sound log entry" : std::move(note));
  }
  std::sort(sound.begin(), sound.end(),
            [](const Log& a, const Log& b) { return a.first() < b.first(); });
  if (!hive.is_hive || !hive.checksum_ok) {
    // Only the log with the latest entries can stand in for the base block.
    const Log& latest = *std::max_element(
        sound.begin(), sound.end(), [](const Log& a, const Log& b) { return a.last() < b.last(); });
    replay.start_from(latest.header);
    replay.apply(latest);
    return replay.finish({});
  }
  replay.start_from(hive_header);
  std::optional<std::uint32_t> last;
  for (const Log& log : sound) {
    const bool follows = last ? log.first() == *last + 1 : log.first() >= hive.secondary_sequence;
    if (!follows) {
      note = fmt::format("log entries {} to {} do not follow", log.first(), log.last());
      continue;
    }
    if (!replay.apply(log)) break;
    last = log.last();
  }
  return replay.finish(std::move(note));
}

Result<std::size_t> ReplayedHive::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= changes_.size) return std::size_t{0};
  out = out.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), changes_.size - offset)));
  std::size_t filled = 0;
  while (filled < out.size() && offset + filled < hive_.size()) {
    KONSEKI_ASSIGN(const std::size_t count, hive_.read_at(offset + filled, out.subspan(filled)));
    if (count == 0) break;
    filled += count;
  }
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(filled), out.end(), std::byte{0});
  const auto overlay = [&](std::uint64_t start, std::span<const std::byte> bytes) {
    const std::uint64_t from = std::max(start, offset);
    const std::uint64_t to = std::min(start + bytes.size(), offset + out.size());
    if (from >= to) return;
    std::memcpy(out.data() + (from - offset), bytes.data() + (from - start), to - from);
  };
  const std::uint64_t end = offset + out.size();
  for (std::uint64_t sector = offset / kSector; sector * kSector < end; ++sector) {
    const auto found = changes_.sectors.find(sector);
    if (found == changes_.sectors.end()) continue;
    overlay(sector * kSector, std::span(changes_.bytes).subspan(found->second, kSector));
  }
  overlay(0, changes_.header);
  return out.size();
}

}  // namespace konseki
