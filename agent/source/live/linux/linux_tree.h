// LinuxTree: LocalTree over openat2, getdents64 and statx.
#pragma once

#include <functional>
#include <string>

#include "agent/source/live/linux/barriers.h"
#include "agent/source/live/linux/beneath.h"
#include "agent/source/live/linux/directory_names.h"
#include "agent/source/live/linux/entry_facts.h"
#include "agent/source/live/linux/mounted_ntfs.h"
#include "agent/source/live/local_tree.h"

namespace konseki {

class LinuxTree : public LocalTree {
 public:
  // What a test may set otherwise than this machine has it.
  struct Seams {
    bool use_openat2 = true;
    // Every level costs one more step for each directory below. Deeper trees are reported, not
    // entered; no program of the system can use them by path either.
    std::uint32_t max_depth = 4096;
    // Kernel files are taken whole at open() up to this, longer ones (the sockets of a busy
    // server) read as they are asked for, so that none is too long.
    std::size_t whole_kernel_file = std::size_t{8} << 20;
    std::function<Result<std::vector<Mount>>()> mounts = read_mounts;
  };

  static Result<std::unique_ptr<LinuxTree>> open_root(const std::string& root,
                                                      LocalTreeOptions options, Seams seams);

  const VolumeInfo& info() const override { return info_; }
  Result<Entry> stat(std::string_view path) override;
  Result<void> list(std::string_view directory, const EntryVisitor& visit) override;
  Result<void> walk(const WalkOptions& options, const EntryVisitor& visit) override;
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view stream) override;

  std::span<const SkippedPlace> skipped() const override { return barriers_.places(); }
  AccessTimeImpact access_time_impact() const override { return impact_; }

 private:
  friend class TreeWalk;

  LinuxTree(Beneath beneath, Barriers barriers, LocalTreeOptions options, Seams seams)
      : beneath_(std::move(beneath)),
        barriers_(std::move(barriers)),
        options_(std::move(options)),
        seams_(std::move(seams)) {}

  // Fails when a barrier stands at or above `path`.
  Result<void> check_way(std::string_view path) const;
  Result<FileDescriptor> open_directory(std::string_view path);
  // The same from an ancestor that is open; `below` is the rest of the path.
  Result<FileDescriptor> open_directory_at(const FileDescriptor& ancestor, std::string_view below);
  Result<FileDescriptor> open_file(std::string_view path, int flags);

  Result<std::unique_ptr<ByteReader>> open_stream(const Entry& entry, std::string_view stream);

  enum class Look { kFound, kGone, kBarrier };
  // Completes `entry`, whose path is set, for `name` of an open directory on `mount_id`.
  Look look(int directory, const NameBatch::Name& name, const char* text, std::uint64_t mount_id,
            Entry& entry, StatAnswer& answer, int& error);
  // Our own output, which is no evidence.
  bool is_own(const Entry& entry) const {
    return options_.own_files && options_.own_files->contains({entry.device, entry.inode});
  }
  // What statx does not tell: a link's target, facts of NTFS.
  void add_details(int directory, const char* name, const StatAnswer& answer, Entry& entry);

  Beneath beneath_;
  Barriers barriers_;
  LocalTreeOptions options_;
  Seams seams_;
  VolumeInfo info_;
  AccessTimeImpact impact_;
  MountedNtfs ntfs_;
  FileDescriptor proc_;  // /proc of a tree of kernel files, once it was asked for
};

}  // namespace konseki
