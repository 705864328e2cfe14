#include "agent/base/bfio_reader.h"

#include <cstdint>
#include <cstdio>
#include <limits>
#include <new>

namespace konseki {
namespace {

// What libbfio carries as its opaque io handle. Errors are told by return value alone: an error
// object made here would come from another copy of libcerror than the caller's.
struct ReaderHandle {
  ByteReader* content;
  std::int64_t position = 0;
  bool open = false;
};

ReaderHandle* self(std::intptr_t* handle) { return reinterpret_cast<ReaderHandle*>(handle); }

int free_handle(std::intptr_t** handle, libbfio_error_t**) {
  delete self(*handle);
  *handle = nullptr;
  return 1;
}

int clone_handle(std::intptr_t** destination, std::intptr_t* source, libbfio_error_t**) {
  auto* copy = new (std::nothrow) ReaderHandle{self(source)->content};
  *destination = reinterpret_cast<std::intptr_t*>(copy);
  return copy != nullptr ? 1 : -1;
}

int open_handle(std::intptr_t* handle, int access_flags, libbfio_error_t**) {
  if ((access_flags & LIBBFIO_ACCESS_FLAG_WRITE) != 0) return -1;
  self(handle)->open = true;
  self(handle)->position = 0;
  return 1;
}

int close_handle(std::intptr_t* handle, libbfio_error_t**) {
  self(handle)->open = false;
  return 0;
}

ssize_t read_handle(std::intptr_t* handle, std::uint8_t* buffer, std::size_t size,
                    libbfio_error_t**) {
  ReaderHandle& reader = *self(handle);
  try {
    const auto count = reader.content->read_at(static_cast<std::uint64_t>(reader.position),
                                               {reinterpret_cast<std::byte*>(buffer), size});
    if (!count) return -1;
    reader.position += static_cast<std::int64_t>(*count);
    return static_cast<ssize_t>(*count);
  } catch (...) {  // a C library is waiting above
    return -1;
  }
}

ssize_t refuse_write(std::intptr_t*, const std::uint8_t*, std::size_t, libbfio_error_t**) {
  return -1;
}

off64_t seek_handle(std::intptr_t* handle, off64_t offset, int whence, libbfio_error_t**) {
  ReaderHandle& reader = *self(handle);
  std::int64_t base = 0;
  if (whence == SEEK_CUR) {
    base = reader.position;
  } else if (whence == SEEK_END) {
    base = static_cast<std::int64_t>(reader.content->size());
  } else if (whence != SEEK_SET) {
    return -1;
  }
  if (offset > 0 && base > std::numeric_limits<std::int64_t>::max() - offset) return -1;
  if (base + offset < 0) return -1;
  reader.position = base + offset;
  return reader.position;
}

int handle_exists(std::intptr_t*, libbfio_error_t**) { return 1; }

int handle_is_open(std::intptr_t* handle, libbfio_error_t**) { return self(handle)->open ? 1 : 0; }

int handle_size(std::intptr_t* handle, size64_t* size, libbfio_error_t**) {
  *size = self(handle)->content->size();
  return 1;
}

}  // namespace

Result<libbfio_handle_t*> make_bfio_handle_by(decltype(&libbfio_handle_initialize) initialize,
                                              ByteReader& content) {
  if (content.size() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return fail(ErrorCode::kLimitExceeded, "content of 8 EiB or more");
  }
  auto* reader = new ReaderHandle{&content};
  libbfio_handle_t* handle = nullptr;
  if (initialize(&handle, reinterpret_cast<std::intptr_t*>(reader), free_handle, clone_handle,
                 open_handle, close_handle, read_handle, refuse_write, seek_handle, handle_exists,
                 handle_is_open, handle_size,
                 LIBBFIO_FLAG_IO_HANDLE_MANAGED | LIBBFIO_FLAG_IO_HANDLE_CLONE_BY_FUNCTION,
                 nullptr) != 1) {
    delete reader;
    return fail(ErrorCode::kInternal, "libbfio_handle_initialize");
  }
  return handle;
}

Result<BfioHandle> make_bfio_handle(ByteReader& content) {
  KONSEKI_ASSIGN(libbfio_handle_t * handle,
                 make_bfio_handle_by(libbfio_handle_initialize, content));
  return BfioHandle(handle);
}

}  // namespace konseki
