#include "agent/source/image/image_source.h"

#include <algorithm>

#include "agent/source/image/disk.h"
#include "agent/source/image/image_format.h"
#include "agent/source/image/lvm.h"
#include "agent/source/image/mounts.h"
#include "agent/source/image/partitions.h"
#include "agent/source/image/shadow_volumes.h"
#include "agent/source/image/volume_probe.h"
#include "agent/source/image/volumes.h"

namespace konseki {
namespace {

class ImageSource : public Source {
 public:
  ImageSource(SourceInfo info, std::vector<std::unique_ptr<FileSystem>> file_systems,
              std::vector<UnreadableVolume> unreadable, std::vector<VolumeDetail> details,
              std::shared_ptr<Disk> disk)
      : info_(std::move(info)),
        file_systems_(std::move(file_systems)),
        unreadable_(std::move(unreadable)),
        details_(std::move(details)),
        disk_(std::move(disk)) {}

  const SourceInfo& info() const override { return info_; }
  std::span<const std::unique_ptr<FileSystem>> file_systems() override { return file_systems_; }
  std::span<const UnreadableVolume> unreadable() const override { return unreadable_; }
  std::span<const VolumeDetail> details() const override { return details_; }
  std::vector<MediumDamage> damage() const override { return damage_of(*disk_, info_.location); }

 private:
  SourceInfo info_;
  std::vector<std::unique_ptr<FileSystem>> file_systems_;
  std::vector<UnreadableVolume> unreadable_;
  std::vector<VolumeDetail> details_;
  std::shared_ptr<Disk> disk_;
};

Place place_of(const std::shared_ptr<Disk>& disk, const Partition& partition) {
  Place place;
  place.name = partition.name;
  place.description = partition.description;
  place.unique_id = partition.unique_id;
  place.offset = partition.offset;
  place.size = partition.size;
  place.open = [disk, offset = partition.offset, size = partition.size] {
    return slice_disk(disk, offset, size);
  };
  return place;
}

Volumes open_volumes(const std::shared_ptr<Disk>& disk, const PartitionTable& table) {
  Volumes volumes;
  std::vector<Place> physical;
  std::vector<Place> places;
  for (const Partition& partition : table.partitions) {
    Place place = place_of(disk, partition);
    const VolumeGuess guess = probe_volume(*place.open());
    if (guess.kind == VolumeKind::kLvm) {
      physical.push_back(std::move(place));
    } else if (!partition.never_files || guess.kind == VolumeKind::kFileSystem) {
      places.push_back(std::move(place));
    }
  }
  for (const Place& place : places) open_place(place, volumes);
  std::vector<Place> logical;
  find_logical_volumes(physical, logical, volumes.unreadable);
  for (const Place& place : logical) open_place(place, volumes);
  return volumes;
}

bool has_image_name(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const std::string_view packed : {".gz", ".bz2", ".xz", ".zst", ".zip", ".7z"}) {
    if (lower.ends_with(packed)) lower.resize(lower.size() - packed.size());
  }
  for (const std::string_view ending :
       {".dd",    ".raw",  ".img", ".image", ".iso", ".001",  ".000",
        ".e01",   ".ex01", ".s01", ".vmdk",  ".vhd", ".vhdx", ".qcow",
        ".qcow2", ".vdi",  ".aff", ".ad1",   ".dmg", ".l01",  ".lx01"}) {
    if (lower.ends_with(ending)) return true;
  }
  return false;
}

}  // namespace

bool looks_like_image(ByteReader& head, std::string_view name) {
  const FormatGuess format = guess_image_format(head);
  if (format.format == ImageFormat::kCompressed) return has_image_name(name);
  if (format.format != ImageFormat::kRaw) return true;
  const VolumeGuess volume = probe_volume(head);
  if (volume.kind != VolumeKind::kUnknown && volume.kind != VolumeKind::kEmpty) return true;
  // A table of partitions: an MBR with a plausible entry, or a GPT header.
  std::array<std::byte, 1024> sectors{};
  auto count = head.read_at(0, sectors);
  if (count && *count == sectors.size()) {
    const auto byte_at = [&](std::size_t at) { return std::to_integer<unsigned>(sectors[at]); };
    const std::string_view gpt(reinterpret_cast<const char*>(sectors.data()) + 512, 8);
    if (gpt == "EFI PART") return true;
    if (byte_at(510) == 0x55 && byte_at(511) == 0xaa) {
      for (std::size_t entry = 446; entry < 510; entry += 16) {
        if ((byte_at(entry) == 0 || byte_at(entry) == 0x80) && byte_at(entry + 4) != 0) return true;
      }
    }
  }
  return has_image_name(name);
}

Result<std::unique_ptr<Source>> open_image_source(const std::string& location,
                                                  const FileOpener& open,
                                                  const SnapshotAsker& snapshots) {
  KONSEKI_ASSIGN(auto disk, open_disk(location, open));
  KONSEKI_ASSIGN(const PartitionTable table, read_partitions(disk));
  Volumes volumes = open_volumes(disk, table);
  assign_mounts(volumes.opened);
  open_shadow_copies(volumes, snapshots);
  if (volumes.opened.empty() && table.type.empty() && volumes.unreadable.size() == 1 &&
      volumes.unreadable.front().type == "unknown") {
    const UnreadableVolume& only = volumes.unreadable.front();
    std::string detail =
        location + ": neither a partition table nor a file system is known to be here";
    if (!only.detail.empty()) detail += " (" + only.detail + ")";
    return fail(ErrorCode::kUnsupported, std::move(detail), only.advice);
  }
  if (volumes.opened.empty() && volumes.unreadable.empty()) {
    return fail(ErrorCode::kUnsupported,
                location + ": the partition table (" + table.type + ") has no partition with files",
                {"Check that this is the right disk.", "正しいディスクか確認してください。"});
  }
  std::vector<std::unique_ptr<FileSystem>> file_systems;
  for (OpenedVolume& volume : volumes.opened) file_systems.push_back(std::move(volume.file_system));
  SourceInfo info;
  info.kind = SourceKind::kImage;
  info.location = location;
  info.format = disk->format();
  info.size = disk->size();
  return std::make_unique<ImageSource>(std::move(info), std::move(file_systems),
                                       std::move(volumes.unreadable), std::move(volumes.details),
                                       std::move(disk));
}

}  // namespace konseki
