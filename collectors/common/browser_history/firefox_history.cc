// places.sqlite and downloads.sqlite of Firefox and its relatives: toolkit/components/places of the
// Firefox sources.
#include <fmt/format.h>

#include <array>
#include <map>
#include <unordered_set>

#include "agent/base/json_view.h"
#include "agent/base/percent_encoding.h"
#include "collectors/common/browser_history/history_database.h"
#include "collectors/common/browser_history/schema.h"

namespace konseki {
namespace {

// nsINavHistoryService::TRANSITION_*, from 1
constexpr auto kTransitions =
    std::to_array<std::string_view>({"", "link", "typed", "bookmark", "embed", "redirect_permanent",
                                     "redirect_temporary", "download", "framed_link", "reload"});

// DownloadHistory's states
constexpr auto kStates = std::to_array<std::string_view>(
    {"in_progress", "complete", "failed", "cancelled", "paused", "queued", "blocked_parental",
     "scanning", "dirty", "blocked_policy"});

constexpr VisitForm kForm{mozilla_time, kTransitions};

void read_visits(HistoryDatabase& history, const TableColumns& places,
                 std::unordered_set<std::int64_t>& seen) {
  const TableColumns visits(history.database(), "moz_historyvisits", "v");
  if (!visits.has("id") || !visits.has("place_id") || !visits.has("visit_date")) return;
  std::string before = "NULL";
  std::string join;
  if (visits.has("from_visit")) {
    before = "b.url";
    join =
        "LEFT JOIN moz_historyvisits w ON w.id=v.from_visit"
        " LEFT JOIN moz_places b ON b.id=w.place_id";
  }
  const std::string sql = fmt::format(
      "SELECT v.id, v.visit_date, p.url, {}, {}, {}, {}, {}, v.place_id FROM moz_historyvisits v"
      " LEFT JOIN moz_places p ON p.id=v.place_id {}",
      places("title"), before, visits("visit_type"), places("visit_count"), places("typed"), join);
  read_visit_rows(history, sql, kForm, seen);
}

// Addresses whose visits have expired. Bookmarks that nobody visited have no date and are left out.
void read_expired(HistoryDatabase& history, const TableColumns& places,
                  const std::unordered_set<std::int64_t>& seen) {
  if (!places.has("last_visit_date")) return;
  const std::string sql = fmt::format(
      "SELECT p.id, p.last_visit_date, p.url, {}, {}, {} FROM moz_places p"
      " WHERE p.last_visit_date IS NOT NULL",
      places("title"), places("visit_count"), places("typed"));
  read_expired_rows(history, sql, kForm, seen);
}

// "file:///home/a/x%20y" and "file:///C:/Users/a" as paths.
std::string local_path(std::string_view url) {
  constexpr std::string_view kFile = "file://";
  if (!url.starts_with(kFile)) return std::string(url);
  url.remove_prefix(kFile.size());
  if (url.size() > 2 && url[0] == '/' && url[2] == ':') url.remove_prefix(1);
  return url_decoded(url);
}

// What annotations say of one download.
struct Annotated {
  std::string url;
  std::string target;
  std::string facts;  // {"state":1,"endTime":1700000000000,"fileSize":123}
  std::optional<Timestamp> start;
};

void emit_download(HistoryDatabase& history, std::int64_t id, const Annotated& found) {
  Record record(kBrowserDownloadSchema);
  set_time(record, "start", found.start);
  const JsonView facts = json_view(found.facts);
  if (const std::uint64_t end = facts["endTime"].unsigned_number(); end > 0 && end < 1U << 31) {
    record.set("end", Timestamp::from_unix(static_cast<std::int64_t>(end)));
  } else if (end > 0 && end < std::uint64_t{1} << 53) {
    record.set("end", Timestamp::from_unix_microseconds(static_cast<std::int64_t>(end) * 1000));
  }
  set_text(record, "url", found.url);
  set_text(record, "target_path", local_path(found.target));
  if (facts["fileSize"].kind == JsonKind::kNumber) {
    record.set("size", facts["fileSize"].unsigned_number());
  }
  if (facts["state"].kind == JsonKind::kNumber) {
    set_text(record, "state",
             name_of(kStates, static_cast<std::int64_t>(facts["state"].unsigned_number())));
  }
  record.set("id", id);
  history.download(std::move(record));
}

void read_annotated_downloads(HistoryDatabase& history) {
  const TableColumns annotations(history.database(), "moz_annos", "a");
  const TableColumns names(history.database(), "moz_anno_attributes", "n");
  if (!annotations.has("place_id") || !annotations.has("anno_attribute_id") ||
      !annotations.has("content") || !names.has("id") || !names.has("name")) {
    return;
  }
  std::map<std::int64_t, Annotated> downloads;  // by place
  history.each_row(fmt::format("SELECT a.place_id, n.name, a.content, {}, p.url FROM moz_annos a"
                               " JOIN moz_anno_attributes n ON n.id=a.anno_attribute_id"
                               " LEFT JOIN moz_places p ON p.id=a.place_id",
                               annotations("dateAdded")),
                   [&](const SqliteRows& row) {
                     constexpr std::size_t kMostText = 8192;
                     const std::string_view name = row.text(1);
                     const bool target = name == "downloads/destinationFileURI";
                     if (!target && name != "downloads/metaData") return;
                     Annotated& one = downloads[row.integer(0).value_or(0)];
                     (target ? one.target : one.facts) = row.text(2).substr(0, kMostText);
                     if (target) one.start = mozilla_time(row.integer(3));
                     one.url = row.text(4).substr(0, kMostText);
                   });
  for (const auto& [id, found] : downloads) emit_download(history, id, found);
}

}  // namespace

void read_firefox_history(HistoryDatabase& history) {
  const TableColumns places(history.database(), "moz_places", "p");
  if (!places.has("id") || !places.has("url")) return history.missing("moz_places");
  std::unordered_set<std::int64_t> seen;
  read_visits(history, places, seen);
  read_expired(history, places, seen);
  read_annotated_downloads(history);
}

void read_firefox_downloads(HistoryDatabase& history) {
  const TableColumns columns(history.database(), "moz_downloads", "d");
  if (!columns.has("id")) return history.missing("moz_downloads");
  std::string sql = "SELECT d.id";
  for (const char* column : {"startTime", "endTime", "source", "target", "referrer", "mimeType",
                             "currBytes", "maxBytes", "state"}) {
    sql += ", " + columns(column);
  }
  history.each_row(sql + " FROM moz_downloads d", [&](const SqliteRows& row) {
    Record record(kBrowserDownloadSchema);
    set_time(record, "start", mozilla_time(row.integer(1)));
    set_time(record, "end", mozilla_time(row.integer(2)));
    set_text(record, "url", row.text(3));
    set_text(record, "target_path", local_path(row.text(4)));
    set_text(record, "referrer", row.text(5));
    set_text(record, "mime_type", row.text(6));
    set_count(record, "received", row.integer(7));
    set_count(record, "size", row.integer(8));
    set_text(record, "state", name_of(kStates, row.integer(9)));
    record.set("id", row.integer(0).value_or(0));
    history.download(std::move(record));
  });
}

}  // namespace konseki
