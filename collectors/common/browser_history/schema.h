// Schemas browser.visit, browser.download, browser.search and browser.history.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kBrowserVisitSchema;
extern const RecordSchema kBrowserDownloadSchema;
extern const RecordSchema kBrowserSearchSchema;
extern const RecordSchema kBrowserHistorySchema;

}  // namespace konseki
