// libqcow handles as owning pointers.
#pragma once

// Debian's header hides the functions for libbfio, which its library has.
#define HAVE_LIBBFIO 1
#include <libqcow.h>
#undef HAVE_LIBBFIO

#include <memory>

#include "agent/base/handles/bfio_copies.h"

KONSEKI_BFIO_COPY(Qcow, libqcow_bfio)

namespace konseki {

struct QcowFileCloser {
  void operator()(libqcow_file_t* handle) const noexcept { libqcow_file_free(&handle, nullptr); }
};
using QcowFile = std::unique_ptr<libqcow_file_t, QcowFileCloser>;

}  // namespace konseki
