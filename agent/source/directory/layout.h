// Layout: which tool a directory of evidence came from, and where its volumes lie in it.
#pragma once

#include <string>
#include <vector>

#include "agent/source/directory/layered_tree.h"
#include "agent/source/directory/mapped_tree.h"
#include "konseki/file_system.h"

namespace konseki {

struct VolumeLayout {
  std::string mount;  // as VolumeInfo::mount
  PathStyle style = PathStyle::kPosix;
  std::string label;
  LayeredTreeOptions tree;
  std::vector<PlacedFile> files;  // instead of `tree` where the tool did not keep paths
};

struct Layout {
  std::string format;                 // SourceInfo::format
  std::vector<VolumeLayout> volumes;  // the system's first
};

// Looks at names only, a few directories deep. Recognised, in this order:
//   konseki       our own export: konseki/run.json beside fs/ or [root]/
//   uac           [root]/ with uac.log or live_response/
//   velociraptor  uploads/ACCESSOR/VOLUME, names with %XX, X.idx for files stored without holes
//   acquire       fs/C:/, fs/$rootfs$/, fs/$fs$/fs0/ or sysvol/
//   cdir          CDIR Collector, see cdir_layout.h
//   tree          a Windows or Linux volume as it is
//   cylr, kape    C/ or C%3A/ with a Windows volume in it; cylr where CyLR.log lies beside
// all the same one to three lone directories deeper, as archives unpack; else "tree", one volume
// mounted at "". Whatever a collection holds beside the volumes is a further volume, mounted at
// "$fs$/collection", so that nothing of it is lost.
Layout detect_layout(FileSystem& tree);

}  // namespace konseki
