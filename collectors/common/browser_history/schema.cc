#include "collectors/common/browser_history/schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kVisit = std::to_array<FieldSpec>({
    {"time", FieldType::kTime, "When the page was visited", "Last Visited Time"},
    {"url", FieldType::kText, "Address of the page"},
    {"title", FieldType::kText, "Title of the page"},
    {"referrer", FieldType::kText, "Address of the visit that led to this one"},
    {"transition", FieldType::kText, "How: link, typed, form_submit, redirect, download, ..."},
    {"visit_count", FieldType::kUint, "Visits of this address that the browser counted"},
    {"typed_count", FieldType::kUint, "How often the address was typed"},
    {"expired", FieldType::kBool,
     "True: only the address with its last visit is left, its visits are deleted"},
    {"browser", FieldType::kText,
     "chrome, edge, firefox, ...; of WebCacheV01.dat ie (of low integrity), edge_legacy, the "
     "package "
     "of an app, or wininet: Internet Explorer or any other program that uses WinINet"},
    {"container", FieldType::kText, "Part of WebCacheV01.dat: History, or MSHist and its days"},
    {"profile", FieldType::kText, "Folder of the profile"},
    {"user", FieldType::kText, "Whose home folder it lies in"},
    {"id", FieldType::kInt, "Row of the visit, or of the address where its visits are gone"},
});

constexpr auto kDownload = std::to_array<FieldSpec>({
    {"start", FieldType::kTime, "When the download began", "File Download Start"},
    {"end", FieldType::kTime, "When it ended", "File Download End"},
    {"url", FieldType::kText, "Where the file came from: the last address of the chain"},
    {"urls", FieldType::kTextList, "The addresses before it, from which it was redirected"},
    {"referrer", FieldType::kText, "Page that linked to it"},
    {"page", FieldType::kText, "Page that was shown"},
    {"target_path", FieldType::kText, "Where it was stored"},
    {"mime_type", FieldType::kText, "What the server called it"},
    {"received", FieldType::kUint, "Bytes received"},
    {"size", FieldType::kUint, "Bytes in all"},
    {"state", FieldType::kText, "complete, in_progress, cancelled, interrupted, ..."},
    {"danger", FieldType::kUint, "The browser's judgement; 0: not dangerous"},
    {"opened", FieldType::kBool, "Opened from the browser"},
    {"sha256", FieldType::kText, "Digest that the browser kept"},
    {"browser", FieldType::kText, "chrome, edge, firefox, ..."},
    {"profile", FieldType::kText, "Folder of the profile"},
    {"user", FieldType::kText, "Whose home folder it lies in"},
    {"id", FieldType::kInt, "Row of the download"},
});

constexpr auto kSearch = std::to_array<FieldSpec>({
    {"time", FieldType::kTime, "Last visit of the page of results", "Last Visited Time"},
    {"term", FieldType::kText, "What was searched for"},
    {"url", FieldType::kText, "Address of the page of results"},
    {"browser", FieldType::kText, "chrome, edge, ..."},
    {"profile", FieldType::kText, "Folder of the profile"},
    {"user", FieldType::kText, "Whose home folder it lies in"},
});

constexpr auto kCached = std::to_array<FieldSpec>({
    {"accessed", FieldType::kTime, "When it was last used", "Last Accessed Time"},
    {"created", FieldType::kTime, "When it was stored", "Creation Time"},
    {"url", FieldType::kText, "Where it came from"},
    {"redirect", FieldType::kText, "Address that it was redirected to"},
    {"file_name", FieldType::kText, "Name of the file in the cache's folders"},
    {"size", FieldType::kUint, "Bytes of it"},
    {"access_count", FieldType::kUint, "How often it was used"},
    {"browser", FieldType::kText, "ie, edge_legacy, wininet or the package of an app"},
    {"container", FieldType::kText, "Content, or DOMStore: what a page stored itself"},
    {"profile", FieldType::kText, "Folder of the profile"},
    {"user", FieldType::kText, "Whose home folder it lies in"},
    {"id", FieldType::kInt, "Row of the entry"},
});

constexpr auto kCookie = std::to_array<FieldSpec>({
    {"modified", FieldType::kTime, "When it was last set", "Content Modification Time"},
    {"accessed", FieldType::kTime, "When it was last sent", "Last Accessed Time"},
    {"host", FieldType::kText, "Host or domain that set it"},
    {"url_path", FieldType::kText, "Below which it is sent"},
    {"browser", FieldType::kText, "ie, edge_legacy, wininet or the package of an app"},
    {"profile", FieldType::kText, "Folder of the profile"},
    {"user", FieldType::kText, "Whose home folder it lies in"},
    {"id", FieldType::kInt, "Row of the cookie"},
});

constexpr auto kHistory = std::to_array<FieldSpec>({
    {"browser", FieldType::kText, "chrome, edge, firefox, ..."},
    {"profile", FieldType::kText, "Folder of the profile"},
    {"user", FieldType::kText, "Whose home folder it lies in"},
    {"first", FieldType::kTime, "Earliest visit", "First Visit In History"},
    {"last", FieldType::kTime, "Latest visit", "Last Visit In History"},
    {"visits", FieldType::kUint, "Visits that were read"},
    {"downloads", FieldType::kUint, "Downloads that were read"},
    {"searches", FieldType::kUint, "Search terms that were read"},
    {"cached", FieldType::kUint,
     "Entries of the cache that were read, where it is in the database"},
    {"cookies", FieldType::kUint, "Cookies that were read, where they are in the database"},
    {"dirty", FieldType::kBool,
     "Not closed cleanly, as on a running host: the newest entries may lie in logs (V01*.log) that "
     "are not read"},
});

}  // namespace

const RecordSchema kBrowserVisitSchema{"browser.visit", "Pages that browsers visited", kVisit};
const RecordSchema kBrowserDownloadSchema{"browser.download", "Files that browsers downloaded",
                                          kDownload};
const RecordSchema kBrowserSearchSchema{"browser.search",
                                        "What was searched for in the address bar", kSearch};
const RecordSchema kBrowserCachedSchema{"browser.cached",
                                        "What browsers and programs keep of the web", kCached};
const RecordSchema kBrowserCookieSchema{"browser.cookie", "Who set cookies", kCookie};
const RecordSchema kBrowserHistorySchema{"browser.history",
                                         "Which period each browser's history covers", kHistory};

}  // namespace konseki
