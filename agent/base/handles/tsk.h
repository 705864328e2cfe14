// The Sleuth Kit handles as owning pointers.
#pragma once

#include <tsk/libtsk.h>

#include <memory>

#include "agent/base/handles/closer.h"

namespace konseki {

inline void close_tsk_pool(const TSK_POOL_INFO* pool) noexcept { pool->close(pool); }

using TskImage = std::unique_ptr<TSK_IMG_INFO, Closer<tsk_img_close>>;
using TskVolumeSystem = std::unique_ptr<TSK_VS_INFO, Closer<tsk_vs_close>>;
using TskPool = std::unique_ptr<const TSK_POOL_INFO, Closer<close_tsk_pool>>;
using TskVolume = std::unique_ptr<TSK_FS_INFO, Closer<tsk_fs_close>>;
using TskDirectory = std::unique_ptr<TSK_FS_DIR, Closer<tsk_fs_dir_close>>;
using TskFile = std::unique_ptr<TSK_FS_FILE, Closer<tsk_fs_file_close>>;

}  // namespace konseki
