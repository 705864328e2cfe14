#include "agent/source/image/shadow_volumes.h"

#include <optional>
#include <utility>

#include "agent/source/image/cached_reader.h"
#include "agent/source/image/shadow_copies.h"
#include "agent/source/image/volume_probe.h"

namespace konseki {
namespace {

constexpr std::string_view kType = "shadow_copy";

Place place_of(const VolumeInfo& volume, const ShadowCopy& copy, std::string mount) {
  Place place;
  place.name = std::move(mount);
  place.description = "shadow copy of " + (volume.mount.empty() ? "the volume" : volume.mount) +
                      ", made " + copy.created.iso8601();
  place.offset = volume.offset;
  place.size = copy.size;
  return place;
}

VolumeDetail& detail_of(const std::string& mount, Volumes& volumes) {
  for (VolumeDetail& detail : volumes.details) {
    if (detail.mount == mount) return detail;
  }
  VolumeDetail& detail = volumes.details.emplace_back();
  detail.mount = mount;
  return detail;
}

void open_copy(const ShadowCopies& copies, std::size_t index, const VolumeInfo& volume,
               std::string mount, Volumes& volumes) {
  const ShadowCopy& copy = copies.copies()[index];
  Place place = place_of(volume, copy, mount);
  auto bytes = copies.open_copy(index);
  if (!bytes) {
    volumes.unreadable.push_back(unreadable_volume(place, kType, bytes.error().detail));
    return;
  }
  // One reader serves all users of the copy: the library keeps its block lists in memory.
  auto disk = std::make_shared<Disk>(std::make_unique<CachedReader>(*std::move(bytes)), "vss");
  place.open = [disk, size = copy.size] { return slice_disk(disk, 0, size); };
  const std::size_t before = volumes.opened.size();
  open_place(place, volumes);
  if (volumes.opened.size() == before) return;
  volumes.opened.back().file_system->set_mount(mount);
  VolumeDetail detail;
  detail.mount = std::move(mount);
  detail.snapshot = copy.id;
  detail.snapshot_of = volume.mount;
  detail.snapshot_time = copy.created;
  volumes.details.push_back(std::move(detail));
}

}  // namespace

void open_shadow_copies(Volumes& volumes, const SnapshotAsker& ask) {
  std::optional<SnapshotChoice> choice;
  std::size_t number = 0;  // of copies before this volume's
  const std::size_t count = volumes.opened.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (volumes.opened[i].file_system->info().type != "ntfs") continue;
    if (!ShadowCopies::present(*volumes.opened[i].open())) continue;
    const VolumeInfo volume = volumes.opened[i].file_system->info();
    auto copies = ShadowCopies::open(volumes.opened[i].open);
    if (!copies) {
      volumes.unreadable.push_back({volume.mount, std::string(kType), volume.offset, volume.size,
                                    copies.error().detail, advice_for(kType)});
      continue;
    }
    const std::size_t found = copies->copies().size();
    detail_of(volume.mount, volumes).snapshots = static_cast<std::uint32_t>(found);
    if (found > 0 && !choice) choice = ask ? ask() : SnapshotChoice::kNone;
    for (std::size_t index = found; index-- > 0 && *choice != SnapshotChoice::kNone;) {
      open_copy(*copies, index, volume, "$vss$/" + std::to_string(number + index + 1), volumes);
      if (*choice == SnapshotChoice::kNewest) break;
    }
    number += found;
  }
}

}  // namespace konseki
