// windows.srum: what programs sent, received and used, by the hour, for a month or two.
#include "konseki/collector.h"

#include "agent/base/unicode.h"
#include "collectors/windows/ese/ese_database.h"
#include "collectors/windows/srum/schema.h"
#include "collectors/windows/srum/srum_names.h"

namespace konseki {
namespace {

using windows::EseColumn;
using windows::EseDatabase;
using windows::EseRow;
using windows::EseTable;

constexpr std::string_view kNetworkTable = "{973F5D5C-1D90-4944-BE8E-24B94231A174}";
constexpr std::string_view kApplicationTable = "{D10CA2FE-6FCF-4F6D-848E-B2E99266FA89}";

// One database that is being read.
class SrumRun {
 public:
  SrumRun(EseDatabase& database, const RecordEmitter& emit) : database_(database), emit_(emit) {}

  void run() {
    note(names_.read(database_));
    read_network();
    read_applications();
    Record record(windows::kSrumSchema);
    if (first_) record.set("first", *first_);
    if (last_) record.set("last", *last_);
    record.set("network", network_);
    record.set("applications", applications_);
    record.set("dirty", database_.dirty());
    if (!note_.empty()) {
      record.status = network_ + applications_ > 0 ? ParseStatus::kPartial : ParseStatus::kCorrupt;
      record.note = note_;
    }
    emit_(std::move(record));
  }

 private:
  // What the sums of all tables have.
  struct Common {
    explicit Common(const EseTable& table)
        : id(table.column("AutoIncId")),
          time(table.column("TimeStamp")),
          program(table.column("AppId")),
          account(table.column("UserId")) {}

    const EseColumn* id;
    const EseColumn* time;
    const EseColumn* program;
    const EseColumn* account;
  };

  void note(const Result<void>& read) {
    if (!read && note_.empty()) note_ = read.error().detail;
  }

  Record begin(const RecordSchema& schema, const Common& columns, const EseRow& row) {
    Record record(schema);
    if (const auto time = row.time(columns.time)) {
      record.set("time", *time);
      if (!first_ || *time < *first_) first_ = time;
      if (!last_ || *last_ < *time) last_ = time;
    }
    names_.tell_program(row.integer(columns.program), record);
    names_.tell_account(row.integer(columns.account), record);
    if (const auto id = row.integer(columns.id)) record.set("id", *id);
    return record;
  }

  static void set_count(Record& record, std::string_view field, std::optional<std::int64_t> count) {
    if (count && *count >= 0) record.set(field, static_cast<std::uint64_t>(*count));
  }
  // Of both, where either is there.
  static std::optional<std::int64_t> sum(std::optional<std::int64_t> a,
                                         std::optional<std::int64_t> b) {
    constexpr std::int64_t kMost = INT64_MAX / 2;
    if (!a && !b) return std::nullopt;
    const std::int64_t first = a.value_or(0);
    const std::int64_t second = b.value_or(0);
    if (first < 0 || second < 0 || first > kMost || second > kMost) return std::nullopt;
    return first + second;
  }

  void read_network() {
    const EseTable* table = database_.table(kNetworkTable);
    if (table == nullptr) return;
    const Common columns(*table);
    const EseColumn* sent = table->column("BytesSent");
    const EseColumn* received = table->column("BytesRecvd");
    const EseColumn* interface = table->column("InterfaceLuid");
    const EseColumn* profile = table->column("L2ProfileId");
    note(database_.each_row(*table, [&](const EseRow& row) {
      Record record = begin(windows::kSrumNetworkSchema, columns, row);
      set_count(record, "bytes_sent", row.integer(sent));
      set_count(record, "bytes_received", row.integer(received));
      // NET_LUID: the kind of interface is its upper 16 bits.
      if (const auto luid = row.integer(interface)) {
        record.set("interface_type", static_cast<std::uint64_t>(*luid) >> 48);
      }
      set_count(record, "profile", row.integer(profile));
      ++network_;
      emit_(std::move(record));
    }));
  }

  void read_applications() {
    const EseTable* table = database_.table(kApplicationTable);
    if (table == nullptr) return;
    const Common columns(*table);
    const auto column = [&](std::string_view name) { return table->column(name); };
    const EseColumn* front = column("ForegroundCycleTime");
    const EseColumn* back = column("BackgroundCycleTime");
    const EseColumn* front_read = column("ForegroundBytesRead");
    const EseColumn* back_read = column("BackgroundBytesRead");
    const EseColumn* front_written = column("ForegroundBytesWritten");
    const EseColumn* back_written = column("BackgroundBytesWritten");
    note(database_.each_row(*table, [&](const EseRow& row) {
      Record record = begin(windows::kSrumApplicationSchema, columns, row);
      set_count(record, "foreground_cycles", row.integer(front));
      set_count(record, "background_cycles", row.integer(back));
      set_count(record, "bytes_read", sum(row.integer(front_read), row.integer(back_read)));
      set_count(record, "bytes_written",
                sum(row.integer(front_written), row.integer(back_written)));
      ++applications_;
      emit_(std::move(record));
    }));
  }

  EseDatabase& database_;
  const RecordEmitter& emit_;
  windows::SrumNames names_;
  std::uint64_t network_ = 0;
  std::uint64_t applications_ = 0;
  std::optional<Timestamp> first_;
  std::optional<Timestamp> last_;
  std::string note_;
};

class WindowsSrumCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static constexpr const RecordSchema* kSchemas[] = {
        &windows::kSrumNetworkSchema, &windows::kSrumApplicationSchema, &windows::kSrumSchema};
    static const CollectorInfo kInfo{
        "windows.srum",
        OperatingSystem::kWindows,
        Volatility::kFile,
        true,
        kSchemas,
        {"What programs sent, received and used, by the hour (SRUDB.dat)",
         "プログラムごとの通信量と資源の使用 (1 時間ごと、SRUDB.dat)"}};
    return kInfo;
  }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && file.entry.type == FileType::kRegular &&
           fold_case(file.path).ends_with("/srudb.dat");
  }

  Result<void> parse(const FileItem&, ByteReader& content, const RecordEmitter& emit) override {
    KONSEKI_ASSIGN(EseDatabase database, EseDatabase::open(content));
    SrumRun(database, emit).run();
    return {};
  }
};

}  // namespace

std::unique_ptr<Collector> make_windows_srum() { return std::make_unique<WindowsSrumCollector>(); }

}  // namespace konseki
