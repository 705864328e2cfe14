#include "agent/source/image/partitions.h"

#include <algorithm>
#include <array>
#include <map>

#include "agent/base/cursor.h"
#include "agent/source/image/tsk_image.h"
#include "agent/source/image/volume_probe.h"

namespace konseki {
namespace {

constexpr std::size_t kMaxPartitions = 1024;

std::string_view table_name(TSK_VS_TYPE_ENUM type) {
  switch (type) {
    case TSK_VS_TYPE_GPT:
      return "gpt";
    case TSK_VS_TYPE_DOS:
      return "dos";
    case TSK_VS_TYPE_BSD:
      return "bsd";
    case TSK_VS_TYPE_SUN:
      return "sun";
    case TSK_VS_TYPE_MAC:
      return "mac";
    default:
      return "";
  }
}

struct GptEntry {
  std::string type;
  std::string unique_id;
  int number = 0;
};

// Entries of the primary GPT by starting sector. The Sleuth Kit finds the partitions but keeps
// neither their types nor their identifiers.
std::map<std::uint64_t, GptEntry> read_gpt_entries(Disk& disk, std::uint64_t sector_size) {
  std::map<std::uint64_t, GptEntry> entries;
  std::array<std::byte, 512> header{};
  auto count = disk.read_at(sector_size, header);
  if (!count || *count != header.size() || !as_text(header).starts_with("EFI PART")) return entries;
  Cursor cursor(header);
  cursor.seek(72);
  const std::uint64_t table = cursor.u64();
  const std::uint32_t number = cursor.u32();
  const std::uint32_t size = cursor.u32();
  if (size < 128 || size > 4096 || table > disk.size() / sector_size) return entries;
  std::vector<std::byte> bytes(std::min<std::size_t>(number, kMaxPartitions) * size);
  auto filled = disk.read_at(table * sector_size, bytes);
  if (!filled) return entries;
  for (std::size_t at = 0; at + size <= *filled; at += size) {
    const auto entry = std::span(bytes).subspan(at, size);
    Cursor fields(entry);
    fields.seek(32);
    const std::uint64_t start = fields.u64();
    if (start == 0) continue;
    entries[start] = {guid_text(entry.first(16)), guid_text(entry.subspan(16, 16)),
                      static_cast<int>(at / size) + 1};
  }
  return entries;
}

bool never_holds_files(std::string_view gpt_type) {
  return gpt_type == "e3c9e316-0b5c-4db8-817d-f92df00215ae" ||  // Microsoft reserved
         gpt_type == "21686148-6449-6e6f-744e-656564454649";    // BIOS boot
}

// The disk signature of an MBR, as Linux spells it in PARTUUIDs.
std::string mbr_signature(Disk& disk) {
  std::array<std::byte, 512> sector{};
  auto count = disk.read_at(0, sector);
  if (!count || *count != sector.size()) return {};
  Cursor cursor(sector);
  cursor.seek(440);
  std::uint32_t signature = cursor.u32();
  if (signature == 0) return {};
  std::string text(8, '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, signature >>= 4) {
    *digit = "0123456789abcdef"[signature & 15];
  }
  return text;
}

PartitionTable whole_disk(std::uint64_t size) {
  PartitionTable table;
  table.partitions.push_back({.name = "volume", .description = {}, .unique_id = {}, .size = size});
  return table;
}

TskVolumeSystem open_table(TSK_IMG_INFO* image) {
  TskVolumeSystem found(tsk_vs_open(image, 0, TSK_VS_TYPE_DETECT));
  // "GPT or MAC at ...": the library names both and gives up.
  const char* words = found == nullptr ? tsk_error_get_errstr() : nullptr;
  if (words != nullptr && std::string_view(words).find(" or ") != std::string_view::npos) {
    // Two tables fit, as on disks once used elsewhere. The newest kind of table is the live one.
    for (const auto type :
         {TSK_VS_TYPE_GPT, TSK_VS_TYPE_DOS, TSK_VS_TYPE_MAC, TSK_VS_TYPE_SUN, TSK_VS_TYPE_BSD}) {
      found.reset(tsk_vs_open(image, 0, type));
      if (found != nullptr) break;
    }
  }
  return found;
}

PartitionTable partitions_of(Disk& disk, const TSK_VS_INFO& system) {
  PartitionTable table;
  table.type = table_name(system.vstype);
  const std::uint64_t sector = system.block_size;
  const auto gpt = system.vstype == TSK_VS_TYPE_GPT ? read_gpt_entries(disk, sector)
                                                    : std::map<std::uint64_t, GptEntry>{};
  const std::string signature = system.vstype == TSK_VS_TYPE_DOS ? mbr_signature(disk) : "";
  int logical = 5;
  for (const TSK_VS_PART_INFO* part = system.part_list; part != nullptr; part = part->next) {
    if ((part->flags & TSK_VS_PART_FLAG_ALLOC) == 0 || (part->flags & TSK_VS_PART_FLAG_META) != 0) {
      continue;
    }
    if (table.partitions.size() >= kMaxPartitions) {
      table.damage = "more than " + std::to_string(kMaxPartitions) + " partitions";
      break;
    }
    Partition partition;
    partition.description = part->desc == nullptr ? "" : part->desc;
    partition.offset = part->start * sector;
    partition.size = part->len * sector;
    partition.number = static_cast<int>(table.partitions.size()) + 1;
    if (system.vstype == TSK_VS_TYPE_DOS) {
      // Linux: primary partitions by slot, logical ones from 5.
      partition.number = part->table_num == 0 ? part->slot_num + 1 : logical++;
      if (!signature.empty()) {
        partition.unique_id = signature;
        partition.unique_id += partition.number < 10 ? "-0" : "-";
        partition.unique_id += std::to_string(partition.number);
      }
    } else if (const auto entry = gpt.find(part->start); entry != gpt.end()) {
      partition.number = entry->second.number;
      partition.unique_id = entry->second.unique_id;
      partition.never_files = never_holds_files(entry->second.type);
    }
    partition.name = "partition " + std::to_string(partition.number);
    table.partitions.push_back(std::move(partition));
  }
  std::stable_sort(table.partitions.begin(), table.partitions.end(),
                   [](const Partition& a, const Partition& b) { return a.offset < b.offset; });
  return table;
}

// A boot sector of a file system also ends in 55 AA and can pass for a table of partitions.
// Only file systems that start with their own boot code can be mistaken so.
bool is_boot_sector(std::string_view type) {
  return type == "ntfs" || type == "exfat" || type == "fat" || type == "bitlocker" ||
         type == "refs";
}

}  // namespace

std::string guid_text(std::span<const std::byte> bytes) {
  static constexpr int kOrder[] = {3,  2, 1, 0,  -1, 5,  4,  -1, 7,  6,
                                   -1, 8, 9, -1, 10, 11, 12, 13, 14, 15};
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const int at : kOrder) {
    if (at < 0) {
      text += '-';
      continue;
    }
    const auto value = std::to_integer<unsigned>(bytes[static_cast<std::size_t>(at)]);
    text += kHex[value >> 4];
    text += kHex[value & 15];
  }
  return text;
}

