// zstd contexts as owning pointers.
#pragma once

#include <zstd.h>

#include <memory>

#include "agent/base/handles/closer.h"

namespace konseki {

using ZstdCompressor = std::unique_ptr<ZSTD_CCtx, Closer<ZSTD_freeCCtx>>;
using ZstdDecompressor = std::unique_ptr<ZSTD_DCtx, Closer<ZSTD_freeDCtx>>;

}  // namespace konseki
