#include "agent/source/image/yal_io.h"

#include <algorithm>

#include "agent/base/bfio_reader.h"

namespace konseki {

YalHandle::YalHandle(const BfioCopy& bfio, ByteReader& reader) : bfio_(&bfio) {
  if (auto made = make_bfio_handle_by(bfio.handle_initialize, reader)) handle_ = *made;
}

YalHandle::~YalHandle() {
  if (handle_ != nullptr) bfio_->handle_free(&handle_, nullptr);
}

YalPool::YalPool(const BfioCopy& bfio, std::span<ByteReader* const> readers) : bfio_(&bfio) {
  if (bfio.pool_initialize(&pool_, 0, 0, nullptr) != 1) {
    pool_ = nullptr;
    return;
  }
  for (ByteReader* reader : readers) {
    if (append(*reader)) continue;
    bfio.pool_free(&pool_, nullptr);
    pool_ = nullptr;
    return;
  }
}

YalPool::~YalPool() {
  if (pool_ != nullptr) bfio_->pool_free(&pool_, nullptr);
}

bool YalPool::append(ByteReader& reader) {
  auto made = make_bfio_handle_by(bfio_->handle_initialize, reader);
  if (!made) return false;
  libbfio_handle_t* handle = *made;
  int entry = 0;
  if (bfio_->pool_append_handle(pool_, &entry, handle, LIBBFIO_OPEN_READ, nullptr) == 1)
    return true;
  bfio_->handle_free(&handle, nullptr);
  return false;
}

Result<std::size_t> YalMedium::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= size_) return std::size_t{0};
  out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset)));
  std::size_t filled = 0;
  while (filled < out.size()) {
    std::string reason;
    const std::int64_t count = read_(offset + filled, out.subspan(filled), reason);
    if (count < 0) {
      return fail(ErrorCode::kIoError,
                  "image offset " + std::to_string(offset + filled) + ": " + reason);
    }
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  return filled;
}

}  // namespace konseki
