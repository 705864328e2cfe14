// libvhdi handles as owning pointers.
#pragma once

// Debian's header hides the functions for libbfio, which its library has.
#define HAVE_LIBBFIO 1
#include <libvhdi.h>
#undef HAVE_LIBBFIO

#include <memory>

#include "agent/base/handles/bfio_copies.h"

KONSEKI_BFIO_COPY(Vhdi, libvhdi_bfio)

namespace konseki {

struct VhdiFileCloser {
  void operator()(libvhdi_file_t* handle) const noexcept { libvhdi_file_free(&handle, nullptr); }
};
using VhdiFile = std::unique_ptr<libvhdi_file_t, VhdiFileCloser>;

}  // namespace konseki
