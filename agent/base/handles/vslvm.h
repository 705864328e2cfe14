// libvslvm handles as owning pointers.
#pragma once

// Debian's header hides the functions for libbfio, which its library has.
#define HAVE_LIBBFIO 1
#include <libvslvm.h>
#undef HAVE_LIBBFIO

#include <memory>

#include "agent/base/handles/bfio_copies.h"

KONSEKI_BFIO_COPY(Vslvm, libvslvm_bfio)

namespace konseki {

struct VslvmHandleCloser {
  void operator()(libvslvm_handle_t* handle) const noexcept {
    libvslvm_handle_free(&handle, nullptr);
  }
};
using VslvmHandle = std::unique_ptr<libvslvm_handle_t, VslvmHandleCloser>;

struct VslvmGroupCloser {
  void operator()(libvslvm_volume_group_t* handle) const noexcept {
    libvslvm_volume_group_free(&handle, nullptr);
  }
};
using VslvmGroup = std::unique_ptr<libvslvm_volume_group_t, VslvmGroupCloser>;

struct VslvmPhysicalVolumeCloser {
  void operator()(libvslvm_physical_volume_t* handle) const noexcept {
    libvslvm_physical_volume_free(&handle, nullptr);
  }
};
using VslvmPhysicalVolume = std::unique_ptr<libvslvm_physical_volume_t, VslvmPhysicalVolumeCloser>;

struct VslvmLogicalVolumeCloser {
  void operator()(libvslvm_logical_volume_t* handle) const noexcept {
    libvslvm_logical_volume_free(&handle, nullptr);
  }
};
using VslvmLogicalVolume = std::unique_ptr<libvslvm_logical_volume_t, VslvmLogicalVolumeCloser>;

}  // namespace konseki
