// History of Chromium and its relatives: components/history/core/browser of the Chromium sources.
#include <fmt/format.h>

#include <array>
#include <unordered_map>
#include <unordered_set>

#include "agent/base/digest.h"
#include "collectors/common/browser_history/history_database.h"
#include "collectors/common/browser_history/schema.h"

namespace konseki {
namespace {

// ui::PageTransition, its lowest eight bits.
constexpr auto kTransitions = std::to_array<std::string_view>(
    {"link", "typed", "auto_bookmark", "auto_subframe", "manual_subframe", "generated",
     "auto_toplevel", "form_submit", "reload", "keyword", "keyword_generated"});

// history::DownloadState
constexpr auto kStates = std::to_array<std::string_view>(
    {"in_progress", "complete", "cancelled", "interrupted", "interrupted"});

constexpr VisitForm kForm{webkit_time, kTransitions, 0xff};

// Addresses that still have visits, each visit with the one before it.
void read_visits(HistoryDatabase& history, const TableColumns& urls,
                 std::unordered_set<std::int64_t>& seen) {
  const TableColumns visits(history.database(), "visits", "v");
  if (!visits.has("id") || !visits.has("url") || !visits.has("visit_time")) return;
  std::string before = "NULL";
  std::string join;
  if (visits.has("from_visit")) {
    before = "b.url";
    join = "LEFT JOIN visits w ON w.id=v.from_visit LEFT JOIN urls b ON b.id=w.url";
  }
  const std::string sql = fmt::format(
      "SELECT v.id, v.visit_time, u.url, {}, {}, {}, {}, {}, v.url FROM visits v"
      " LEFT JOIN urls u ON u.id=v.url {}",
      urls("title"), before, visits("transition"), urls("visit_count"), urls("typed_count"), join);
  read_visit_rows(history, sql, kForm, seen);
}

// Visits are deleted after 90 days; what was bookmarked or typed keeps its address.
void read_expired(HistoryDatabase& history, const TableColumns& urls,
                  const std::unordered_set<std::int64_t>& seen) {
  const std::string sql =
      fmt::format("SELECT u.id, {}, u.url, {}, {}, {} FROM urls u", urls("last_visit_time"),
                  urls("title"), urls("visit_count"), urls("typed_count"));
  read_expired_rows(history, sql, kForm, seen);
}

// The addresses of each download in their order, redirects first. Bounded by each_row().
using Chains = std::unordered_map<std::int64_t, std::vector<std::string>>;

Chains read_chains(HistoryDatabase& history) {
  constexpr std::size_t kMostLinks = 32;
  constexpr std::size_t kMostText = 8192;
  Chains chains;
  const TableColumns columns(history.database(), "downloads_url_chains", "c");
  if (!columns.has("id") || !columns.has("chain_index") || !columns.has("url")) return chains;
  history.each_row("SELECT c.id, c.url FROM downloads_url_chains c ORDER BY c.id, c.chain_index",
                   [&](const SqliteRows& row) {
                     auto& chain = chains[row.integer(0).value_or(0)];
                     if (chain.size() < kMostLinks) {
                       chain.emplace_back(row.text(1).substr(0, kMostText));
                     }
                   });
  return chains;
}

void read_downloads(HistoryDatabase& history) {
  const TableColumns columns(history.database(), "downloads", "d");
  if (!columns.has("id")) return;
  Chains chains = read_chains(history);
  std::string sql = "SELECT d.id";
  // The last two are of Chrome before version 26.
  for (const char* column : {"start_time", "end_time", "referrer", "tab_url", "target_path",
                             "current_path", "mime_type", "received_bytes", "total_bytes", "state",
                             "danger_type", "opened", "hash", "url", "full_path"}) {
    sql += ", " + columns(column);
  }
  // Then times were seconds since 1970.
  const bool old = columns.has("full_path");
  const auto time_of = [old](std::optional<std::int64_t> value) {
    if (!old) return webkit_time(value);
    return value && *value > 0 ? std::optional(Timestamp::from_unix(*value)) : std::nullopt;
  };
  history.each_row(sql + " FROM downloads d", [&](const SqliteRows& row) {
    Record record(kBrowserDownloadSchema);
    const std::int64_t id = row.integer(0).value_or(0);
    set_time(record, "start", time_of(row.integer(1)));
    set_time(record, "end", time_of(row.integer(2)));
    std::vector<std::string> chain;
    if (const auto found = chains.find(id); found != chains.end()) {
      chain = std::move(found->second);
    }
    if (chain.empty()) {
      set_text(record, "url", row.text(14));
    } else {
      set_text(record, "url", chain.back());
      chain.pop_back();
    }
    if (!chain.empty()) record.set("urls", std::move(chain));
    set_text(record, "referrer", row.text(3));
    set_text(record, "page", row.text(4));
    const std::string_view target = row.text(5);
    set_text(record, "target_path",
             !target.empty() ? target : std::string_view(row.text(old ? 15 : 6)));
    set_text(record, "mime_type", row.text(7));
    set_count(record, "received", row.integer(8));
    set_count(record, "size", row.integer(9));
    set_text(record, "state", name_of(kStates, row.integer(10)));
    set_count(record, "danger", row.integer(11));
    if (const auto opened = row.integer(12)) record.set("opened", *opened != 0);
    if (const auto hash = row.bytes(13); hash.size() == 32) record.set("sha256", to_hex(hash));
    record.set("id", id);
    history.download(std::move(record));
  });
}

void read_searches(HistoryDatabase& history, const TableColumns& urls) {
  const TableColumns terms(history.database(), "keyword_search_terms", "k");
  if (!terms.has("term") || !terms.has("url_id")) return;
  const std::string sql = fmt::format(
      "SELECT {}, k.term, u.url FROM keyword_search_terms k LEFT JOIN urls u ON u.id=k.url_id",
      urls("last_visit_time"));
  history.each_row(sql, [&](const SqliteRows& row) {
    Record record(kBrowserSearchSchema);
    set_time(record, "time", webkit_time(row.integer(0)));
    set_text(record, "term", row.text(1));
    set_text(record, "url", row.text(2));
    history.search(std::move(record));
  });
}

}  // namespace

void read_chromium_history(HistoryDatabase& history) {
  const TableColumns urls(history.database(), "urls", "u");
  if (urls.has("id") && urls.has("url")) {
    std::unordered_set<std::int64_t> seen;
    read_visits(history, urls, seen);
    read_expired(history, urls, seen);
    read_searches(history, urls);
  } else {
    history.missing("urls");
  }
  read_downloads(history);
}

}  // namespace konseki
