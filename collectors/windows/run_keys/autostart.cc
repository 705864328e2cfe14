#include "collectors/windows/run_keys/autostart.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "agent/base/unicode.h"
#include "collectors/windows/base/command_target.h"
#include "collectors/windows/base/key_match.h"
#include "collectors/windows/base/registry_text.h"
#include "collectors/windows/run_keys/locations.h"
#include "konseki/persistence.h"

namespace konseki::windows {
namespace {

struct Place {
  Scope scope;
  std::string prefix;  // below the hive's root, with its slash
};

std::vector<Place> places_of(const RegistryHive& hive, HiveKind kind) {
  switch (kind) {
    case HiveKind::kSoftware:
      return {{kMachine, ""}, {kMachine32, "Wow6432Node/"}, {kMachineClasses, "Classes/"}};
    case HiveKind::kUser:
      return {{kUserSoftware, "Software/"}, {kUser32, "Software/Wow6432Node/"}, {kUserRoot, ""}};
    case HiveKind::kUserClasses:
      return {{kUserClassesRoot, ""}};
    case HiveKind::kSystem: {
      std::vector<Place> places = {{kSystemRoot, ""}};
      const std::string set = current_control_set(hive);
      if (!set.empty()) places.push_back({kControlSet, set + "/"});
      return places;
    }
    default:
      return {};
  }
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(separators), text.size());
    std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty() && part != "\"\"") parts.emplace_back(part);
  }
  return parts;
}

bool is_class_id(std::string_view text) { return text.size() == 38 && text.front() == '{'; }

// The value's data as separate things that run.
std::vector<std::string> pieces(const RegistryValue& value, Holds holds) {
  std::vector<std::string> out;
  const bool list = value.type == RegistryType::kMultiSz;
  for (const std::string& text : value.texts()) {
    if (list) {
      if (text != "\"\"") out.push_back(text);
    } else if (holds == Holds::kCommands) {
      for (std::string& part : split(text, ",")) out.push_back(std::move(part));
    } else if (holds == Holds::kFiles || holds == Holds::kModules) {
      for (std::string& part : split(text, ", ;")) out.push_back(std::move(part));
    } else {
      out.push_back(text);
    }
  }
  if (out.empty() && holds == Holds::kSwitch) {
    // Some lists hold class ids as names, without data.
    std::string number = value_text(value);
    if (number.empty() && is_class_id(value.name)) number = value.name;
    if (!number.empty()) out.push_back(std::move(number));
  }
  return out;
}

// The deepest segment of `path` that a '*' of the pattern matched; "" when it has none.
std::string starred_segment(std::string_view pattern, std::string_view path) {
  std::string name;
  while (!pattern.empty()) {
    // Segments pair from the end, so that '/' inside a stored name does no harm.
    const std::string_view segment = pattern.substr(pattern.rfind('/') + 1);
    const std::string_view stored = path.substr(path.rfind('\\') + 1);
    if (segment.find('*') != std::string_view::npos) return std::string(stored);
    if (segment.size() == pattern.size() || stored.size() == path.size()) break;
    pattern.remove_suffix(segment.size() + 1);
    path.remove_suffix(stored.size() + 1);
  }
  return name;
}

class HiveReader {
 public:
  HiveReader(const RegistryHive& hive, const HiveIdentity& identity, const Environment& environment,
             const RecordEmitter& emit)
      : hive_(hive), identity_(identity), environment_(environment), emit_(emit) {}

  void run() {
    std::vector<KeyPattern> patterns;
    for (const Place& place : places_of(hive_, identity_.kind)) {
      for (const Location& location : autostart_locations()) {
        if ((location.scopes & place.scope) == 0) continue;
        patterns.emplace_back(place.prefix + std::string(location.key));
        rows_.push_back({&location, place.scope});
      }
    }
    if (patterns.empty()) return;
    auto root = hive_.root();
    if (!root) return damaged("", root.error());
    match_keys(
        **root, patterns,
        [&](const RegistryKey& key, const std::string& path, std::span<const std::size_t> rows) {
          at_key(key, path, rows);
        },
        [&](const std::string& path, const Error& error) { damaged(path, error); });
  }

 private:
  struct Row {
    const Location* location;
    Scope scope;
  };

  void at_key(const RegistryKey& key, const std::string& path, std::span<const std::size_t> rows) {
    std::size_t unread = 0;
    auto values = key.values(&unread);
    if (!values) return damaged(path, values.error());
    if (unread > 0) {
      damaged(path, {ErrorCode::kCorrupt, fmt::format("{} values could not be read", unread), {}});
    }
    for (std::size_t row : rows) {
      const Location& location = *rows_[row].location;
      if (location.holds == Holds::kKeyClass || location.holds == Holds::kKeyName) {
        if (location.holds == Holds::kKeyClass || find_value(*values, location.value) != nullptr) {
          add(rows_[row], key, path, *values, location.value, key.name());
        }
        continue;
      }
      const std::string wanted = fold_case(location.value);
      for (const RegistryValue& value : *values) {
        if (!glob_matches(wanted, fold_case(value.name))) continue;
        for (const std::string& piece : pieces(value, location.holds)) {
          if (!location.ordinary.empty() && glob_matches(location.ordinary, fold_case(piece))) {
            continue;
          }
          add(rows_[row], key, path, *values, value.name, piece);
        }
      }
    }
  }

