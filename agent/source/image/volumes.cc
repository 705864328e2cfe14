#include "agent/source/image/volumes.h"

#include "agent/source/image/ext_file_system.h"
#include "agent/source/image/fve_metadata.h"
#include "agent/source/image/iso_file_system.h"
#include "agent/source/image/ntfs_file_system.h"
#include "agent/source/image/tsk_image.h"
#include "agent/source/image/volume_label.h"
#include "agent/source/image/volume_probe.h"

namespace konseki {
namespace {

std::string_view type_name(TSK_FS_TYPE_ENUM type) {
  switch (type) {
    case TSK_FS_TYPE_NTFS:
      return "ntfs";
    case TSK_FS_TYPE_FAT12:
      return "fat12";
    case TSK_FS_TYPE_FAT16:
      return "fat16";
    case TSK_FS_TYPE_FAT32:
      return "fat32";
    case TSK_FS_TYPE_EXFAT:
      return "exfat";
    case TSK_FS_TYPE_EXT2:
      return "ext2";
    case TSK_FS_TYPE_EXT3:
      return "ext3";
    case TSK_FS_TYPE_EXT4:
      return "ext4";
    case TSK_FS_TYPE_HFS:
      return "hfs+";
    case TSK_FS_TYPE_APFS:
      return "apfs";
    default:
      return TSK_FS_TYPE_ISFFS(type) ? "ufs" : "unknown";
  }
}

// Of what the library can read only these hold a tree of files; "raw" and "swap" fit anything.
bool holds_files(TSK_FS_TYPE_ENUM type) { return type_name(type) != "unknown"; }

// The signature decides: asked to find out, the library gives up where remains of an older file
// system fit as well.
TSK_FS_TYPE_ENUM library_type(std::string_view guess) {
  if (guess == "ntfs") return TSK_FS_TYPE_NTFS;
  if (guess == "exfat") return TSK_FS_TYPE_EXFAT;
  if (guess == "fat") return TSK_FS_TYPE_FAT_DETECT;
  if (guess == "ext") return TSK_FS_TYPE_EXT_DETECT;
  if (guess == "hfs+") return TSK_FS_TYPE_HFS_DETECT;
  if (guess == "ufs") return TSK_FS_TYPE_FFS_DETECT;
  return TSK_FS_TYPE_DETECT;
}

PathStyle style_of(TSK_FS_TYPE_ENUM type) {
  return TSK_FS_TYPE_ISNTFS(type) || TSK_FS_TYPE_ISFAT(type) ? PathStyle::kWindows
                                                             : PathStyle::kPosix;
}

// Does the volume end past the last byte of the image?
bool is_truncated(ByteReader& volume) {
  std::array<std::byte, 1> last{};
  auto count = volume.read_at(volume.size() - 1, last);
  return count && *count == 0;
}

std::string describe(const Place& place, std::string detail, bool truncated) {
  if (truncated) detail += detail.empty() ? "" : "; ";
  if (truncated) detail += "the volume ends past the end of the image (truncated?)";
  if (!place.description.empty()) detail += (detail.empty() ? "" : "; ") + place.description;
  return detail;
}

Result<std::unique_ptr<MountableFileSystem>> make_file_system(TskMount mount, VolumeInfo info,
                                                              const VolumeOpener& open) {
  if (info.type == "ntfs") return make_ntfs_file_system(std::move(mount), std::move(info), open());
  if (info.type.starts_with("ext")) {
    return make_ext_file_system(std::move(mount), std::move(info), open());
  }
  return make_tsk_file_system(std::move(mount), std::move(info));
}

void open_apfs(const Place& place, Volumes& volumes) {
  auto image = make_tsk_image(place.open());
  if (!image) {
    volumes.unreadable.push_back(unreadable_volume(place, "apfs", image.error().detail));
    return;
  }
  struct Container {
    TskImage image;
    TskPool pool;
  };
  auto container = std::make_shared<Container>();
  container->image = *std::move(image);
  container->pool.reset(tsk_pool_open_img_sing(container->image.get(), 0, TSK_POOL_TYPE_APFS));
  if (container->pool == nullptr) {
    const Error error = take_tsk_error(ErrorCode::kCorrupt, "APFS container");
    volumes.unreadable.push_back(unreadable_volume(place, "apfs", error.detail));
    return;
  }
  const TSK_POOL_INFO* pool = container->pool.get();
  for (const TSK_POOL_VOLUME_INFO* volume = pool->vol_list; volume != nullptr;
       volume = volume->next) {
    Place inner = place;
    inner.description = volume->desc == nullptr ? "" : volume->desc;
    inner.name += ", APFS volume " + std::to_string(volume->index);
    if ((volume->flags & TSK_POOL_VOLUME_FLAG_ENCRYPTED) != 0) {
      volumes.unreadable.push_back(unreadable_volume(inner, "apfs_encrypted", inner.description));
      continue;
    }
    TskMount mount;
    mount.container = container;
    mount.image.reset(pool->get_img_info(pool, volume->block));
    if (mount.image != nullptr) {
      mount.volume.reset(tsk_fs_open_img(
          mount.image.get(), static_cast<TSK_OFF_T>(pool->img_offset), TSK_FS_TYPE_APFS));
    }
    if (mount.volume == nullptr) {
      const Error error = take_tsk_error(ErrorCode::kCorrupt, inner.description);
      volumes.unreadable.push_back(unreadable_volume(inner, "apfs", error.detail));
      continue;
    }
    VolumeInfo info;
    info.type = "apfs";
    info.label = inner.description;
    info.offset = place.offset;
    info.size = volume->num_blocks * pool->block_size;
    info.access_method = "tsk";
    volumes.opened.push_back(
        {make_tsk_file_system(std::move(mount), std::move(info)), "", place.unique_id, "", {}});
  }
}

void open_iso(const Place& place, bool truncated, Volumes& volumes) {
  const auto bytes = place.open();
  VolumeInfo info;
  info.type = "iso9660";
  info.label = read_volume_label(*bytes, info.type).label;
  info.offset = place.offset;
  info.size = place.size;
  info.access_method = "iso9660";
  auto file_system = make_iso_file_system(std::move(info), place.open());
  if (!file_system) {
    volumes.unreadable.push_back(unreadable_volume(
        place, "iso9660", describe(place, file_system.error().detail, truncated)));
    return;
  }
  volumes.opened.push_back(
      {*std::move(file_system), "", place.unique_id, place.device_name, place.open});
  // Large discs often keep no more than a note in their ISO 9660 part.
  if (has_udf_bridge(*bytes)) {
    volumes.unreadable.push_back(unreadable_volume(
        place, "udf", describe(place, "its ISO 9660 part is read; it may hold less", truncated)));
  }
}

void open_file_system(const Place& place, std::string_view guess, bool truncated,
                      Volumes& volumes) {
  if (guess == "iso9660") return open_iso(place, truncated, volumes);
  TskMount mount;
  auto image = make_tsk_image(place.open());
  if (!image) {
    volumes.unreadable.push_back(unreadable_volume(place, guess, image.error().detail));
    return;
  }
  mount.image = *std::move(image);
  mount.volume.reset(tsk_fs_open_img(mount.image.get(), 0, library_type(guess)));
  if (mount.volume == nullptr || !holds_files(mount.volume->ftype)) {
    const Error error = take_tsk_error(ErrorCode::kCorrupt, "");
    volumes.unreadable.push_back(
        unreadable_volume(place, guess, describe(place, error.detail, truncated)));
    return;
  }
  const auto bytes = place.open();
  VolumeInfo info;
  info.type = type_name(mount.volume->ftype);
  info.style = style_of(mount.volume->ftype);
  VolumeLabel label = read_volume_label(*bytes, info.type);
  info.label = std::move(label.label);
  info.serial = std::move(label.serial);
  info.offset = place.offset;
  info.size = place.size;
  info.access_method = "tsk";
  auto file_system = make_file_system(std::move(mount), std::move(info), place.open);
  if (!file_system) {
    volumes.unreadable.push_back(
        unreadable_volume(place, guess, describe(place, file_system.error().detail, truncated)));
    return;
  }
  volumes.opened.push_back({*std::move(file_system), std::move(label.uuid), place.unique_id,
                            place.device_name, place.open});
}

}  // namespace

UnreadableVolume locked_volume(const Place& place, std::string detail) {
  UnreadableVolume volume = unreadable_volume(place, "bitlocker", std::move(detail));
  const auto facts = read_fve_facts(*place.open());
  if (!facts) {
    volume.detail = facts.error().detail + (volume.detail.empty() ? "" : "; " + volume.detail);
    return volume;
  }
  volume.detail = facts->text() + (volume.detail.empty() ? "" : "; " + volume.detail);
  std::string ids;
  for (const FveProtector& protector : facts->protectors) {
    if (protector.kind_name() == "recovery password") ids += " " + protector.id;
  }
  if (!ids.empty()) {
    volume.advice.en += " Recovery key ID:" + ids + ".";
    volume.advice.ja += "回復キー ID:" + ids + "。";
  }
  if (facts->has_clear_key()) {
    volume.advice.en +=
        " Protection is suspended: its key lies in the clear on this disk, so tools unlock it "
        "without a recovery key.";
    volume.advice.ja +=
        "保護が中断されており、鍵が平文でディスク上にあるため、回復キーなしで解除できます。";
  }
  return volume;
}

UnreadableVolume unreadable_volume(const Place& place, std::string_view type, std::string detail) {
  return {place.name, std::string(type), place.offset,
          place.size, std::move(detail), advice_for(type)};
}

void open_place(const Place& place, Volumes& volumes) {
  const auto bytes = place.open();
  if (bytes->size() == 0) return;
  const VolumeGuess guess = probe_volume(*bytes);
  const bool truncated = is_truncated(*bytes);
  switch (guess.kind) {
    case VolumeKind::kApfs:
      open_apfs(place, volumes);
      return;
    case VolumeKind::kUnreadable:
      if (guess.type == "bitlocker") {
        volumes.unreadable.push_back(locked_volume(place, describe(place, "", truncated)));
        return;
      }
      [[fallthrough]];
    case VolumeKind::kLvm:
      volumes.unreadable.push_back(
          unreadable_volume(place, guess.type, describe(place, "", truncated)));
      return;
    case VolumeKind::kEmpty:
      volumes.unreadable.push_back(unreadable_volume(
          place, "unknown", describe(place, "holds only zeros at its start", truncated)));
      return;
    case VolumeKind::kUnknown:
      if (guess.looks_random) {
        volumes.unreadable.push_back(unreadable_volume(
            place, "unknown",
            describe(place, "random-looking from its first byte: perhaps encrypted", truncated)));
        return;
      }
      break;
    case VolumeKind::kFileSystem:
      break;
  }
  open_file_system(place, guess.type, truncated, volumes);
}

}  // namespace konseki
