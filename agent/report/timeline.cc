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

struct Scan {
  BundleReader& bundle;
  const SchemaTable& schemas;
  EventWindow& window;
};

void add_file(Scan& scan, std::string_view line) {
  const FileRowView row = file_row_view(line);
  for (const FileTimeKind& kind : file_time_kinds()) {
    const auto time = parse_timestamp(row[kind.field].plain());
    if (!time || !scan.window.next(*time)) continue;
    scan.window.keep(kind.timestamp_desc, [&] { return "file\n" + timeline_source_of_file(row); });
  }
  scan.window.end_row();
}

void add_record(Scan& scan, std::string_view name, const RecordSchema* schema,
                std::string_view line) {
  for_each_event_time(json_view(line), schema, [&](const EventTime& event) {
    if (!scan.window.next(event.time)) return;
    scan.window.keep(event.desc, [&] { return std::string(name) + '\n' + std::string(line); });
  });
  scan.window.end_row();
}

Result<void> scan_all(Scan& scan) {
  KONSEKI_TRY(each_line(scan.bundle, "files", [&](std::string_view line) -> Result<void> {
    add_file(scan, line);
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
  EventWindow window(options.memory_bytes);
  Scan scan{bundle, table, window};
  const std::string hostname = hostname_of(bundle);
  std::string out(timeline_header(options.format));
  std::optional<Error> failed;
  const auto flush = [&] {
    if (!failed) {
      if (auto done = write(out); !done) failed = std::move(done).error();
    }
    out.clear();
  };
  for (bool complete = false; !complete && !failed;) {
    window.begin_pass();
    KONSEKI_TRY(scan_all(scan));
    complete =
        window.drain([&](const Timestamp& time, std::string_view desc, std::string_view row) {
          const std::size_t end = row.find('\n');
          append_timeline_line(out, options.format, time, desc,
                               timeline_row(options.format, hostname, row.substr(0, end),
                                            json_view(row.substr(end + 1))));
          if (out.size() >= kWriteSize) flush();
        });
  }
  flush();
  if (failed) return fail(*std::move(failed));
  return {};
}

}  // namespace konseki
