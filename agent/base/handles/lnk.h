// liblnk handles as owning pointers.
#pragma once

#include <liblnk.h>

#include <memory>
#include <string>

#include "agent/base/handles/closer.h"

namespace konseki {

inline void free_lnk_file(liblnk_file_t* file) noexcept { liblnk_file_free(&file, nullptr); }

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
