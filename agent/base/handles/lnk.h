// liblnk handles as owning pointers.
#pragma once

#define HAVE_LIBBFIO 1
#include <liblnk.h>
#undef HAVE_LIBBFIO

#include <memory>
#include <string>

#include "agent/base/handles/bfio_copies.h"
#include "agent/base/handles/closer.h"

KONSEKI_BFIO_COPY(Lnk, liblnk_bfio)

namespace konseki {

inline void free_lnk_file(liblnk_file_t* file) noexcept { liblnk_file_free(&file, nullptr); }

inline void free_lnk_io(libbfio_handle_t* handle) noexcept {
  kLnkBfio.handle_free(&handle, nullptr);
}

using LnkIo = std::unique_ptr<libbfio_handle_t, Closer<free_lnk_io>>;
using LnkFile = std::unique_ptr<liblnk_file_t, Closer<free_lnk_file>>;

// The library's words for `error`, which is freed.
inline std::string take_lnk_error(liblnk_error_t* error) {
  char text[512] = {};
  if (error == nullptr) return "liblnk";
  const bool told = liblnk_error_sprint(error, text, sizeof text) >= 0;
  liblnk_error_free(&error);
  return told ? text : "liblnk";
}

}  // namespace konseki
