#include "collectors/windows/registry/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"
#include "collectors/windows/base/key_match.h"
#include "collectors/windows/base/registry_text.h"

namespace konseki::windows {
namespace {

constexpr std::size_t kMaxData = 64U << 10;  // bytes of one value that a record carries

constexpr auto kFields = std::to_array<FieldSpec>({
    {"key", FieldType::kText, "Full key, as Windows mounts it"},
    {"value", FieldType::kText,
     "Name of the value; empty is the default value; absent: a key alone"},
    {"type", FieldType::kText, "REG_SZ, REG_DWORD, ..."},
    {"text", FieldType::kText, "Data of string types, numbers in decimal"},
    {"texts", FieldType::kTextList, "Data of REG_MULTI_SZ"},
    {"data", FieldType::kBytes, "Data of all other types"},
    {"data_size", FieldType::kUint, "Size of the data in bytes"},
    {"last_written", FieldType::kTime, "Last write of the key", "Content Modification Time"},
    {"artifacts", FieldType::kTextList, "Definitions that asked for it"},
});

// The mount points under which definitions may speak of a hive, folded, '/' separated.
std::vector<std::string> mounts_of(const HiveIdentity& identity) {
  switch (identity.kind) {
    case HiveKind::kSoftware:
      return {"hkey_local_machine/software"};
    case HiveKind::kSystem:
      return {"hkey_local_machine/system"};
    case HiveKind::kSam:
      return {"hkey_local_machine/sam"};
    case HiveKind::kSecurity:
      return {"hkey_local_machine/security"};
    case HiveKind::kComponents:
      return {"hkey_local_machine/components"};
    case HiveKind::kDrivers:
      return {"hkey_local_machine/drivers"};
    case HiveKind::kBcd:
      return {"hkey_local_machine/bcd00000000"};
    case HiveKind::kAmcache:
      return {"amcache"};
    case HiveKind::kUser:
    case HiveKind::kUserClasses:
    case HiveKind::kNone:
      return {};
  }
  return {};
}

// Takes `head` (folded) and the slash after it off the front of `path`.
bool take_folded(std::string_view& path, std::string_view head) {
  if (path.size() < head.size() || fold_case(path.substr(0, head.size())) != head) return false;
  if (path.size() > head.size() && path[head.size()] != '/') return false;
  path.remove_prefix(std::min(path.size(), head.size() + 1));
  return true;
}

std::string_view take_segment(std::string_view& path) {
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(path.size(), segment.size() + 1));
  return segment;
}

// True when the segment after HKEY_USERS may mean the owner of the hive.
bool means_owner(std::string_view segment, const HiveIdentity& identity) {
  const std::string folded = fold_case(segment);
  if (identity.mount == "HKEY_USERS\\.DEFAULT" && folded == ".default") return true;
  if (identity.sid.empty()) return folded == "*" || folded.starts_with("s-1-5-21-");
  return glob_matches(folded, fold_case(identity.sid));
}

std::vector<std::string> user_keys(std::string_view rest, const HiveIdentity& identity) {
  const std::string segment(take_segment(rest));
  const std::string folded = fold_case(segment);
  if (identity.kind == HiveKind::kUser) {
    if (!means_owner(segment, identity)) return {};
    return {std::string(rest)};
  }
  // Classes of a user have a mount of their own, and show in the user's hive as well.
  if (folded.ends_with("_classes")) {
    if (!means_owner(segment.substr(0, segment.size() - 8), identity)) return {};
    return {std::string(rest)};
  }
  if (means_owner(segment, identity) && take_folded(rest, "software/classes")) {
    return {std::string(rest)};
  }
  return {};
}

// What one pattern wants of the keys that its KeyPattern matches.
struct Wish {
  const RegistryPattern* pattern;
  std::string folded_value;
};

std::vector<std::string> names_of(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

void set_data(Record& record, const RegistryValue& value) {
  record.set("value", value.name);
  record.set("type", registry_type_name(value.type));
  record.set("data_size", static_cast<std::uint64_t>(value.data.size()));
  const bool textual = value.type == RegistryType::kSz || value.type == RegistryType::kExpandSz ||
                       value.type == RegistryType::kLink;
  if (value.data.size() > kMaxData) {
    record.status = ParseStatus::kPartial;
    record.note = fmt::format("the first {} of {} bytes of data", kMaxData, value.data.size());
    record.set("data", Bytes(value.data.begin(), value.data.begin() + kMaxData));
  } else if (value.type == RegistryType::kMultiSz) {
    record.set("texts", value.texts());
  } else if (textual || value.integer()) {
    record.set("text", value_text(value));
  } else {
    record.set("data", value.data);
  }
}

}  // namespace

const RecordSchema kRegistryValueSchema{
    "windows.registry_value", "Registry values that artifact definitions ask for", kFields};

std::vector<std::string> keys_in_hive(std::string_view full_key, const HiveIdentity& identity,
                                      std::string_view control_set) {
  for (const std::string& mount : mounts_of(identity)) {
    std::string_view rest = full_key;
    if (!take_folded(rest, mount)) continue;
    if (identity.kind == HiveKind::kSystem && take_folded(rest, "currentcontrolset")) {
      std::string key(control_set);
      if (!rest.empty()) key.append("/").append(rest);
      return {key};
    }
    return {std::string(rest)};
  }
  std::string_view rest = full_key;
  if (take_folded(rest, "hkey_classes_root")) {
    if (identity.kind == HiveKind::kUserClasses) return {std::string(rest)};
    if (identity.kind == HiveKind::kSoftware) return {"Classes/" + std::string(rest)};
    return {};
  }
  const bool user_hive =
      identity.kind == HiveKind::kUser || identity.kind == HiveKind::kUserClasses;
  if (user_hive && take_folded(rest, "hkey_users")) return user_keys(rest, identity);
  return {};
}

void resolve_patterns(const RegistryHive& hive, const HiveIdentity& identity,
                      std::span<const RegistryPattern> patterns, const RecordEmitter& emit) {
  const std::string control_set =
      identity.kind == HiveKind::kSystem ? current_control_set(hive) : std::string();
  std::vector<KeyPattern> keys;
  std::vector<Wish> wishes;
  for (const RegistryPattern& pattern : patterns) {
    for (const std::string& key : keys_in_hive(pattern.key, identity, control_set)) {
      keys.emplace_back(key);
      wishes.push_back({&pattern, fold_case(pattern.value)});
    }
  }
  if (keys.empty()) return;

  const auto full_key = [&](const std::string& path) {
    return path.empty() ? identity.mount : identity.mount + "\\" + path;
  };
  const KeyDamageHandler damaged = [&](const std::string& path, const Error& error) {
    Record record(kRegistryValueSchema);
    record.set("key", full_key(path));
    record.status = ParseStatus::kCorrupt;
    record.note = error.detail;
    emit(std::move(record));
  };
  const KeyVisitor visit = [&](const RegistryKey& key, const std::string& path,
                               std::span<const std::size_t> matched) {
    std::size_t unread = 0;
    auto values = key.values(&unread);
    if (!values) return damaged(path, values.error());
    if (unread > 0) {
      damaged(path, {ErrorCode::kCorrupt, fmt::format("{} values could not be read", unread), {}});
    }
    Record row(kRegistryValueSchema);
    row.set("key", full_key(path));
    row.set("last_written", key.last_written());
    for (const RegistryValue& value : *values) {
      std::vector<std::string> artifacts;
      for (std::size_t i : matched) {
        const bool wanted = wishes[i].pattern->value.empty() ||
                            glob_matches(wishes[i].folded_value, fold_case(value.name));
        if (wanted) artifacts.push_back(wishes[i].pattern->artifact);
      }
      if (artifacts.empty()) continue;
      Record record = row;
      set_data(record, value);
      record.set("artifacts", names_of(std::move(artifacts)));
      emit(std::move(record));
    }
    if (!values->empty()) return;
    std::vector<std::string> artifacts;
    for (std::size_t i : matched) {
      if (wishes[i].pattern->value.empty()) artifacts.push_back(wishes[i].pattern->artifact);
    }
    if (artifacts.empty()) return;
    row.set("artifacts", names_of(std::move(artifacts)));
    emit(std::move(row));
  };

  auto root = hive.root();
  if (!root) return damaged("", root.error());
  match_keys(**root, keys, visit, damaged);
}

}  // namespace konseki::windows
