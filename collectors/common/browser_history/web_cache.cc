// The table Containers says what is in each table Container_N; PartitionsEx says whose cookies are
// in each CookieEntryEx_N. Names of tables and columns are all the documentation that there is;
// they were held against databases of Windows 10 and Server 2019.
#include "collectors/common/browser_history/web_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>
#include <vector>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"
#include "agent/base/url_host.h"
#include "collectors/common/browser_history/history_records.h"
#include "collectors/common/browser_history/schema.h"
#include "collectors/windows/ese/ese_database.h"

namespace konseki {
namespace {

using windows::EseColumn;
using windows::EseDatabase;
using windows::EseRow;
using windows::EseTable;

constexpr std::string_view kShared = "wininet";  // whoever uses WinINet, nobody knows who
constexpr std::uint64_t kMostRows = 500'000;     // of all tables; WinINet keeps some thousands

// In the order in which they are read: what tells more about a visit comes first.
enum class Holds { kHistory, kDays, kDownloads, kContent, kCookies };

struct Container {
  Holds holds = Holds::kContent;
  std::int64_t id = 0;
  std::string name;
  std::string program;
};

std::optional<Holds> holds_of(std::string_view name) {
  const std::string folded = fold_case(name);
  if (folded == "history") return Holds::kHistory;
  if (folded.starts_with("mshist")) return Holds::kDays;
  if (folded == "iedownload") return Holds::kDownloads;
  if (folded == "content" || folded == "domstore") return Holds::kContent;
  if (folded == "cookies") return Holds::kCookies;
  return std::nullopt;  // lists that come with the system, settings
}

// Apps have partitions of their own; Internet Explorer's protected mode has the one of low
// integrity; all other programs share one.
std::string program_of(std::string_view partition, std::string_view directory) {
  constexpr std::string_view kPackages = "\\packages\\";
  const std::string folded = fold_case(directory);
  if (const std::size_t at = folded.find(kPackages); at != std::string::npos) {
    const std::string_view rest = std::string_view(folded).substr(at + kPackages.size());
    const std::string_view package = rest.substr(0, rest.find('\\'));
    if (package.starts_with("microsoft.microsoftedge_")) return "edge_legacy";
    return std::string(package);
  }
  const bool low = partition == "L" || folded.find("\\low\\") != std::string::npos;
  return low ? "ie" : std::string(kShared);
}

// "Visited: taro@https://a.example/" and ":2026010220260103: taro@https://a.example/".
std::string_view visited_url(std::string_view text) {
  const std::size_t at = text.find('@');
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

// "https://a.example:443/x" -> "a.example"; empty for what names no host.
std::string_view host_of(std::string_view url) {
  return url.find("://") == std::string_view::npos ? std::string_view() : host_of_url(url).host;
}

// "com.example.www" -> "www.example.com"
std::string turned_around(std::string_view domain) {
  std::string out;
  while (!domain.empty()) {
    const std::size_t dot = domain.rfind('.');
    const std::size_t start = dot == std::string_view::npos ? 0 : dot + 1;
    if (!out.empty()) out += '.';
    out += domain.substr(start);
    domain = domain.substr(0, start == 0 ? 0 : start - 1);
  }
  return out;
}

// The texts that end a binary value, the last one first; at most `most`.
std::vector<std::string> last_texts(std::span<const std::byte> bytes, std::size_t most) {
  std::vector<std::string> texts;
  std::size_t end = bytes.size() / 2;  // in characters of UTF-16
  const auto is_nul = [&](std::size_t at) {
    return bytes[2 * at] == std::byte{0} && bytes[2 * at + 1] == std::byte{0};
  };
  if (end > 0 && is_nul(end - 1)) --end;
  while (end > 0 && texts.size() < most) {
    std::size_t start = end;
    while (start > 0 && !is_nul(start - 1)) --start;
    texts.push_back(utf16le_to_wtf8(bytes.subspan(2 * start, 2 * (end - start))));
    end = start == 0 ? 0 : start - 1;
  }
  return texts;
}

class WebCache {
 public:
  WebCache(EseDatabase& database, HistoryRecords& history)
      : database_(database), history_(history) {}

  void read() {
    if (database_.dirty()) history_.dirty();
    for (const Container& container : containers()) {
      const EseTable* table = database_.table(fmt::format("Container_{}", container.id));
      if (table == nullptr) continue;
      switch (container.holds) {
        case Holds::kHistory:
        case Holds::kDays:
          read_visits(*table, container);
          break;
        case Holds::kDownloads:
          read_downloads(*table, container);
          break;
        case Holds::kContent:
          read_content(*table, container);
          break;
        case Holds::kCookies:
          read_old_cookies(*table, container);
          break;
      }
    }
    for (const char* partitions : {"Partitions", "PartitionsEx"}) read_partitions(partitions);
    if (const std::uint64_t unread = database_.unread_values(); unread > 0) {
      history_.damaged(
          {ErrorCode::kCorrupt, fmt::format("{} values could not be read", unread), {}});
    }
  }

 private:
  template <class Row>
  void each_row(const EseTable& table, Row row) {
    const auto read = database_.each_row(table, [&](const EseRow& each) {
      if (++rows_ <= kMostRows) return row(each);
      history_.damaged({ErrorCode::kLimitExceeded, "more rows than are read", {}});
    });
    if (!read) history_.damaged(read.error());
  }

  std::vector<Container> containers() {
    const EseTable* table = database_.table("Containers");
    if (table == nullptr) {
      history_.missing("Containers");
      return {};
    }
    std::vector<Container> found;
    std::set<std::int64_t> seen;
    each_row(*table, [&](const EseRow& row) {
      const auto id = row.integer(table->column("ContainerId"));
      std::string name = row.text(table->column("Name"));
      const auto holds = holds_of(name);
      if (!id || !holds || !seen.insert(*id).second) return;
      found.push_back({*holds, *id, std::move(name),
                       program_of(row.text(table->column("PartitionId")),
                                  row.text(table->column("Directory")))});
    });
    std::stable_sort(found.begin(), found.end(), [](const Container& a, const Container& b) {
      return std::pair(a.holds, a.id) < std::pair(b.holds, b.id);
    });
    return found;
  }

  // The same visit stands in History and in the lists of its day and of its week; and those lists
  // name the host of each address once more, in a row of its own. False when it was told before.
  bool tell(const std::optional<Timestamp>& time, std::string_view what) {
    if (!time) return true;
    return told_.insert(std::hash<std::string>()(time->iso8601().append(what))).second;
  }

  void read_visits(const EseTable& table, const Container& container) {
    for (const bool hosts : {false, true}) read_visits(table, container, hosts);
  }

  // Addresses, or the rows that name a host alone.
  void read_visits(const EseTable& table, const Container& container, bool hosts) {
    constexpr std::string_view kHost = ":Host: ";
    const EseColumn* accessed = table.column("AccessedTime");
    const EseColumn* address = table.column("Url");
    const EseColumn* count = table.column("AccessCount");
    const EseColumn* id = table.column("EntryId");
    each_row(table, [&](const EseRow& row) {
      const std::string text = row.text(address);
      std::string_view url = visited_url(text);
      if (url.empty() || url.starts_with(kHost) != hosts) return;
      if (hosts) url.remove_prefix(kHost.size());
      const auto time = row.filetime(accessed);
      if (!tell(time, url)) return;
      if (!hosts) tell(time, host_of(url));
      Record record(kBrowserVisitSchema);
      set_time(record, "time", time);
      set_text(record, "url", url);
      set_count(record, "visit_count", row.integer(count));
      set_text(record, "browser", container.program);
      set_text(record, "container", container.name);
      record.set("id", row.integer(id).value_or(0));
      history_.visit(std::move(record), time);
    });
  }

  // Address and place of a download are the last of the texts in a value that is named for
  // something else: page that linked to it, type, temporary file, address, file. Only the browsers'
  // own lists of downloads are kept there.
  void read_downloads(const EseTable& table, const Container& container) {
    const EseColumn* accessed = table.column("AccessedTime");
    const EseColumn* values = table.column("ResponseHeaders");
    const EseColumn* id = table.column("EntryId");
    each_row(table, [&](const EseRow& row) {
      constexpr std::size_t kTexts = 5;
      Record record(kBrowserDownloadSchema);
      set_time(record, "end", row.filetime(accessed));
      const auto value = row.whole(values);
      const std::vector<std::string> texts = last_texts(value.value_or(Bytes()), kTexts);
      if (texts.size() == kTexts && texts[1].find(':') != std::string::npos) {
        set_text(record, "target_path", texts[0]);
        set_text(record, "url", texts[1]);
        set_text(record, "mime_type", texts[3]);
        set_text(record, "referrer", texts[4]);
      } else {
        record.status = ParseStatus::kPartial;
        record.note = "its address could not be made out";
      }
      set_text(record, "browser", container.program == kShared ? "ie" : container.program);
      record.set("id", row.integer(id).value_or(0));
      history_.download(std::move(record));
    });
  }

  void read_content(const EseTable& table, const Container& container) {
    constexpr std::string_view kStore = "DOMStore:";
    const EseColumn* accessed = table.column("AccessedTime");
    const EseColumn* created = table.column("CreationTime");
    const EseColumn* address = table.column("Url");
    const EseColumn* redirect = table.column("RedirectUrl");
    const EseColumn* name = table.column("Filename");
    const EseColumn* size = table.column("FileSize");
    const EseColumn* count = table.column("AccessCount");
    const EseColumn* id = table.column("EntryId");
    each_row(table, [&](const EseRow& row) {
      const std::string text = row.text(address);
      std::string_view url = text;
      if (url.starts_with(kStore)) url.remove_prefix(kStore.size());
      Record record(kBrowserCachedSchema);
      set_time(record, "accessed", row.filetime(accessed));
      set_time(record, "created", row.filetime(created));
      set_text(record, "url", url);
      set_text(record, "redirect", row.text(redirect));
      set_text(record, "file_name", row.text(name));
      set_count(record, "size", row.integer(size));
      set_count(record, "access_count", row.integer(count));
      set_text(record, "browser", container.program);
      set_text(record, "container", container.name);
      record.set("id", row.integer(id).value_or(0));
      history_.cached(std::move(record));
    });
  }

  // Before Windows 10 1803: "Cookie:taro@a.example/path", the cookies themselves in files.
  void read_old_cookies(const EseTable& table, const Container& container) {
    const EseColumn* modified = table.column("ModifiedTime");
    const EseColumn* accessed = table.column("AccessedTime");
    const EseColumn* address = table.column("Url");
    const EseColumn* id = table.column("EntryId");
    each_row(table, [&](const EseRow& row) {
      const std::string text = row.text(address);
      const std::string_view url = visited_url(text);
      const std::size_t slash = std::min(url.find('/'), url.size());
      Record record(kBrowserCookieSchema);
      set_time(record, "modified", row.filetime(modified));
      set_time(record, "accessed", row.filetime(accessed));
      set_text(record, "host", url.substr(0, slash));
      set_text(record, "url_path", url.substr(slash));
      set_text(record, "browser", container.program);
      record.set("id", row.integer(id).value_or(0));
      history_.cookie(std::move(record));
    });
  }

  void read_partitions(std::string_view name) {
    const EseTable* partitions = database_.table(name);
    if (partitions == nullptr) return;
    each_row(*partitions, [&](const EseRow& row) {
      const auto number = row.integer(partitions->column("TableId"));
      const EseTable* cookies =
          number ? database_.table(fmt::format("CookieEntryEx_{}", *number)) : nullptr;
      if (cookies == nullptr || !cookies_.insert(*number).second) return;
      read_cookies(*cookies, program_of(row.text(partitions->column("PartitionId")),
                                        row.text(partitions->column("Directory"))));
    });
  }

  void read_cookies(const EseTable& table, const std::string& program) {
    const EseColumn* modified = table.column("LastModified");
    const EseColumn* domain = table.column("RDomain");
    const EseColumn* path = table.column("Path");
    const EseColumn* id = table.column("EntryId");
    each_row(table, [&](const EseRow& row) {
      Record record(kBrowserCookieSchema);
      set_time(record, "modified", row.filetime(modified));
      set_text(record, "host", turned_around(row.text(domain)));
      set_text(record, "url_path", row.text(path));
      set_text(record, "browser", program);
      record.set("id", row.integer(id).value_or(0));
      history_.cookie(std::move(record));
    });
  }

  EseDatabase& database_;
  HistoryRecords& history_;
  std::uint64_t rows_ = 0;
  std::unordered_set<std::size_t> told_;  // digests of time and address, or host, of visits
  std::set<std::int64_t> cookies_;        // numbers of tables that were read
};

}  // namespace

Result<void> read_web_cache(ByteReader& content, const HistoryPlace& place,
                            const RecordEmitter& emit) {
  auto database = EseDatabase::open(content);
  if (!database) {
    if (database.error().code == ErrorCode::kInvalidArgument) return fail(database.error());
    emit(damaged_history(place, database.error()));
    return {};
  }
  HistoryRecords history(place, emit);
  WebCache(*database, history).read();
  history.finish();
  return {};
}

}  // namespace konseki
