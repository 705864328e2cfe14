#include "agent/base/sqlite_wal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace konseki {
namespace {

constexpr std::size_t kWalHeader = 32;
constexpr std::size_t kFrameHeader = 24;
constexpr std::uint32_t kMagic = 0x377f0682;  // the last bit: checksums are big-endian
constexpr std::uint32_t kVersion = 3007000;

std::uint32_t number(std::span<const std::byte> bytes, std::size_t at, bool big) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto byte = std::to_integer<std::uint32_t>(bytes[at + (big ? i : 3 - i)]);
    value = value << 8 | byte;
  }
  return value;
}
std::uint32_t number(std::span<const std::byte> bytes, std::size_t at) {
  return number(bytes, at, true);
}

struct Checksum {
  std::uint32_t first = 0;
  std::uint32_t second = 0;

  void add(std::span<const std::byte> bytes, bool big) {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      first += number(bytes, at, big) + second;
      second += number(bytes, at + 4, big) + first;
    }
  }
  bool stands_at(std::span<const std::byte> bytes, std::size_t at) const {
    return first == number(bytes, at) && second == number(bytes, at + 4);
  }
};

std::uint32_t database_page_size(std::span<const std::byte> header) {
  const auto size =
      std::to_integer<std::uint32_t>(header[16]) << 8 | std::to_integer<std::uint32_t>(header[17]);
  return size == 1 ? 65536 : size;
}

constexpr auto kFields = std::to_array<FieldSpec>({
    {"log", FieldType::kText, "Name of the write-ahead log beside the database"},
    {"frames", FieldType::kUint, "Pages as the log wrote them that were applied"},
    {"pages", FieldType::kUint, "Distinct pages of the database that they replace"},
});

}  // namespace

const RecordSchema kWalSchema{
    "sqlite.wal", "SQLite databases whose newest changes still lay in their write-ahead log",
    kFields};

WalChanges replay_wal(std::span<const std::byte> header, std::vector<std::byte> log) {
  WalChanges changes;
  const std::span<const std::byte> bytes(log);
  const auto refuse = [&](std::string why) {
    changes.note = std::move(why);
    return std::move(changes);
  };
  if (header.size() < 100) return refuse("the database has no whole header");
  if (bytes.empty()) return changes;
  if (bytes.size() < kWalHeader) return refuse("the log has no whole header");
  const std::uint32_t magic = number(bytes, 0);
  if ((magic & ~1U) != kMagic || number(bytes, 4) != kVersion) {
    return refuse("the log is of no known kind");
  }
  const bool big = (magic & 1) != 0;
  const std::uint32_t page = number(bytes, 8);
  if (page < 512 || page > 65536 || (page & (page - 1)) != 0 ||
      page != database_page_size(header)) {
    return refuse("the log's pages are not of the database's size");
  }
  Checksum sum;
  sum.add(bytes.first(24), big);
  if (!sum.stands_at(bytes, 24)) return refuse("the checksum of the log's header is wrong");
  changes.page_size = page;
  std::vector<std::pair<std::uint32_t, std::size_t>> open;  // of a transaction without its end
  std::size_t at = kWalHeader;
  for (; bytes.size() - at >= kFrameHeader + page; at += kFrameHeader + page) {
    const auto frame = bytes.subspan(at, kFrameHeader);
    // Others are left over from before the log began anew.
    if (std::memcmp(frame.data() + 8, bytes.data() + 16, 8) != 0) break;
    sum.add(frame.first(8), big);
    sum.add(bytes.subspan(at + kFrameHeader, page), big);
    const std::uint32_t place = number(frame, 0);
    if (!sum.stands_at(frame, 16) || place == 0) {
      changes.note = fmt::format("offset {}: the checksum of a frame is wrong", at);
      break;
    }
    open.emplace_back(place, at + kFrameHeader);
    const std::uint32_t count = number(frame, 4);
    if (count == 0) continue;
    for (const auto& [which, where] : open) changes.pages[which] = where;
    changes.frames += open.size();
    changes.size = std::uint64_t{count} * page;
    open.clear();
  }
  if (!open.empty() && changes.note.empty()) {
    changes.note = fmt::format("{} frames of a transaction without its end", open.size());
  }
  changes.log = std::move(log);
  return changes;
}

Result<std::size_t> ReplayedDatabase::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= changes_.size) return 0;
  const auto wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), changes_.size - offset));
  const std::uint64_t page_size = changes_.page_size;
  std::size_t done = 0;
  while (done < wanted) {
    const std::uint64_t at = offset + done;
    const auto inside = static_cast<std::size_t>(at % page_size);
    const std::size_t count = std::min(wanted - done, static_cast<std::size_t>(page_size) - inside);
    const auto part = out.subspan(done, count);
    const auto found = changes_.pages.find(static_cast<std::uint32_t>(at / page_size + 1));
    if (found != changes_.pages.end()) {
      std::memcpy(part.data(), changes_.log.data() + found->second + inside, count);
    } else {
      std::memset(part.data(), 0, count);
      KONSEKI_ASSIGN([[maybe_unused]] const std::size_t got, database_.read_at(at, part));
    }
    done += count;
  }
  return done;
}

Record wal_record(const std::string& name, const WalChanges& changes) {
  Record record(kWalSchema);
  record.set("log", name);
  record.set("frames", changes.frames);
  record.set("pages", std::uint64_t{changes.pages.size()});
  if (!changes.note.empty()) {
    record.status = changes.frames > 0 ? ParseStatus::kPartial : ParseStatus::kCorrupt;
    record.note = changes.note;
  }
  return record;
}

}  // namespace konseki
