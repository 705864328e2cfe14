// ext2/3/4 below its files: superblock, group descriptors, inodes, the blocks of directories.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/file_system.h"

namespace konseki {

// One inode, decoded. `body` holds its raw bytes (for inline data).
struct ExtInode {
  std::uint16_t mode = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint16_t links = 0;
  std::uint32_t flags = 0;
  std::uint64_t size = 0;
  FileTimes times;
  std::vector<std::byte> body;

  FileType type() const;
};

// Where a stretch of a file lies, in blocks. What no run covers is a hole.
struct ExtRun {
  std::uint64_t logical = 0;
  std::uint64_t physical = 0;
  std::uint64_t length = 0;
};

class ExtVolume {
 public:
  static constexpr std::uint32_t kRootInode = 2;

  static Result<std::unique_ptr<ExtVolume>> open(std::unique_ptr<ByteReader> volume);

  std::uint32_t inode_count() const { return inode_count_; }
  std::uint32_t first_inode() const { return first_inode_; }
  std::uint32_t inodes_per_group() const { return inodes_per_group_; }
  // How many inodes at the end of a group were never used.
  std::uint32_t unused_inodes(std::uint32_t group) const { return groups_[group].unused; }

  Result<void> read_inode(std::uint32_t number, ExtInode& inode);

  // Appends the content of a directory or a long symlink, at most `limit` bytes.
  Result<void> read_content(const ExtInode& inode, std::uint64_t limit,
                            std::vector<std::byte>& out);

  // Directories only: where their content is one run of entries per `block_size()` bytes. Inline
  // directories are one run.
  std::uint32_t block_size() const { return block_size_; }
  static bool is_inline(const ExtInode& inode);

  // The runs of the first `blocks` blocks, in order, inside the volume and not overlapping.
  Result<std::vector<ExtRun>> runs_of(const ExtInode& inode, std::uint64_t blocks);
  std::vector<std::byte> inline_content(const ExtInode& inode) const;
  ByteReader& bytes() { return *volume_; }

  // Text of a symbolic link.
  Result<std::string> read_link(const ExtInode& inode);

 private:
  struct Group {
    std::uint64_t inode_table = 0;  // block
    std::uint32_t unused = 0;
  };
  Result<void> read_groups(std::span<const std::byte> superblock);
  Result<void> extent_runs(const ExtInode& inode, std::vector<ExtRun>& runs);
  Result<void> indirect_runs(const ExtInode& inode, std::uint64_t blocks,
                             std::vector<ExtRun>& runs);
  Result<void> read_block(std::uint64_t block, std::vector<std::byte>& out);

  std::unique_ptr<ByteReader> volume_;
  std::uint32_t block_size_ = 0;
  std::uint32_t inode_size_ = 0;
  std::uint32_t inode_count_ = 0;
  std::uint32_t first_inode_ = 11;
  std::uint32_t inodes_per_group_ = 0;
  std::uint64_t block_count_ = 0;
  std::vector<Group> groups_;
};

}  // namespace konseki
