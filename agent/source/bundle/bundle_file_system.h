// BundleFileSystem: one volume as a bundle holds it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/source/bundle/row_index.h"
#include "konseki/bundle.h"
#include "konseki/file_system.h"

namespace konseki {

// The volume's facts come from the rows of files.jsonl, its contents from the members. What was
// listed but not collected is walked like anything else; opening it is kNotFound.
class BundleFileSystem : public FileSystem {
 public:
  // `bundle` is shared by all volumes and safe to use from several threads. `segments` are the
  // members of files.jsonl that `index` (finished) speaks of.
  BundleFileSystem(std::shared_ptr<BundleReader> bundle, VolumeInfo info, RowIndex index,
                   std::vector<const Member*> segments);

  const VolumeInfo& info() const override { return info_; }
  Result<Entry> stat(std::string_view path) override;
  Result<void> list(std::string_view directory, const EntryVisitor& visit) override;
  Result<void> walk(const WalkOptions& options, const EntryVisitor& visit) override;
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view stream) override;

 private:
  Result<std::string> row_text(const RowRef& where);
  Result<Entry> entry_at(const RowRef& where);
  Result<const Member*> member_at(const RowRef& where, const Entry& entry, std::string_view stream);
  Result<void> walk_rows(const WalkOptions& options, const EntryVisitor& visit, bool& stopped);

  std::shared_ptr<BundleReader> bundle_;
  VolumeInfo info_;
  RowIndex index_;
  std::vector<const Member*> segments_;
  std::vector<std::unique_ptr<ByteReader>> open_segments_;
};

}  // namespace konseki
