#include "agent/base/handles/qcow.h"

#include "agent/source/image/disk_formats.h"
#include "agent/source/image/yal_io.h"

namespace konseki {
namespace {

using QcowError = YalError<libqcow_error_backtrace_sprint, libqcow_error_free>;

struct Qcow {
  std::unique_ptr<ByteReader> file;
  std::unique_ptr<YalHandle> io;
  QcowFile handle;  // closed before what it reads from
};

}  // namespace

Result<std::unique_ptr<ByteReader>> open_qcow(const std::string& path,
                                              std::unique_ptr<ByteReader> file) {
  // Bytes 8 to 15 of every version: where the name of a backing file lies, or zero.
  std::array<std::byte, 16> header{};
  KONSEKI_ASSIGN(const std::size_t header_size, file->read_at(0, header));
  if (header_size == header.size()) {
    for (std::size_t i = 8; i < 16; ++i) {
      if (header[i] != std::byte{0}) {
        return fail(ErrorCode::kUnsupported, path + ": QCOW overlay that needs a backing file",
                    {"Join it with its base first: qemu-img convert -O raw IMAGE OUTPUT.",
                     "先に「qemu-img convert -O raw イメージ 出力」でベースと結合してください。"});
      }
    }
  }
  auto qcow = std::make_shared<Qcow>();
  qcow->file = std::move(file);
  qcow->io = std::make_unique<YalHandle>(kQcowBfio, *qcow->file);
  QcowError error;
  libqcow_file_t* handle = nullptr;
  if (qcow->io->get() == nullptr || libqcow_file_initialize(&handle, error.out()) != 1) {
    return fail(ErrorCode::kInternal, path + ": libqcow: " + error.text());
  }
  qcow->handle.reset(handle);
  if (libqcow_file_open_file_io_handle(handle, qcow->io->get(), LIBQCOW_OPEN_READ, error.out()) !=
      1) {
    return fail(ErrorCode::kCorrupt, path + ": " + error.text());
  }
  std::uint32_t encryption = 0;
  if (libqcow_file_get_encryption_method(handle, &encryption, nullptr) == 1 && encryption != 0) {
    return fail(ErrorCode::kUnsupported, path + ": encrypted QCOW",
                {"Decrypt it first: qemu-img convert with its secret.",
                 "先に qemu-img convert で復号してください。"});
  }
  size64_t size = 0;
  if (libqcow_file_get_media_size(handle, &size, error.out()) != 1) {
    return fail(ErrorCode::kCorrupt, path + ": " + error.text());
  }
  return std::make_unique<YalMedium>(size, [qcow](std::uint64_t offset, std::span<std::byte> out,
                                                  std::string& reason) {
    QcowError read_error;
    const auto count = libqcow_file_read_buffer_at_offset(
        qcow->handle.get(), out.data(), out.size(), static_cast<off64_t>(offset), read_error.out());
    if (count < 0) reason = read_error.text();
    return static_cast<std::int64_t>(count);
  });
}

}  // namespace konseki