Result<PartitionTable> read_partitions(const std::shared_ptr<Disk>& disk) {
  auto whole = slice_disk(disk, 0, disk->size());
  const VolumeGuess guess = probe_volume(*whole);
  if (is_boot_sector(guess.type) || guess.kind == VolumeKind::kLvm ||
      guess.kind == VolumeKind::kApfs || guess.type == "luks") {
    return whole_disk(disk->size());
  }
  KONSEKI_ASSIGN(const TskImage image, make_tsk_image(std::move(whole)));
  const TskVolumeSystem system = open_table(image.get());
  if (system == nullptr) {
    const Error error = take_tsk_error(ErrorCode::kCorrupt, "partition table");
    PartitionTable table = whole_disk(disk->size());
    if (guess.kind == VolumeKind::kUnknown) table.damage = error.detail;
    return table;
  }
  PartitionTable table = partitions_of(*disk, *system);
  const bool fits = std::any_of(table.partitions.begin(), table.partitions.end(),
                                [&](const Partition& p) { return p.offset < disk->size(); });
  // A whole-disk file system whose boot area holds leftovers of a table, and hybrid ISO images.
  if (guess.kind == VolumeKind::kFileSystem && (!fits || guess.type == "iso9660")) {
    return whole_disk(disk->size());
  }
  return table;
}

}  // namespace konseki
