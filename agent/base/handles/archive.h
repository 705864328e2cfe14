// libarchive handles as owning pointers.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include "agent/base/handles/closer.h"

namespace konseki {

inline void free_archive_reader(archive* handle) noexcept { archive_read_free(handle); }

using ArchiveReaderHandle = std::unique_ptr<archive, Closer<free_archive_reader>>;

}  // namespace konseki
