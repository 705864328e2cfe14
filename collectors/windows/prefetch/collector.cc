#include "konseki/collector.h"

#include <fmt/format.h>

#include <array>

#include "agent/base/memory_reader.h"
#include "agent/base/unicode.h"
#include "collectors/windows/prefetch/prefetch_file.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxFile = 16U << 20;  // real ones stay far below 1 MiB

constexpr auto kFields = std::to_array<FieldSpec>({
    {"executable", FieldType::kText, "Name of the program, cut to 29 characters by Windows"},
    {"executable_path", FieldType::kText, "Its device path, from the list of files"},
    {"run_count", FieldType::kUint, "How often it ran since the file was made"},
    {"last_run", FieldType::kTime, "Newest run", "Last Time Executed"},
    {"previous_run_1", FieldType::kTime, "The run before", "Previous Last Time Executed"},
    {"previous_run_2", FieldType::kTime, "The run before that", "Previous Last Time Executed"},
    {"previous_run_3", FieldType::kTime, "An earlier run", "Previous Last Time Executed"},
    {"previous_run_4", FieldType::kTime, "An earlier run", "Previous Last Time Executed"},
    {"previous_run_5", FieldType::kTime, "An earlier run", "Previous Last Time Executed"},
    {"previous_run_6", FieldType::kTime, "An earlier run", "Previous Last Time Executed"},
    {"previous_run_7", FieldType::kTime, "An earlier run", "Previous Last Time Executed"},
    {"hash", FieldType::kText, "Hash of the program's path, hexadecimal, as in the file's name"},
    {"version", FieldType::kUint, "Format: 17 XP, 23 Vista and 7, 26 8.x, 30 and 31 10 and 11"},
    {"volume_paths", FieldType::kTextList, "Device paths of the volumes it used"},
    {"volume_serials", FieldType::kTextList, "Their serial numbers, hexadecimal"},
    {"volumes_created", FieldType::kTextList, "When they were formatted; empty where not stored"},
    {"file_count", FieldType::kUint, "Number of files"},
    {"files", FieldType::kTextList, "Files it opened in its first seconds, as device paths"},
});
const RecordSchema kSchema{"windows.prefetch", "Programs that ran, from prefetch files", kFields};
constexpr std::array<const RecordSchema*, 1> kSchemas = {&kSchema};

void set_runs(Record& record, const std::vector<Timestamp>& runs) {
  static constexpr std::array<std::string_view, 8> kRuns = {
      "last_run",       "previous_run_1", "previous_run_2", "previous_run_3",
      "previous_run_4", "previous_run_5", "previous_run_6", "previous_run_7"};
  for (std::size_t i = 0; i < std::min(runs.size(), kRuns.size()); ++i) {
    record.set(kRuns[i], runs[i]);
  }
}

void set_volumes(Record& record, const std::vector<windows::PrefetchVolume>& volumes) {
  std::vector<std::string> paths;
  std::vector<std::string> serials;
  std::vector<std::string> created;
  for (const windows::PrefetchVolume& volume : volumes) {
    paths.push_back(volume.device_path);
    serials.push_back(fmt::format("{:08X}", volume.serial));
    created.push_back(volume.created ? volume.created->iso8601() : "");
  }
  record.set("volume_paths", std::move(paths));
  record.set("volume_serials", std::move(serials));
  record.set("volumes_created", std::move(created));
}

Record to_record(windows::PrefetchFile&& prefetch) {
  Record record(kSchema);
  record.set("executable", prefetch.executable);
  if (std::string path = windows::executable_path(prefetch); !path.empty()) {
    record.set("executable_path", std::move(path));
  }
  record.set("run_count", std::uint64_t{prefetch.run_count});
  set_runs(record, prefetch.last_runs);
  record.set("hash", fmt::format("{:08X}", prefetch.hash));
  record.set("version", std::uint64_t{prefetch.version});
  set_volumes(record, prefetch.volumes);
  record.set("file_count", std::uint64_t{prefetch.files.size()});
  record.set("files", std::move(prefetch.files));
  if (!prefetch.damage.empty()) {
    record.status = ParseStatus::kPartial;
    record.note = prefetch.damage;
  }
  return record;
}

class PrefetchCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "windows.prefetch",
        .os = OperatingSystem::kWindows,
        .schemas = kSchemas,
        .description = {"Programs that ran, from prefetch files",
                        "実行されたプログラム（プリフェッチファイルより）"}};
    return kInfo;
  }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && fold_case(file.path).ends_with(".pf");
  }

  Result<void> parse(const FileItem&, ByteReader& content, const RecordEmitter& emit) override {
    KONSEKI_ASSIGN(const std::vector<std::byte> bytes, read_all(content, kMaxFile));
    KONSEKI_ASSIGN(windows::PrefetchFile prefetch, windows::parse_prefetch(bytes));
    emit(to_record(std::move(prefetch)));
    return {};
  }
};

}  // namespace

std::unique_ptr<Collector> make_windows_prefetch() { return std::make_unique<PrefetchCollector>(); }

}  // namespace konseki
