// libvmdk handles as owning pointers.
#pragma once

#define HAVE_LIBBFIO 1
#include <libvmdk.h>
#undef HAVE_LIBBFIO

#include <memory>

#include "agent/base/handles/bfio_copies.h"

KONSEKI_BFIO_COPY(Vmdk, libvmdk_bfio)

namespace konseki {

struct VmdkHandleCloser {
  void operator()(libvmdk_handle_t* handle) const noexcept {
    libvmdk_handle_free(&handle, nullptr);
  }
};
using VmdkHandle = std::unique_ptr<libvmdk_handle_t, VmdkHandleCloser>;

struct VmdkExtentCloser {
  void operator()(libvmdk_extent_descriptor_t* handle) const noexcept {
    libvmdk_extent_descriptor_free(&handle, nullptr);
  }
};
using VmdkExtent = std::unique_ptr<libvmdk_extent_descriptor_t, VmdkExtentCloser>;

}  // namespace konseki
