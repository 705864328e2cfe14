// libbfio handles as owning pointers.
#pragma once

#include <libbfio.h>

#include <memory>

#include "agent/base/handles/closer.h"

namespace konseki {

inline void free_bfio_handle(libbfio_handle_t* handle) noexcept {
  libbfio_handle_free(&handle, nullptr);
}

using BfioHandle = std::unique_ptr<libbfio_handle_t, Closer<free_bfio_handle>>;

}  // namespace konseki
