#include "collectors/windows/scheduled_tasks/task_cache.h"

#include <fmt/format.h>

#include <map>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"
#include "collectors/windows/base/registry_text.h"

namespace konseki::windows {
namespace {

constexpr std::string_view kCache = "Microsoft/Windows NT/CurrentVersion/Schedule/TaskCache";
constexpr std::string_view kCacheName =
    "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache";
constexpr int kMaxTreeDepth = 64;
constexpr std::size_t kMaxActions = 256;
constexpr std::uint16_t kExec = 0x6666;
constexpr std::uint16_t kComHandler = 0x7777;

std::string sized_text(Cursor& cursor) {
  return utf16le_to_wtf8_until_nul(cursor.bytes(cursor.u32()));
}

std::string class_id(Cursor& cursor) {
  const std::uint32_t first = cursor.u32();
  const std::uint16_t second = cursor.u16();
  const std::uint16_t third = cursor.u16();
  std::string out = fmt::format("{{{:08X}-{:04X}-{:04X}-", first, second, third);
  for (int i = 0; i < 8; ++i) {
    if (i == 2) out += '-';
    out += fmt::format("{:02X}", cursor.u8());
  }
  return out + "}";
}

// The Actions value: version, context, then actions by their mark.
void read_actions(const std::vector<std::byte>& data, Task& task) {
  Cursor cursor(data);
  const std::uint16_t version = cursor.u16();
  if (version >= 2) sized_text(cursor);  // which of the task's principals, by its id
  while (cursor.ok() && cursor.remaining() >= 2 && task.actions.size() < kMaxActions) {
    const std::uint16_t mark = cursor.u16();
    if (version >= 1) sized_text(cursor);  // id
    TaskAction action;
    if (mark == kExec) {
      action.command = sized_text(cursor);
      const std::string arguments = sized_text(cursor);
      action.working_directory = sized_text(cursor);
      if (version >= 3) cursor.skip(2);  // flags
      if (action.command.find(' ') != std::string::npos && !action.command.starts_with('"')) {
        action.command = "\"" + action.command + "\"";
      }
      if (!arguments.empty()) action.command += " " + arguments;
    } else if (mark == kComHandler) {
      action.com_handler = true;
      action.command = class_id(cursor);
      if (const std::string text = sized_text(cursor); !text.empty()) action.command += " " + text;
    } else {
      task.damage = fmt::format("action of unknown kind 0x{:x}", mark);
      return;
    }
    if (cursor.ok()) task.actions.push_back(std::move(action));
  }
  if (!cursor.ok()) task.damage = "actions are cut off";
}

std::optional<Timestamp> filetime(std::uint64_t ticks) {
  if (ticks == 0) return std::nullopt;
  return Timestamp::from_filetime(ticks);
}

void read_task(const RegistryKey& key, CachedTask& cached) {
  auto values = key.values();
  if (!values) {
    cached.task.damage = values.error().detail;
    return;
  }
  if (cached.task.name.empty()) cached.task.name = text_of(*values, "Path");
  cached.task.author = text_of(*values, "Author");
  cached.task.description = text_of(*values, "Description");
  const std::string date = text_of(*values, "Date");
  if (const RegistryValue* dynamic = find_value(*values, "DynamicInfo")) {
    Cursor cursor(dynamic->data);
    cursor.skip(4);
    cached.task.registered = filetime(cursor.u64());
    cached.last_run = filetime(cursor.u64());
  }
  if (!cached.task.registered) cached.task.registered = parse_zoned_time(date);
  if (!parse_zoned_time(date)) cached.task.registered_local = date;
  if (const RegistryValue* actions = find_value(*values, "Actions")) {
    read_actions(actions->data, cached.task);
  }
}

class CacheReader {
 public:
  CacheReader(const std::function<void(CachedTask&&)>& task,
              const std::function<void(const std::string&, const Error&)>& damaged)
      : task_(task), damaged_(damaged) {}

  void read_tasks(const RegistryKey& tasks) {
    for (std::size_t i = 0; i < tasks.subkey_count(); ++i) {
      auto key = tasks.subkey(i);
      if (!key) {
        damaged_(std::string(kCacheName) + "\\Tasks", key.error());
        continue;
      }
      CachedTask cached;
      cached.task.form = "task_cache";
      cached.id = (*key)->name();
      read_task(**key, cached);
      tasks_[fold_case(cached.id)] = std::move(cached);
    }
  }

  void read_tree(const RegistryKey& folder, const std::string& path, int depth) {
    for (std::size_t i = 0; i < folder.subkey_count(); ++i) {
      auto key = folder.subkey(i);
      if (!key) {
        damaged_(std::string(kCacheName) + "\\Tree" + path, key.error());
        continue;
      }
      const std::string child = path + "\\" + (*key)->name();
      if (auto values = (*key)->values()) add(**key, child, *values);
      if (depth < kMaxTreeDepth) {
        read_tree(**key, child, depth + 1);
      } else {
        damaged_(child, {ErrorCode::kLimitExceeded, "64 levels of task folders", {}});
      }
    }
  }

  void add_treeless() {
    for (auto& [id, cached] : tasks_) {
      cached.in_tree = false;
      cached.key = std::string(kCacheName) + "\\Tasks\\" + cached.id;
      task_(std::move(cached));
    }
  }

 private:
  void add(const RegistryKey& key, const std::string& path,
           const std::vector<RegistryValue>& values) {
    const std::string id = text_of(values, "Id");
    if (id.empty()) return;  // a folder
    CachedTask cached;
    cached.id = id;
    if (auto found = tasks_.find(fold_case(id)); found != tasks_.end()) {
      cached = std::move(found->second);
      tasks_.erase(found);
    }
    cached.task.form = "task_cache";
    cached.task.name = path;
    cached.key = std::string(kCacheName) + "\\Tree" + path;
    cached.security_missing = find_value(values, "SD") == nullptr;
    cached.tree_written = key.last_written();
    task_(std::move(cached));
  }

  const std::function<void(CachedTask&&)>& task_;
  const std::function<void(const std::string&, const Error&)>& damaged_;
  std::map<std::string, CachedTask> tasks_;  // by folded id, until the Tree claims them
};

}  // namespace

void read_task_cache(const RegistryHive& software, const std::function<void(CachedTask&&)>& task,
                     const std::function<void(const std::string& key, const Error&)>& damaged) {
  CacheReader reader(task, damaged);
  if (auto tasks = software.find(std::string(kCache) + "/Tasks")) reader.read_tasks(**tasks);
  if (auto tree = software.find(std::string(kCache) + "/Tree")) reader.read_tree(**tree, "", 0);
  reader.add_treeless();
}

}  // namespace konseki::windows
