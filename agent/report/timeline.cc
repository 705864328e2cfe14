#include "agent/report/timeline.h"

#include <optional>

#include "agent/base/file_row_view.h"
#include "agent/report/bundle_lines.h"
#include "agent/report/event_times.h"
#include "agent/report/event_window.h"
#include "agent/report/time_text.h"
#include "agent/report/timeline_row.h"

namespace konseki {
namespace {

constexpr std::size_t kWriteSize = std::size_t{256} << 10;

// Hands events on as they come. Does what an EventWindow does, but for the order.
class EventStream {
 public:
  explicit EventStream(EventWindow::Visitor visit) : visit_(std::move(visit)) {}

  bool next(const Timestamp& time) {
    time_ = time;
    return true;
  }
  void keep(std::string_view desc, const std::function<std::string()>& row_text) {
    if (!row_) row_ = row_text();
    visit_(time_, desc, *row_);
  }
  void end_row() { row_.reset(); }

 private:
  EventWindow::Visitor visit_;
  Timestamp time_;
  std::optional<std::string> row_;
};

template <class Events>
struct Scan {
  BundleReader& bundle;
  const SchemaTable& schemas;
  Events& events;
};

template <class Events>
void add_file(Scan<Events>& scan, std::string_view line) {
  const FileRowView row = file_row_view(line);
  for (const FileTimeKind& kind : file_time_kinds()) {
    if (row.repeats()) break;  // told already
    const auto time = parse_timestamp(row[kind.field].plain());
    if (!time || !scan.events.next(*time)) continue;
    scan.events.keep(kind.timestamp_desc, [&] { return "file\n" + timeline_source_of_file(row); });
  }
  scan.events.end_row();
}

template <class Events>
void add_record(Scan<Events>& scan, std::string_view name, const RecordSchema* schema,
                std::string_view line) {
  for_each_event_time(json_view(line), schema, [&](const EventTime& event) {
    if (!scan.events.next(event.time)) return;
    scan.events.keep(event.desc, [&] { return std::string(name) + '\n' + std::string(line); });
  });
  scan.events.end_row();
}

// When the evidence says that what was found was there. The same moment twice is one event.
template <class Events>
void add_finding(Scan<Events>& scan, std::string_view line) {
  const JsonView row = json_view(line);
  const auto first = parse_timestamp(row["first_seen"].plain());
  const auto last = parse_timestamp(row["last_seen"].plain());
  const auto text = [&] { return std::string(kFindingSchema) + '\n' + std::string(line); };
  if (first && scan.events.next(*first)) scan.events.keep("Finding First Seen", text);
  if (last && last != first && scan.events.next(*last)) {
    scan.events.keep("Finding Last Seen", text);
  }
  scan.events.end_row();
}

template <class Events>
Result<void> scan_all(Scan<Events>& scan) {
  KONSEKI_TRY(each_line(scan.bundle, "files", [&](std::string_view line) -> Result<void> {
    add_file(scan, line);
    return {};
  }));
  KONSEKI_TRY(each_line(scan.bundle, "findings", [&](std::string_view line) -> Result<void> {
    add_finding(scan, line);
    return {};
  }));
  for (const std::string& name : record_schemas(scan.bundle)) {
    const RecordSchema* schema = scan.schemas.find(name);
    KONSEKI_TRY(
        each_line(scan.bundle, "records/" + name, [&](std::string_view line) -> Result<void> {
          add_record(scan, name, schema, line);
          return {};
        }));
  }
  return {};
}

std::string hostname_of(BundleReader& bundle) {
  const auto run = member_text(bundle, "konseki/run.json");
  return run ? json_view(*run)["host"]["hostname"].text() : std::string();
}

}  // namespace

Result<void> write_timeline(BundleReader& bundle, std::span<const RecordSchema* const> schemas,
                            const TimelineOptions& options, const Output& write) {
  const SchemaTable table(schemas);
  const std::string hostname = hostname_of(bundle);
  std::string out(timeline_header(options.format));
  std::optional<Error> failed;
  const auto flush = [&] {
    if (!failed) {
      if (auto done = write(out); !done) failed = std::move(done).error();
    }
    out.clear();
  };
  const auto add = [&](const Timestamp& time, std::string_view desc, std::string_view row) {
    const std::size_t end = row.find('\n');
    append_timeline_line(
        out, options.format, time, desc,
        timeline_row(options.format, hostname, row.substr(0, end), json_view(row.substr(end + 1))));
    if (out.size() >= kWriteSize) flush();
  };
  if (options.sorted) {
    EventWindow window(options.memory_bytes);
    Scan<EventWindow> scan{bundle, table, window};
    for (bool complete = false; !complete && !failed;) {
      window.begin_pass();
      KONSEKI_TRY(scan_all(scan));
      complete = window.drain(add);
    }
  } else {
    EventStream events(add);
    Scan<EventStream> scan{bundle, table, events};
    KONSEKI_TRY(scan_all(scan));
  }
  flush();
  if (failed) return fail(*std::move(failed));
  return {};
}

}  // namespace konseki