  void add(const Row& row, const RegistryKey& key, const std::string& path,
           const std::vector<RegistryValue>& values, std::string_view value_name,
           const std::string& command) {
    const Location& location = *row.location;
    PersistenceEntry entry;
    entry.mechanism = location.mechanism;
    entry.location = identity_.mount + "\\" + path;
    entry.name = name_of(location, path, value_name);
    entry.command = command;
    entry.target = target_of(location, command);
    if (row.scope & (kUserSoftware | kUser32 | kUserRoot | kUserClassesRoot)) {
      entry.user = identity_.user;
    } else if (location.trigger.starts_with("boot")) {
      entry.user = "LocalSystem";
    }
    entry.trigger = location.trigger;
    if (!location.enabled_by.empty()) {
      entry.enabled = integer_of(values, location.enabled_by).value_or(0) != 0;
    } else if (location.mechanism == "windows.run_key" && key.name() == "Run") {
      entry.enabled = approved(row.scope, entry.name);
    }
    entry.since = key.last_written();
    entry.since_evidence = "registry key last write";
    entry.technique = location.technique;
    emit_(entry.to_record());
  }

  static std::string name_of(const Location& location, const std::string& path,
                             std::string_view value_name) {
    if (location.value.find('*') != std::string_view::npos && location.value != "*") {
      return std::string(value_name);
    }
    if (location.value != "*") {
      std::string starred = starred_segment(location.key, path);
      if (!starred.empty()) return starred;
    }
    return value_name.empty() ? "(default)" : std::string(value_name);
  }

  std::string target_of(const Location& location, const std::string& command) {
    switch (location.holds) {
      case Holds::kCommand:
      case Holds::kCommands:
        // BootExecute lines name the native program second: "autocheck autochk *".
        if (fold_case(command).starts_with("autocheck ")) {
          return command_target(command.substr(10), environment_);
        }
        return command_target(command, environment_);
      case Holds::kFile:
      case Holds::kFiles:
        return normalise_path(unquoted(command), environment_);
      case Holds::kModule:
      case Holds::kModules: {
        std::string name = unquoted(command);
        const std::string_view last = std::string_view(name).substr(name.find_last_of("\\/") + 1);
        if (last.find('.') == std::string_view::npos) name += ".dll";
        return normalise_path(name, environment_);
      }
      case Holds::kClass:
      case Holds::kKeyClass:
        return is_class_id(command) ? class_target(command) : std::string();
      case Holds::kKeyName:
      case Holds::kSwitch:
        return {};
    }
    return {};
  }

  static std::string unquoted(std::string_view text) {
    if (text.size() >= 2 && text.starts_with('"')) {
      return std::string(text.substr(1, std::min(text.find('"', 1), text.size()) - 1));
    }
    return std::string(text);
  }

  // The DLL of a class, where this hive has the class.
  std::string class_target(const std::string& id) {
    if (identity_.kind != HiveKind::kSoftware) return {};
    auto key = hive_.find("Classes/CLSID/" + id + "/InprocServer32");
    if (!key) return {};
    auto values = (*key)->values();
    if (!values) return {};
    const std::string file = unquoted(text_of(*values, ""));
    return file.empty() ? std::string() : normalise_path(file, environment_);
  }

  // Task Manager's switch for Run entries: an odd first byte means disabled.
  std::optional<bool> approved(Scope scope, const std::string& name) {
    const std::string prefix = scope & (kUserSoftware | kUser32) ? "Software/" : "";
    const std::string path = prefix + "Microsoft/Windows/CurrentVersion/Explorer/StartupApproved/" +
                             (scope & (kMachine32 | kUser32) ? "Run32" : "Run");
    auto cached = approved_.find(path);
    if (cached == approved_.end()) {
      cached = approved_.emplace(path, std::vector<RegistryValue>{}).first;
      if (auto key = hive_.find(path)) {
        if (auto values = (*key)->values()) cached->second = *std::move(values);
      }
    }
    const RegistryValue* state = find_value(cached->second, name);
    if (state == nullptr || state->data.empty()) return std::nullopt;
    return (std::to_integer<unsigned>(state->data[0]) & 1) == 0;
  }

  void damaged(const std::string& path, const Error& error) {
    PersistenceEntry entry;
    entry.location = identity_.mount + (path.empty() ? "" : "\\" + path);
    Record record = entry.to_record();
    record.status = ParseStatus::kCorrupt;
    record.note = error.detail;
    emit_(std::move(record));
  }

  const RegistryHive& hive_;
  const HiveIdentity& identity_;
  const Environment& environment_;
  const RecordEmitter& emit_;
  std::vector<Row> rows_;
  std::map<std::string, std::vector<RegistryValue>> approved_;
};

}  // namespace

void parse_autostart(const RegistryHive& hive, const HiveIdentity& identity,
                     const Environment& environment, const RecordEmitter& emit) {
  HiveReader(hive, identity, environment, emit).run();
}

}  // namespace konseki::windows
