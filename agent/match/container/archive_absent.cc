// Built in place of archive_stream.cc where there is no libarchive to link.
#include "agent/match/container/archive_stream.h"

namespace konseki {

Result<std::unique_ptr<ArchiveStream>> open_archive(ByteReader&, ArchiveForm) {
  return fail(ErrorCode::kUnsupported, "this build of Konseki does not look into archives",
              {"Look over the bundle again with a build that has libarchive.",
               "libarchive を含むビルドで、バンドルをもう一度照合してください。"});
}

}  // namespace konseki
