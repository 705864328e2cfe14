// Schemas browser.visit, browser.download, browser.search, browser.cached, browser.cookie and
// browser.history.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kBrowserVisitSchema;
extern const RecordSchema kBrowserDownloadSchema;
extern const RecordSchema kBrowserSearchSchema;
extern const RecordSchema kBrowserCachedSchema;
extern const RecordSchema kBrowserCookieSchema;
extern const RecordSchema kBrowserHistorySchema;

}  // namespace konseki
