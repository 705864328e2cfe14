// common.browser_history: pages that people visited and files that they downloaded.
#include "konseki/collector.h"

#include "collectors/common/browser_history/history_database.h"
#include "collectors/common/browser_history/schema.h"
#include "collectors/common/browser_history/web_cache.h"

namespace konseki {
namespace {

class BrowserHistoryCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static constexpr const RecordSchema* kSchemas[] = {
        &kBrowserVisitSchema,  &kBrowserDownloadSchema, &kBrowserSearchSchema,
        &kBrowserCachedSchema, &kBrowserCookieSchema,   &kBrowserHistorySchema};
    static const CollectorInfo kInfo{
        "common.browser_history",
        OperatingSystem::kUnknown,
        Volatility::kFile,
        false,
        kSchemas,
        {"Histories and downloads of Chromium-based browsers, Firefox and whatever uses WinINet",
         "Chromium 系ブラウザ、Firefox、WinINet を使うプログラムの閲覧履歴・ダウンロード"}};
    return kInfo;
  }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && file.entry.type == FileType::kRegular &&
           history_place(file.path).kind != HistoryKind::kNone;
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    if (content.size() == 0) return {};  // made, and nothing ever written
    const HistoryPlace place = history_place(file.path);
    if (place.kind == HistoryKind::kWebCache) return read_web_cache(content, place, emit);
    const auto database = SqliteDatabase::open(content);
    if (!database) {
      if (database.error().code == ErrorCode::kInvalidArgument) return fail(database.error());
      emit(damaged_history(place, database.error()));
      return {};
    }
    HistoryDatabase history(**database, place, emit);
    switch (place.kind) {
      case HistoryKind::kChromium:
        read_chromium_history(history);
        break;
      case HistoryKind::kFirefox:
        read_firefox_history(history);
        break;
      case HistoryKind::kFirefoxDownloads:
        read_firefox_downloads(history);
        break;
      case HistoryKind::kWebCache:
      case HistoryKind::kNone:
        break;
    }
    history.finish();
    return {};
  }
};

}  // namespace

std::unique_ptr<Collector> make_common_browser_history() {
  return std::make_unique<BrowserHistoryCollector>();
}

}  // namespace konseki
