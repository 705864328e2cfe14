// WindowsTree: a folder as Windows' API shows it.
#pragma once

#include <windows.h>

#include <string>
#include <vector>

#include "agent/base/windows/handle.h"
#include "agent/source/live/local_tree.h"

namespace konseki {

// No link of the tree is followed: what was opened must lie where it was looked for, by the path
// that Windows gives of the open handle. Locked files are refused by Windows itself.
class WindowsTree : public LocalTree {
 public:
  static Result<std::unique_ptr<WindowsTree>> open_root(const std::string& root,
                                                        LocalTreeOptions options);

  const VolumeInfo& info() const override { return info_; }
  Result<Entry> stat(std::string_view path) override;
  Result<void> list(std::string_view directory, const EntryVisitor& visit) override;
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view stream) override;
  std::span<const SkippedPlace> skipped() const override { return skipped_; }
  AccessTimeImpact access_time_impact() const override { return impact_; }

 private:
  WindowsTree(std::wstring root, LocalTreeOptions options);

  std::wstring full_path(std::string_view path) const;
  // `flags` says whether a link itself is meant, and folders.
  Result<Handle> open_beneath(std::string_view path, DWORD access, DWORD flags) const;
  bool is_excluded(std::wstring_view full) const;
  bool is_own(const Entry& entry) const;
  // What needs the entry opened: where a link leads, alternate streams.
  void add_details(Entry& entry);

  std::wstring root_;  // path_of_handle() of the folder, without '\' at its end
  LocalTreeOptions options_;
  std::vector<std::wstring> excluded_;
  VolumeInfo info_;
  std::uint64_t device_ = 0;  // the volume's serial number
  bool has_streams_ = false;
  std::vector<SkippedPlace> skipped_;
  AccessTimeImpact impact_;
};

}  // namespace konseki
