#include "konseki/collector.h"

#include <fmt/format.h>

#include <array>

#include "agent/base/unicode.h"
#include "collectors/windows/base/command_target.h"
#include "collectors/windows/lnk/shortcut.h"
#include "konseki/persistence.h"

namespace konseki {
namespace {

using windows::Shortcut;

constexpr auto kFields = std::to_array<FieldSpec>({
    {"target", FieldType::kText, "Where it leads: the most trustworthy of the paths below"},
    {"arguments", FieldType::kText, "Command line arguments"},
    {"working_directory", FieldType::kText, "Working directory"},
    {"local_path", FieldType::kText, "Path on a local volume"},
    {"network_path", FieldType::kText, "Path on a share"},
    {"relative_path", FieldType::kText, "Path from the shortcut to its target"},
    {"environment_path", FieldType::kText, "Path with environment variables"},
    {"item_path", FieldType::kText, "Path from the shell items"},
    {"icon", FieldType::kText, "Where the icon comes from"},
    {"description", FieldType::kText, "Comment"},
    {"target_created", FieldType::kTime, "Creation of the target, when the shortcut was written",
     "Linked File Creation Time"},
    {"target_modified", FieldType::kTime, "Modification of the target, as above",
     "Linked File Content Modification Time"},
    {"target_accessed", FieldType::kTime, "Access to the target, as above",
     "Linked File Last Access Time"},
    {"target_size", FieldType::kUint, "Size of the target, as above, modulo 4 GiB"},
    {"target_attributes", FieldType::kUint, "FILE_ATTRIBUTE_* of the target"},
    {"drive_type", FieldType::kText, "fixed, removable, remote, cdrom, ..."},
    {"drive_serial", FieldType::kText, "Serial number of the target's volume, hexadecimal"},
    {"volume_label", FieldType::kText, "Its label"},
    {"machine_id", FieldType::kText, "Machine that held the target"},
    {"mac_address", FieldType::kText, "Network card of that machine, from droid_file"},
    {"droid_time", FieldType::kTime,
     "Time inside droid_file: the boot before the target was tracked"},
    {"droid_volume", FieldType::kText, "Link tracking: volume"},
    {"droid_file", FieldType::kText, "Link tracking: file"},
    {"birth_droid_volume", FieldType::kText, "Link tracking: volume at birth"},
    {"birth_droid_file", FieldType::kText, "Link tracking: file at birth"},
    {"show_window", FieldType::kUint, "SW_*: 1 normal, 3 maximised, 7 minimised"},
    {"run_as_administrator", FieldType::kBool, "Asks for elevation"},
});
const RecordSchema kSchema{"windows.shortcut", "Shortcuts and what they lead to", kFields};
constexpr std::array<const RecordSchema*, 2> kSchemas = {&kSchema, &kPersistenceSchema};

void set_unless_empty(Record& record, std::string_view field, const std::string& value) {
  if (!value.empty()) record.set(field, value);
}

void set_if(Record& record, std::string_view field, const std::optional<Timestamp>& value) {
  if (value) record.set(field, *value);
}

Record to_record(const Shortcut& shortcut) {
  Record record(kSchema);
  set_unless_empty(record, "target", shortcut.target());
  set_unless_empty(record, "arguments", shortcut.arguments);
  set_unless_empty(record, "working_directory", shortcut.working_directory);
  set_unless_empty(record, "local_path", shortcut.local_path);
  set_unless_empty(record, "network_path", shortcut.network_path);
  set_unless_empty(record, "relative_path", shortcut.relative_path);
  set_unless_empty(record, "environment_path", shortcut.environment_path);
  set_unless_empty(record, "item_path", shortcut.item_path);
  set_unless_empty(record, "icon", shortcut.icon);
  set_unless_empty(record, "description", shortcut.description);
  set_if(record, "target_created", shortcut.target_created);
  set_if(record, "target_modified", shortcut.target_modified);
  set_if(record, "target_accessed", shortcut.target_accessed);
  record.set("target_size", std::uint64_t{shortcut.target_size});
  record.set("target_attributes", std::uint64_t{shortcut.target_attributes});
  set_unless_empty(record, "drive_type", shortcut.drive_type);
  if (shortcut.drive_serial) {
    record.set("drive_serial", fmt::format("{:08X}", *shortcut.drive_serial));
  }
  set_unless_empty(record, "volume_label", shortcut.volume_label);
  set_unless_empty(record, "machine_id", shortcut.machine_id);
  set_unless_empty(record, "mac_address", shortcut.mac_address);
  set_if(record, "droid_time", shortcut.droid_time);
  set_unless_empty(record, "droid_volume", shortcut.droid_volume);
  set_unless_empty(record, "droid_file", shortcut.droid_file);
  set_unless_empty(record, "birth_droid_volume", shortcut.birth_droid_volume);
  set_unless_empty(record, "birth_droid_file", shortcut.birth_droid_file);
  if (shortcut.show_window) record.set("show_window", std::uint64_t{*shortcut.show_window});
  if (shortcut.runs_as_administrator()) record.set("run_as_administrator", true);
  if (!shortcut.damage.empty()) {
    record.status = ParseStatus::kCorrupt;
    record.note = "only the header could be read: " + shortcut.damage;
  }
  return record;
}

bool is_shortcut(std::string_view folded) { return folded.ends_with(".lnk"); }

// Folders whose files start at logon, in the names that Windows XP gave them here, too.
bool in_startup_folder(std::string_view folded) {
  static constexpr std::array<std::string_view, 3> kFolders = {
      "/start menu/programs/startup/", "/startmenü/programme/autostart/",
      "/スタート メニュー/プログラム/スタートアップ/"};
  for (std::string_view folder : kFolders) {
    const auto at = folded.find(folder);
    if (at == std::string_view::npos) continue;
    const std::string_view name = folded.substr(at + folder.size());
    // Explorer starts what lies in the folder itself; desktop.ini only dresses it.
    return name.find('/') == std::string_view::npos && name != "desktop.ini";
  }
  return false;
}

class LnkCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "windows.lnk",
        .os = OperatingSystem::kWindows,
        .schemas = kSchemas,
        .description = {"Shortcuts, and whatever lies in Startup folders",
                        "ショートカットと、スタートアップフォルダー内のファイル"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override { host_ = context.host; }

  bool wants(const FileItem& file) const override {
    if (!file.stream.empty() || file.entry.type == FileType::kDirectory) return false;
    const std::string folded = fold_case(file.path);
    return is_shortcut(folded) || in_startup_folder(folded);
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    const std::string folded = fold_case(file.path);
    const bool startup = in_startup_folder(folded);
    if (!is_shortcut(folded)) {
      emit(startup_entry(file, std::string(file.path), std::string(file.path)));
      return {};
    }
    auto shortcut = windows::parse_shortcut(content);
    if (!shortcut) {
      if (startup) emit(startup_entry(file, std::string(file.path), {}));
      return fail(shortcut.error());
    }
    emit(to_record(*shortcut));
    if (startup) {
      std::string command = shortcut->damage.empty() ? shortcut->target() : std::string(file.path);
      if (command.find(' ') != std::string::npos) command = "\"" + command + "\"";
      if (!shortcut->arguments.empty()) command += " " + shortcut->arguments;
      const auto environment = windows::make_environment(host_, file.volume, home_of(file.path));
      std::string target = windows::command_target(command, environment);
      emit(startup_entry(file, std::move(command), std::move(target)));
    }
    return {};
  }

 private:
  const HostUser* owner_of(std::string_view path) const {
    const std::string folded = fold_case(path);
    for (const HostUser& user : host_.users) {
      if (!user.home.empty() && folded.starts_with(fold_case(user.home) + "/")) return &user;
    }
    return nullptr;
  }

  std::string home_of(std::string_view path) const {
    const HostUser* user = owner_of(path);
    return user != nullptr ? user->home : std::string();
  }

  Record startup_entry(const FileItem& file, std::string command, std::string target) const {
    PersistenceEntry entry;
    entry.mechanism = "windows.startup_folder";
    entry.location = file.path;
    entry.name = file.entry.name();
    entry.command = std::move(command);
    entry.target = std::move(target);
    if (const HostUser* user = owner_of(file.path)) entry.user = user->name;
    entry.trigger = "logon";
    if (file.entry.times.created) {
      entry.since = file.entry.times.created;
      entry.since_evidence = "file created";
    } else if (file.entry.times.modified) {
      entry.since = file.entry.times.modified;
      entry.since_evidence = "file modified";
    }
    entry.technique = "T1547.001";
    return entry.to_record();
  }

  HostFacts host_;
};

}  // namespace

std::unique_ptr<Collector> make_windows_lnk() { return std::make_unique<LnkCollector>(); }

}  // namespace konseki
