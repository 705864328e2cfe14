#include "agent/base/handles/vmdk.h"

#include "agent/base/local_path.h"
#include "agent/source/image/disk_formats.h"
#include "agent/source/image/yal_io.h"

namespace konseki {
namespace {

using VmdkError = YalError<libvmdk_error_backtrace_sprint, libvmdk_error_free>;

constexpr int kMaxExtents = 4096;

struct Vmdk {
  std::unique_ptr<ByteReader> file;
  std::vector<std::unique_ptr<ByteReader>> extents;
  std::unique_ptr<YalHandle> io;
  std::unique_ptr<YalPool> pool;
  VmdkHandle handle;  // closed before what it reads from
};

// The name an extent gives its file, without any directory; empty for extents without a file.
std::string extent_file_name(libvmdk_handle_t* handle, int index) {
  libvmdk_extent_descriptor_t* descriptor = nullptr;
  if (libvmdk_handle_get_extent_descriptor(handle, index, &descriptor, nullptr) != 1) return {};
  const VmdkExtent extent(descriptor);
  std::size_t size = 0;
  if (libvmdk_extent_descriptor_get_utf8_filename_size(descriptor, &size, nullptr) != 1 ||
      size < 2 || size > 4096) {
    return {};
  }
  std::string name(size, '\0');
  if (libvmdk_extent_descriptor_get_utf8_filename(
          descriptor, reinterpret_cast<std::uint8_t*>(name.data()), size, nullptr) != 1) {
    return {};
  }
  name.resize(name.find('\0'));
  // An image from elsewhere may name any path; only what lies beside it is opened.
  const auto slash = name.find_last_of("/\\");
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

}  // namespace

Result<std::unique_ptr<ByteReader>> open_vmdk(const std::string& path,
                                              std::unique_ptr<ByteReader> file,
                                              const FileOpener& open) {
  auto vmdk = std::make_shared<Vmdk>();
  vmdk->file = std::move(file);
  vmdk->io = std::make_unique<YalHandle>(kVmdkBfio, *vmdk->file);
  VmdkError error;
  libvmdk_handle_t* handle = nullptr;
  if (vmdk->io->get() == nullptr || libvmdk_handle_initialize(&handle, error.out()) != 1) {
    return fail(ErrorCode::kInternal, path + ": libvmdk: " + error.text());
  }
  vmdk->handle.reset(handle);
  int extents = 0;
  if (libvmdk_handle_open_file_io_handle(handle, vmdk->io->get(), LIBVMDK_OPEN_READ, error.out()) !=
          1 ||
      libvmdk_handle_get_number_of_extents(handle, &extents, error.out()) != 1) {
    return fail(ErrorCode::kCorrupt, path + ": " + error.text());
  }
  if (extents > kMaxExtents) {
    return fail(ErrorCode::kLimitExceeded, path + ": " + std::to_string(extents) + " extents");
  }
  std::uint32_t parent = 0xffffffff;
  if (libvmdk_handle_get_parent_content_identifier(handle, &parent, nullptr) == 1 &&
      parent != 0xffffffff) {
    return fail(ErrorCode::kUnsupported, path + ": VMDK snapshot, holds only changes to a parent",
                {"Consolidate the snapshots first, then pass the resulting disk.",
                 "スナップショットの差分です。先に統合し、結合後のディスクを指定してください。"});
  }

  // A sparse file with its own descriptor is its only extent, whatever name it had when made.
  std::array<std::byte, 4> magic{};
  KONSEKI_ASSIGN(const std::size_t magic_size, vmdk->file->read_at(0, magic));
  const bool self_contained =
      extents == 1 && magic_size == 4 && (magic[0] == std::byte{'K'} || magic[0] == std::byte{'C'});
  const auto slash = path.find_last_of(kPathSeparators);
  const std::string directory = slash == std::string::npos ? "" : path.substr(0, slash + 1);
  std::vector<ByteReader*> readers;
  for (int index = 0; index < extents && !self_contained; ++index) {
    const std::string extent_path = directory + extent_file_name(handle, index);
    auto extent = open(extent_path);
    if (!extent) {
      std::string detail = path + ": extent " + std::to_string(index + 1) + " of ";
      detail += std::to_string(extents) + ": ";
      detail += extent_path;
      return fail(extent.error().code, std::move(detail),
                  {"Put every file of the virtual disk in the same directory.",
                   "仮想ディスクのすべてのファイルを同じディレクトリに置いてください。"});
    }
    vmdk->extents.push_back(*std::move(extent));
    readers.push_back(vmdk->extents.back().get());
  }
  if (self_contained) readers.push_back(vmdk->file.get());
  vmdk->pool = std::make_unique<YalPool>(kVmdkBfio, readers);
  size64_t size = 0;
  if (vmdk->pool->get() == nullptr ||
      libvmdk_handle_open_extent_data_files_file_io_pool(handle, vmdk->pool->get(), error.out()) !=
          1 ||
      libvmdk_handle_get_media_size(handle, &size, error.out()) != 1) {
    return fail(ErrorCode::kCorrupt, path + ": " + error.text());
  }
  return std::make_unique<YalMedium>(size, [vmdk](std::uint64_t offset, std::span<std::byte> out,
                                                  std::string& reason) {
    VmdkError read_error;
    const auto count = libvmdk_handle_read_buffer_at_offset(
        vmdk->handle.get(), out.data(), out.size(), static_cast<off64_t>(offset), read_error.out());
    if (count < 0) reason = read_error.text();
    return static_cast<std::int64_t>(count);
  });
}

}  // namespace konseki
