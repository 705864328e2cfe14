// A libbfio handle that reads through a ByteReader, so that every libyal library sees evidence
// only by the one read-only door.
#pragma once

#include "agent/base/handles/bfio.h"
#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

// `content` must outlive the handle and every libyal object opened on it. Writing answers an
// error. Handles that libraries clone share `content`, so all of them belong to one thread.
Result<BfioHandle> make_bfio_handle(ByteReader& content);

// The same made by another copy of libbfio (handles/bfio_copies.h): `initialize` is its
// libbfio_handle_initialize, and its libbfio_handle_free frees what is answered.
Result<libbfio_handle_t*> make_bfio_handle_by(decltype(&libbfio_handle_initialize) initialize,
                                              ByteReader& content);

}  // namespace konseki
