#include "agent/source/live/live_source.h"

namespace konseki {

Result<std::unique_ptr<Source>> open_live_source(const LiveOptions&) {
  return fail(ErrorCode::kUnsupported, "collecting from this running Windows",
              {"This build reads folders, disk images and bundles only: give one as SOURCE. To "
               "collect from this host, take an image of its disk first.",
               "このビルドで読めるのはフォルダー・ディスクイメージ・バンドルだけです。SOURCE に"
               "指定してください。このホストから収集するには、先にディスクイメージを取得して"
               "ください。"});
}

}  // namespace konseki
