#include "agent/source/image/lvm.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "agent/base/cursor.h"
#include "agent/base/handles/vslvm.h"
#include "agent/source/image/yal_io.h"

namespace konseki {
namespace {

using VslvmError = YalError<libvslvm_error_backtrace_sprint, libvslvm_error_free>;

constexpr int kMaxVolumes = 1024;

// One open volume group and what it reads from. libvslvm is not built to be shared by threads.
struct Group {
  std::vector<std::unique_ptr<ByteReader>> readers;
  std::unique_ptr<YalHandle> io;
  std::unique_ptr<YalPool> pool;
  VslvmHandle handle;
  VslvmGroup group;
  std::vector<VslvmLogicalVolume> volumes;  // closed first
  std::mutex mutex;
};

template <auto GetSize, auto Get, class Handle>
std::string text_of(Handle* handle) {
  std::size_t size = 0;
  if (GetSize(handle, &size, nullptr) != 1 || size == 0 || size > 4096) return {};
  std::string text(size, '\0');
  if (Get(handle, text.data(), size, nullptr) != 1) return {};
  text.resize(std::min(text.find('\0'), text.size()));
  return text;
}

// The identifier of a physical volume in its label header, with the dashes of LVM's spelling.
std::string physical_id(ByteReader& volume) {
  std::array<std::byte, 4 * 512> head{};
  auto count = volume.read_at(0, head);
  if (!count) return {};
  for (std::size_t sector = 0; sector < 4; ++sector) {
    Cursor cursor{std::span(head).first(*count)};
    cursor.seek(sector * 512);
    if (as_text(cursor.bytes(8)) != "LABELONE") continue;
    cursor.skip(12);
    const std::size_t header = sector * 512 + cursor.u32();
    cursor.seek(header);
    const std::string_view id = as_text(cursor.bytes(32));
    if (!cursor.ok()) return {};
    std::string text;
    for (std::size_t i = 0; i < id.size(); ++i) {
      if (i == 6 || i == 10 || i == 14 || i == 18 || i == 22 || i == 26) text += '-';
      text += id[i];
    }
    return text;
  }
  return {};
}

Result<std::shared_ptr<Group>> open_metadata(const Place& place) {
  auto group = std::make_shared<Group>();
  group->readers.push_back(place.open());
  group->io = std::make_unique<YalHandle>(kVslvmBfio, *group->readers.front());
  VslvmError error;
  libvslvm_handle_t* handle = nullptr;
  if (group->io->get() == nullptr || libvslvm_handle_initialize(&handle, error.out()) != 1) {
    return fail(ErrorCode::kInternal, "libvslvm: " + error.text());
  }
  group->handle.reset(handle);
  libvslvm_volume_group_t* volume_group = nullptr;
  if (libvslvm_handle_open_file_io_handle(handle, group->io->get(), LIBVSLVM_OPEN_READ,
                                          error.out()) != 1 ||
      libvslvm_handle_get_volume_group(handle, &volume_group, error.out()) != 1) {
    return fail(ErrorCode::kCorrupt, "LVM: " + error.text());
  }
  group->group.reset(volume_group);
  return group;
}

std::string group_id(const Group& group) {
  return text_of<libvslvm_volume_group_get_identifier_size, libvslvm_volume_group_get_identifier>(
      group.group.get());
}

std::string escape_mapper(std::string_view name) {
  std::string escaped;
  for (const char c : name) escaped += c == '-' ? std::string("--") : std::string(1, c);
  return escaped;
}

// Gives the library its physical volumes in the order of the metadata; all must be there.
Result<void> attach_physical(Group& group, const std::map<std::string, const Place*>& by_id) {
  int count = 0;
  VslvmError error;
  if (libvslvm_volume_group_get_number_of_physical_volumes(group.group.get(), &count,
                                                           error.out()) != 1) {
    return fail(ErrorCode::kCorrupt, "LVM: " + error.text());
  }
  std::vector<ByteReader*> readers;
  for (int i = 0; i < std::min(count, kMaxVolumes); ++i) {
    libvslvm_physical_volume_t* raw = nullptr;
    if (libvslvm_volume_group_get_physical_volume(group.group.get(), i, &raw, error.out()) != 1) {
      return fail(ErrorCode::kCorrupt, "LVM: " + error.text());
    }
    const VslvmPhysicalVolume physical(raw);
    const std::string id = text_of<libvslvm_physical_volume_get_identifier_size,
                                   libvslvm_physical_volume_get_identifier>(raw);
    const auto found = by_id.find(id);
    if (found == by_id.end()) {
      return fail(ErrorCode::kNotFound, "LVM: physical volume " + id + " is not on this disk");
    }
    group.readers.push_back(found->second->open());
    readers.push_back(group.readers.back().get());
  }
  group.pool = std::make_unique<YalPool>(kVslvmBfio, readers);
  if (group.pool->get() == nullptr ||
      libvslvm_handle_open_physical_volume_files_file_io_pool(group.handle.get(), group.pool->get(),
                                                              error.out()) != 1) {
    return fail(ErrorCode::kCorrupt, "LVM: " + error.text());
  }
  // Only a group asked for from now on knows of the physical volumes.
  libvslvm_volume_group_t* volume_group = nullptr;
  if (libvslvm_handle_get_volume_group(group.handle.get(), &volume_group, error.out()) != 1) {
    return fail(ErrorCode::kCorrupt, "LVM: " + error.text());
  }
  group.group.reset(volume_group);
  return {};
}

void add_logical_volumes(const std::shared_ptr<Group>& group, const Place& physical,
                         std::vector<Place>& places, std::vector<UnreadableVolume>& unreadable) {
  const std::string group_name =
      text_of<libvslvm_volume_group_get_name_size, libvslvm_volume_group_get_name>(
          group->group.get());
  int count = 0;
  VslvmError error;
  if (libvslvm_volume_group_get_number_of_logical_volumes(group->group.get(), &count,
                                                          error.out()) != 1) {
    unreadable.push_back(unreadable_volume(physical, "lvm", error.text()));
    return;
  }
  for (int i = 0; i < std::min(count, kMaxVolumes); ++i) {
    libvslvm_logical_volume_t* volume = nullptr;
    VslvmError volume_error;
    Place place = physical;
    place.name = "logical volume " + std::to_string(i + 1) + " of " + group_name;
    if (libvslvm_volume_group_get_logical_volume(group->group.get(), i, &volume,
                                                 volume_error.out()) != 1) {
      unreadable.push_back(unreadable_volume(place, "lvm", volume_error.text()));
      continue;
    }
    group->volumes.emplace_back(volume);
    size64_t size = 0;
    const std::string name =
        text_of<libvslvm_logical_volume_get_name_size, libvslvm_logical_volume_get_name>(volume);
    place.name = "logical volume " + group_name + "/" + name;
    place.description.clear();
    place.unique_id.clear();
    place.device_name = "/dev/mapper/" + escape_mapper(group_name) + "-" + escape_mapper(name);
    if (libvslvm_logical_volume_get_size(volume, &size, volume_error.out()) != 1) {
      unreadable.push_back(unreadable_volume(place, "lvm", volume_error.text()));
      continue;
    }
    place.size = size;
    const std::size_t index = group->volumes.size() - 1;
    place.open = [group, index, size] {
      return std::make_unique<YalMedium>(
          size,
          [group, index](std::uint64_t offset, std::span<std::byte> out, std::string& reason) {
            const std::lock_guard lock(group->mutex);
            VslvmError read_error;
            const auto read = libvslvm_logical_volume_read_buffer_at_offset(
                group->volumes[index].get(), out.data(), out.size(), static_cast<off64_t>(offset),
                read_error.out());
            if (read < 0) reason = read_error.text();
            return static_cast<std::int64_t>(read);
          });
    };
    places.push_back(std::move(place));
  }
}

}  // namespace

void find_logical_volumes(const std::vector<Place>& physical, std::vector<Place>& places,
                          std::vector<UnreadableVolume>& unreadable) {
  std::map<std::string, const Place*> by_id;
  for (const Place& place : physical) by_id.emplace(physical_id(*place.open()), &place);
  std::vector<std::string> done;
  for (const Place& place : physical) {
    auto group = open_metadata(place);
    if (!group) {
      unreadable.push_back(unreadable_volume(place, "lvm", group.error().detail));
      continue;
    }
    const std::string id = group_id(**group);
    if (std::find(done.begin(), done.end(), id) != done.end()) continue;
    done.push_back(id);
    if (auto attached = attach_physical(**group, by_id); !attached) {
      unreadable.push_back(unreadable_volume(place, "lvm", attached.error().detail));
      continue;
    }
    add_logical_volumes(*group, place, places, unreadable);
  }
}

}  // namespace konseki
