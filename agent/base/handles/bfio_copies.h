// The private copies of libbfio inside other libyal archives.
//
// Handles are made by the very copy that later reads them (installer/cmake/Libyal.cmake renames
// each private libbfio_* to lib<name>_bfio_*): the copies are of different years and their
// structures differ.
#pragma once

#include <libbfio.h>

namespace konseki {

// The few functions needed of one copy.
struct BfioCopy {
  decltype(&libbfio_handle_initialize) handle_initialize;
  decltype(&libbfio_handle_free) handle_free;
  decltype(&libbfio_pool_initialize) pool_initialize;
  decltype(&libbfio_pool_free) pool_free;
  decltype(&libbfio_pool_append_handle) pool_append_handle;
};

}  // namespace konseki

// Declares the copy of one library and names it konseki::k<Name>Bfio.
#define KONSEKI_BFIO_COPY(Name, prefix)                                                        \
  extern "C" {                                                                                 \
  extern decltype(libbfio_handle_initialize) prefix##_handle_initialize;                       \
  extern decltype(libbfio_handle_free) prefix##_handle_free;                                   \
  extern decltype(libbfio_pool_initialize) prefix##_pool_initialize;                           \
  extern decltype(libbfio_pool_free) prefix##_pool_free;                                       \
  extern decltype(libbfio_pool_append_handle) prefix##_pool_append_handle;                     \
  }                                                                                            \
  namespace konseki {                                                                          \
  inline constexpr BfioCopy k##Name##Bfio = {prefix##_handle_initialize, prefix##_handle_free, \
                                             prefix##_pool_initialize, prefix##_pool_free,     \
                                             prefix##_pool_append_handle};                     \
  }
