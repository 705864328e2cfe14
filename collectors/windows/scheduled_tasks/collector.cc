#include "konseki/collector.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "agent/base/memory_reader.h"
#include "agent/base/unicode.h"
#include "collectors/windows/base/command_target.h"
#include "collectors/windows/base/hive_identity.h"
#include "collectors/windows/scheduled_tasks/job_file.h"
#include "collectors/windows/scheduled_tasks/task_cache.h"
#include "collectors/windows/scheduled_tasks/task_xml.h"
#include "konseki/persistence.h"

namespace konseki {
namespace {

using windows::CachedTask;
using windows::Task;
using windows::TaskAction;

constexpr std::uint64_t kMaxTaskFile = 4U << 20;  // real ones stay below 100 KiB

constexpr auto kFields = std::to_array<FieldSpec>({
    {"name", FieldType::kText, "Path in the task tree"},
    {"form", FieldType::kText, "xml, job (before Vista), or task_cache (what the registry knows)"},
    {"location", FieldType::kText, "File or registry key"},
    {"id", FieldType::kText, "GUID in the task cache"},
    {"author", FieldType::kText, "Author, as the task states it"},
    {"description", FieldType::kText, "Description"},
    {"registered", FieldType::kTime, "When the task was made", "Creation Time"},
    {"registered_local", FieldType::kText, "The same as stated without a time zone"},
    {"last_run", FieldType::kTime, "Last start", "Last Time Executed"},
    {"last_run_local", FieldType::kText, "The same, in the host's local time (job files)"},
    {"tree_written", FieldType::kTime, "Last write of the Tree key", "Content Modification Time"},
    {"user", FieldType::kText, "Account or group that it runs as"},
    {"run_level", FieldType::kText, "HighestAvailable or LeastPrivilege"},
    {"logon_type", FieldType::kText, "How it gets the account's rights"},
    {"enabled", FieldType::kBool, "False when switched off"},
    {"hidden", FieldType::kBool, "Hidden by its own setting"},
    {"security_missing", FieldType::kBool,
     "Tree key without SD: the system's tools do not show it"},
    {"in_tree", FieldType::kBool, "False when no Tree key leads to it"},
    {"triggers", FieldType::kTextList, "When it runs"},
    {"actions", FieldType::kTextList, "What it runs"},
    {"working_directories", FieldType::kTextList, "Where, action by action"},
});
const RecordSchema kSchema{"windows.scheduled_task",
                           "Scheduled tasks, from their files and from the registry", kFields};
constexpr std::array<const RecordSchema*, 2> kSchemas = {&kSchema, &kPersistenceSchema};

void set_unless_empty(Record& record, std::string_view field, std::string value) {
  if (!value.empty()) record.set(field, std::move(value));
}

Record to_record(const Task& task, const std::string& location) {
  Record record(kSchema);
  record.set("name", task.name);
  record.set("form", task.form);
  record.set("location", location);
  set_unless_empty(record, "author", task.author);
  set_unless_empty(record, "description", task.description);
  if (task.registered) record.set("registered", *task.registered);
  set_unless_empty(record, "registered_local", task.registered_local);
  set_unless_empty(record, "last_run_local", task.last_run_local);
  set_unless_empty(record, "user", task.user);
  set_unless_empty(record, "run_level", task.run_level);
  set_unless_empty(record, "logon_type", task.logon_type);
  if (task.enabled) record.set("enabled", *task.enabled);
  if (task.hidden) record.set("hidden", true);
  if (!task.triggers.empty()) record.set("triggers", task.triggers);
  std::vector<std::string> actions;
  std::vector<std::string> directories;
  bool any_directory = false;
  for (const TaskAction& action : task.actions) {
    actions.push_back(action.com_handler ? "COM " + action.command : action.command);
    directories.push_back(action.working_directory);
    any_directory |= !action.working_directory.empty();
  }
  record.set("actions", std::move(actions));
  if (any_directory) record.set("working_directories", std::move(directories));
  if (!task.damage.empty()) {
    record.status = ParseStatus::kPartial;
    record.note = task.damage;
  }
  return record;
}

Record to_record(const CachedTask& cached) {
  Record record = to_record(cached.task, cached.key);
  set_unless_empty(record, "id", cached.id);
  if (cached.last_run) record.set("last_run", *cached.last_run);
  if (cached.tree_written) record.set("tree_written", *cached.tree_written);
  record.set("in_tree", cached.in_tree);
  if (cached.in_tree) record.set("security_missing", cached.security_missing);
  return record;
}

// Where the files of the task tree lie, and the name of the task that such a file holds.
std::string task_name(std::string_view path) {
  static constexpr std::array<std::string_view, 3> kTrees = {"/system32/tasks/", "/syswow64/tasks/",
                                                             "/system32/tasks_migrated/"};
  const std::string folded = fold_case(path);
  for (std::string_view tree : kTrees) {
    const auto at = folded.find(tree);
    if (at == std::string::npos) continue;
    std::string name(path.substr(at + tree.size() - 1));
    std::replace(name.begin(), name.end(), '/', '\\');
    return name;
  }
  return {};
}

bool is_job(std::string_view path) {
  const std::string folded = fold_case(path);
  return folded.ends_with(".job") && folded.find("/tasks/") != std::string::npos;
}

PathSpec address_of(const FileItem& file) {
  PathSpec address;
  address.volume = file.volume.mount;
  address.path = file.path;
  return address;
}

// A task with what persistence needs of where it was found.
struct Found {
  Task task;
  std::string location;
  PathSpec address;
  VolumeInfo volume;
  std::optional<Timestamp> file_time;
  std::string file_time_evidence;
};

struct FoundCached {
  CachedTask cached;
  PathSpec address;
  VolumeInfo volume;
};

class ScheduledTasksCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "windows.scheduled_tasks",
        .os = OperatingSystem::kWindows,
        .schemas = kSchemas,
        .description = {
            "Scheduled tasks, from their files and the registry's task cache",
            "タスクスケジューラのタスク（タスクファイルとレジストリのタスクキャッシュより）"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override { host_ = context.host; }

  bool wants(const FileItem& file) const override {
    if (!file.stream.empty() || file.entry.type == FileType::kDirectory) return false;
    return !task_name(file.path).empty() || is_job(file.path) ||
           windows::hive_kind(file.path) == windows::HiveKind::kSoftware;
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    if (windows::hive_kind(file.path) == windows::HiveKind::kSoftware) {
      return parse_hive(file, content, emit);
    }
    KONSEKI_ASSIGN(const std::vector<std::byte> bytes, read_all(content, kMaxTaskFile));
    const std::string name = task_name(file.path);
    Result<Task> task =
        name.empty() ? windows::parse_job_file(bytes) : windows::parse_task_xml(bytes);
    if (!task) return fail(task.error());
    // The place in the tree counts; the URI inside can say anything.
    task->name = name.empty() ? std::string(file.entry.name()) : name;
    Record record = to_record(*task, std::string(file.path));
    emit(std::move(record));
    Found found{*std::move(task), std::string(file.path), address_of(file), file.volume, {}, {}};
    if (file.entry.times.created) {
      found.file_time = file.entry.times.created;
      found.file_time_evidence = "task file created";
    } else if (file.entry.times.modified) {
      found.file_time = file.entry.times.modified;
      found.file_time_evidence = "task file modified";
    }
    const std::lock_guard lock(mutex_);
    files_.insert_or_assign(key_of(file.volume, found.task.name) + '\0' + found.location,
                            std::move(found));
    return {};
  }

  Result<void> finish(const RecordEmitter& emit) override {
    for (const auto& [key, found] : files_) {
      const auto cached = cache_.find(key.substr(0, key.find('\0', key.find('\0') + 1)));
      emit_entries(found, cached == cache_.end() ? nullptr : &cached->second.cached, emit);
    }
    // Tasks that the registry knows and no file was seen of still run.
    for (const auto& [key, known] : cache_) {
      const auto file = files_.lower_bound(key + '\0');
      if (file != files_.end() && file->first.starts_with(key + '\0')) continue;
      Found found{known.cached.task, known.cached.key, known.address, known.volume, {}, {}};
      emit_entries(found, &known.cached, emit);
    }
    files_.clear();
    cache_.clear();
    return {};
  }

 private:
  static std::string key_of(const VolumeInfo& volume, std::string_view name) {
    return volume.mount + '\0' + fold_case(name);
  }

  Result<void> parse_hive(const FileItem& file, ByteReader& content, const RecordEmitter& emit) {
    KONSEKI_ASSIGN(const auto hive, RegistryHive::open(content));
    windows::read_task_cache(
        *hive,
        [&](CachedTask&& cached) {
          emit(to_record(cached));
          const std::string name = cached.in_tree ? cached.task.name : cached.key;
          const std::lock_guard lock(mutex_);
          cache_.insert_or_assign(key_of(file.volume, name),
                                  FoundCached{std::move(cached), address_of(file), file.volume});
        },
        [&](const std::string& key, const Error& error) {
          Record record(kSchema);
          record.set("location", key);
          record.status = ParseStatus::kCorrupt;
          record.note = error.detail;
          emit(std::move(record));
        });
    return {};
  }

  void emit_entries(const Found& found, const CachedTask* cached, const RecordEmitter& emit) const {
    const Task& task = found.task;
    const windows::Environment environment =
        windows::make_environment(host_, found.volume, home_of(task.user));
    for (const TaskAction& action : task.actions) {
      PersistenceEntry entry;
      entry.mechanism =
          task.form == "task_cache" ? "windows.scheduled_task_cache" : "windows.scheduled_task";
      entry.location = found.location;
      entry.name = task.name;
      entry.command = action.command;
      if (!action.com_handler) entry.target = windows::command_target(action.command, environment);
      entry.user = task.user;
      for (const std::string& trigger : task.triggers) {
        entry.trigger += (entry.trigger.empty() ? "" : "; ") + trigger;
      }
      entry.enabled = task.enabled;
      set_since(entry, found, cached);
      entry.technique = "T1053.005";
      Record record = entry.to_record();
      record.source = found.address;
      emit(std::move(record));
    }
  }

  static void set_since(PersistenceEntry& entry, const Found& found, const CachedTask* cached) {
    if (cached != nullptr && cached->task.registered) {
      entry.since = cached->task.registered;
      entry.since_evidence = "task cache creation time";
    } else if (found.task.registered) {
      entry.since = found.task.registered;
      entry.since_evidence = "task registration date";
    } else if (found.file_time) {
      entry.since = found.file_time;
      entry.since_evidence = found.file_time_evidence;
    } else if (cached != nullptr && cached->tree_written) {
      entry.since = cached->tree_written;
      entry.since_evidence = "registry key last write";
    }
  }

  std::string home_of(std::string_view account) const {
    const std::string name = fold_case(account.substr(account.rfind('\\') + 1));
    for (const HostUser& user : host_.users) {
      if (!name.empty() && (fold_case(user.id) == name || fold_case(user.name) == name)) {
        return user.home;
      }
    }
    return {};
  }

  HostFacts host_;
  std::mutex mutex_;
  std::map<std::string, Found> files_;        // by volume, folded task name and path
  std::map<std::string, FoundCached> cache_;  // by volume and folded task name
};

}  // namespace

std::unique_ptr<Collector> make_windows_scheduled_tasks() {
  return std::make_unique<ScheduledTasksCollector>();
}

}  // namespace konseki
