// libregf handles as owning pointers.
#pragma once

#include <libregf.h>

#include <memory>
#include <string>

#include "agent/base/handles/closer.h"

namespace konseki {

inline void free_regf_file(libregf_file_t* file) noexcept { libregf_file_free(&file, nullptr); }
inline void free_regf_key(libregf_key_t* key) noexcept { libregf_key_free(&key, nullptr); }
inline void free_regf_value(libregf_value_t* value) noexcept {
  libregf_value_free(&value, nullptr);
}

using RegfFile = std::unique_ptr<libregf_file_t, Closer<free_regf_file>>;
using RegfKey = std::unique_ptr<libregf_key_t, Closer<free_regf_key>>;
using RegfValue = std::unique_ptr<libregf_value_t, Closer<free_regf_value>>;

// The library's words for `error`, which is freed.
inline std::string take_regf_error(libregf_error_t* error) {
  char text[512] = {};
  if (error == nullptr) return "libregf";
  const bool told = libregf_error_sprint(error, text, sizeof text) >= 0;
  libregf_error_free(&error);
  return told ? text : "libregf";
}

}  // namespace konseki
