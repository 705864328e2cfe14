// HistoryPlace: whose history a database is, by where it lies.
#pragma once

#include <string>
#include <string_view>

namespace konseki {

enum class HistoryKind {
  kNone,
  kChromium,          // History
  kFirefox,           // places.sqlite
  kFirefoxDownloads,  // downloads.sqlite, until Firefox 25
  kWebCache,          // WebCacheV01.dat and the like, of Internet Explorer 10 and later
};

struct HistoryPlace {
  HistoryKind kind = HistoryKind::kNone;
  std::string
      browser;  // "chrome", "edge", "firefox", ...; "chromium" for relatives of no known name
  std::string profile;  // the folder's name: "Default", "ab12cd34.default-release"
  std::string user;     // of the home folder; empty where it lies in none
};

// From a display path; looks at names only.
HistoryPlace history_place(std::string_view path);

}  // namespace konseki
