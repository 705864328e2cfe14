#include "collectors/common/browser_history/history_place.h"

#include <array>
#include <utility>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

using Name = std::pair<std::string_view, std::string_view>;  // part of a path, browser

constexpr auto kChromium = std::to_array<Name>({
    {"google-chrome", "chrome"},
    {"google/chrome", "chrome"},
    {"com.google.chrome", "chrome"},
    {"microsoft-edge", "edge"},
    {"microsoft/edge", "edge"},
    {"com.microsoft.edge", "edge"},
    {"brave", "brave"},
    {"vivaldi", "vivaldi"},
    {"opera", "opera"},
    {"yandex", "yandex"},
    {"chromium", "chromium"},
    {"/user data/", "chromium"},
});

constexpr auto kFirefox = std::to_array<Name>({
    {"thunderbird", "thunderbird"},
    {"librewolf", "librewolf"},
    {"waterfox", "waterfox"},
    {"floorp", "floorp"},
    {"tor browser", "tor"},
    {"torbrowser", "tor"},
});

template <std::size_t Size>
std::string_view browser_in(std::string_view path, const std::array<Name, Size>& names) {
  for (const auto& [part, browser] : names) {
    if (path.find(part) != std::string_view::npos) return browser;
  }
  return {};
}

// The folder below one that holds home folders.
std::string user_of(std::string_view path) {
  if (path.starts_with("/root/")) return "root";
  // Services have theirs below the folder of the system.
  for (const std::string_view parent : {"/home/", "/Users/", "/Documents and Settings/",
                                        "/ServiceProfiles/", "/System32/config/"}) {
    const std::size_t at = path.find(parent);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = path.substr(at + parent.size());
    const std::size_t end = rest.find('/');
    if (end != std::string_view::npos) return std::string(rest.substr(0, end));
  }
  return {};
}

}  // namespace

HistoryPlace history_place(std::string_view path) {
  HistoryPlace place;
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return place;
  const std::string folded = fold_case(path);
  const std::string_view name = std::string_view(folded).substr(folded.rfind('/') + 1);
  if (name == "history" || name == "archived history") {
    place.browser = browser_in(std::string_view(folded), kChromium);
    if (place.browser.empty()) return place;
    place.kind = HistoryKind::kChromium;
  } else if (name == "places.sqlite" || name == "downloads.sqlite") {
    place.browser = browser_in(std::string_view(folded), kFirefox);
    if (place.browser.empty()) place.browser = "firefox";
    place.kind = name == "places.sqlite" ? HistoryKind::kFirefox : HistoryKind::kFirefoxDownloads;
  } else if (name.starts_with("webcachev") && name.ends_with(".dat")) {
    place.browser = "wininet";
    place.kind = HistoryKind::kWebCache;
    place.user = user_of(path);
    return place;  // its folder is no profile's
  } else {
    return place;
  }
  const std::string_view folder = path.substr(0, slash);
  place.profile = folder.substr(folder.rfind('/') + 1);
  place.user = user_of(path);
  return place;
}

}  // namespace konseki
