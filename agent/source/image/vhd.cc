#include "agent/base/handles/vhdi.h"
#include "agent/source/image/disk_formats.h"
#include "agent/source/image/yal_io.h"

namespace konseki {
namespace {

using VhdError = YalError<libvhdi_error_backtrace_sprint, libvhdi_error_free>;

struct Vhd {
  std::unique_ptr<ByteReader> file;
  std::unique_ptr<YalHandle> io;
  VhdiFile handle;  // closed before what it reads from
};

}  // namespace

Result<std::unique_ptr<ByteReader>> open_vhd(const std::string& path,
                                             std::unique_ptr<ByteReader> file) {
  auto vhd = std::make_shared<Vhd>();
  vhd->file = std::move(file);
  vhd->io = std::make_unique<YalHandle>(kVhdiBfio, *vhd->file);
  VhdError error;
  libvhdi_file_t* handle = nullptr;
  if (vhd->io->get() == nullptr || libvhdi_file_initialize(&handle, error.out()) != 1) {
    return fail(ErrorCode::kInternal, path + ": libvhdi: " + error.text());
  }
  vhd->handle.reset(handle);
  size64_t size = 0;
  std::uint32_t type = 0;
  if (libvhdi_file_open_file_io_handle(handle, vhd->io->get(), LIBVHDI_OPEN_READ, error.out()) !=
          1 ||
      libvhdi_file_get_media_size(handle, &size, error.out()) != 1 ||
      libvhdi_file_get_disk_type(handle, &type, error.out()) != 1) {
    return fail(ErrorCode::kCorrupt, path + ": " + error.text());
  }
  if (type == LIBVHDI_DISK_TYPE_DIFFERENTIAL) {
    return fail(
        ErrorCode::kUnsupported, path + ": differential VHD, holds only changes to a parent",
        {"Merge it with its parent disk first (Hyper-V: Merge-VHD), then pass the merged disk.",
         "差分ディスクです。先に親ディスクと結合し(Hyper-V の Merge-VHD など)、結合後のディスクを"
         "指定してください。"});
  }
  return std::make_unique<YalMedium>(size, [vhd](std::uint64_t offset, std::span<std::byte> out,
                                                 std::string& reason) {
    VhdError read_error;
    const auto count = libvhdi_file_read_buffer_at_offset(
        vhd->handle.get(), out.data(), out.size(), static_cast<off64_t>(offset), read_error.out());
    if (count < 0) reason = read_error.text();
    return static_cast<std::int64_t>(count);
  });
}

}  // namespace konseki
