// libvshadow handles as owning pointers.
#pragma once

#define HAVE_LIBBFIO 1
#include <libvshadow.h>
#undef HAVE_LIBBFIO

#include <memory>

#include "agent/base/handles/bfio_copies.h"

KONSEKI_BFIO_COPY(Vshadow, libvshadow_bfio)

namespace konseki {

struct VshadowVolumeCloser {
  void operator()(libvshadow_volume_t* handle) const noexcept {
    libvshadow_volume_free(&handle, nullptr);
  }
};
using VshadowVolume = std::unique_ptr<libvshadow_volume_t, VshadowVolumeCloser>;

struct VshadowStoreCloser {
  void operator()(libvshadow_store_t* handle) const noexcept {
    libvshadow_store_free(&handle, nullptr);
  }
};
using VshadowStore = std::unique_ptr<libvshadow_store_t, VshadowStoreCloser>;

}  // namespace konseki
