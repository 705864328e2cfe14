// libewf handles as owning pointers.
#pragma once

// Debian's header hides the functions for libbfio, which its library has.
#define HAVE_LIBBFIO 1
#include <libewf.h>
#undef HAVE_LIBBFIO

#include <memory>

#include "agent/base/handles/bfio_copies.h"

KONSEKI_BFIO_COPY(Ewf, libewf_bfio)

namespace konseki {

struct EwfHandleCloser {
  void operator()(libewf_handle_t* handle) const noexcept { libewf_handle_free(&handle, nullptr); }
};
using EwfHandle = std::unique_ptr<libewf_handle_t, EwfHandleCloser>;

}  // namespace konseki
