#include "agent/source/live/linux/entry_facts.h"

#include <fcntl.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <utility>

#include "agent/base/inode_flags.h"

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U
#endif

namespace konseki {
namespace {

Timestamp timestamp(const statx_timestamp& time) {
  return Timestamp::from_unix(time.tv_sec, static_cast<std::int32_t>(time.tv_nsec));
}

}  // namespace

int look_at(int directory, const char* name, StatAnswer& answer) {
  const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC |
                    (*name == '\0' ? AT_EMPTY_PATH : 0);
  if (::statx(directory, name, flags, STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID,
              &answer.facts) != 0) {
    return errno;
  }
  answer.mount_id = (answer.facts.stx_mask & STATX_MNT_ID) != 0 ? answer.facts.stx_mnt_id : 0;
  return 0;
}

FileType file_type(std::uint32_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return FileType::kRegular;
    case S_IFDIR:
      return FileType::kDirectory;
    case S_IFLNK:
      return FileType::kSymlink;
    case S_IFIFO:
      return FileType::kFifo;
    case S_IFCHR:
      return FileType::kCharacterDevice;
    case S_IFBLK:
      return FileType::kBlockDevice;
    case S_IFSOCK:
      return FileType::kSocket;
    default:
      return FileType::kUnknown;
  }
}

std::uint64_t device_of(const StatAnswer& answer) {
  return makedev(answer.facts.stx_dev_major, answer.facts.stx_dev_minor);
}

void fill_entry(const StatAnswer& answer, Entry& entry) {
  const struct statx& facts = answer.facts;
  entry.type = file_type(facts.stx_mode);
  entry.size = facts.stx_size;
  entry.inode = facts.stx_ino;
  entry.device = device_of(answer);
  entry.mode = facts.stx_mode & 07777;
  entry.uid = facts.stx_uid;
  entry.gid = facts.stx_gid;
  entry.link_count = facts.stx_nlink;
  // Told by the kernel without opening the file; file systems that do not know leave them out.
  const std::uint64_t known = facts.stx_attributes & facts.stx_attributes_mask;
  entry.attributes = ((known & STATX_ATTR_IMMUTABLE) != 0 ? kInodeImmutable : 0) |
                     ((known & STATX_ATTR_APPEND) != 0 ? kInodeAppendOnly : 0);
  entry.times = {};
  entry.times.modified = timestamp(facts.stx_mtime);
  entry.times.accessed = timestamp(facts.stx_atime);
  entry.times.changed = timestamp(facts.stx_ctime);
  if ((facts.stx_mask & STATX_BTIME) != 0) entry.times.created = timestamp(facts.stx_btime);
}

void fill_unseen(FileType type, std::uint64_t inode, Entry& entry) {
  Entry bare;
  bare.path = std::move(entry.path);
  bare.type = type;
  bare.inode = inode;
  entry = std::move(bare);
}

}  // namespace konseki
