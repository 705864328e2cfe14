#include "agent/match/indicators/record_objects.h"

#include <algorithm>
#include <variant>

#include "agent/base/digest.h"
#include "agent/match/indicators/address_text.h"
#include "agent/match/stix/ip_network.h"

namespace konseki {
namespace {

constexpr std::size_t kMostObjects = 256;  // of one record; lists may be long
constexpr std::size_t kMostText = 64 * 1024;

stix::Value text_value(std::string_view text) {
  return stix::Value::of(std::string(text.substr(0, kMostText)));
}

// "2026-01-02T03:04:05.123456700Z", as STIX writes times.
stix::Value time_value(const Timestamp& time) { return stix::Value::of(time.iso8601()); }

std::optional<stix::Value> to_stix(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text_value(*text);
  if (const auto* number = std::get_if<std::uint64_t>(&value)) {
    return stix::Value::of(static_cast<std::int64_t>(
        std::min<std::uint64_t>(*number, static_cast<std::uint64_t>(INT64_MAX))));
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) return stix::Value::of(*number);
  if (const auto* time = std::get_if<Timestamp>(&value)) return time_value(*time);
  if (const auto* flag = std::get_if<bool>(&value)) {
    stix::Value out;
    out.kind = stix::Value::Kind::kBoolean;
    out.boolean = *flag;
    return out;
  }
  return std::nullopt;
}

// The value of `properties` at a path of keys with dots between them, made where it is not there.
stix::Value& at_path(stix::Value& properties, std::string_view path) {
  stix::Value* at = &properties;
  while (true) {
    const std::size_t dot = path.find('.');
    const std::string_view key = path.substr(0, dot);
    auto found = std::find(at->names.begin(), at->names.end(), key);
    if (found == at->names.end()) {
      at->add(std::string(key),
              dot == std::string_view::npos ? stix::Value() : stix::Value::dictionary());
      at = &at->items.back();
    } else {
      at = &at->items[static_cast<std::size_t>(found - at->names.begin())];
    }
    if (dot == std::string_view::npos) return *at;
    path.remove_prefix(dot + 1);
  }
}

std::string_view type_of(std::string_view label) { return label.substr(0, label.find('#')); }

struct Target {
  std::string_view label;
  std::string_view path;
};
Target target_of(std::string_view object) {
  const std::size_t colon = object.find(':');
  if (colon == std::string_view::npos) return {object, {}};
  return {object.substr(0, colon), object.substr(colon + 1)};
}

bool is_list(std::string_view property) {
  return property.ends_with("_refs") || property == "protocols" ||
         property == "environment_variables";
}

std::string_view address_type(std::string_view text) {
  const auto network = stix::parse_ip_network(text);
  if (!network) return "domain-name";
  return network->is_v6 ? "ipv6-addr" : "ipv4-addr";
}

}  // namespace

stix::ObservedObject& RecordObjects::create(std::string_view type) {
  stix::ObservedObject& made = objects_.emplace_back();
  made.id = std::to_string(objects_.size() - 1);
  made.type = type;
  made.properties = stix::Value::dictionary();
  made.properties.add("type", stix::Value::of(std::string(type)));
  labels_.emplace_back();
  return made;
}

stix::ObservedObject& RecordObjects::object(std::string_view label) {
  const auto found = std::find(labels_.begin(), labels_.end(), label);
  if (found != labels_.end()) return objects_[static_cast<std::size_t>(found - labels_.begin())];
  stix::ObservedObject& made = create(type_of(label));
  labels_.back() = label;
  return made;
}

void RecordObjects::refer(std::string_view object_path, const stix::ObservedObject& target) {
  const auto [label, path] = target_of(object_path);
  if (path.empty()) return;
  stix::Value& reference = at_path(object(label).properties, path);
  if (is_list(path)) {
    reference.kind = stix::Value::Kind::kList;
    reference.items.push_back(stix::Value::of(target.id));
  } else {
    reference = stix::Value::of(target.id);
  }
}

void RecordObjects::set_path(stix::ObservedObject& file, std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  file.properties.add("name", text_value(path.substr(slash + 1)));
  if (slash == std::string_view::npos || slash == 0) return;
  std::string folder(path.substr(0, slash));
  // Windows writes it so, and so do patterns.
  if (folder.size() >= 2 && folder[1] == ':') std::replace(folder.begin(), folder.end(), '/', '\\');
  stix::ObservedObject& made = create("directory");
  made.properties.add("path", text_value(folder));
  file.properties.add("parent_directory_ref", stix::Value::of(made.id));
}

void RecordObjects::put_path(std::string_view object_path, std::string_view path) {
  const auto [label, reference] = target_of(object_path);
  if (reference.empty()) {
    stix::ObservedObject& file = object(label);
    // A second path of the same label is another file.
    set_path(file.properties.find("name") == nullptr ? file : create(type_of(label)), path);
    return;
  }
  stix::ObservedObject& file = create("file");
  refer(object_path, file);
  set_path(file, path);
}

void RecordObjects::put(const FieldMeaning& meaning, const stix::Value& value) {
  if (objects_.size() >= kMostObjects) return;
  const auto [label, path] = target_of(meaning.object);
  switch (meaning.use) {
    case FieldUse::kPath:
    case FieldUse::kPipe:
      if (!value.text.empty()) put_path(meaning.object, value.text);
      return;
    case FieldUse::kAddress:
    case FieldUse::kEmail: {
      if (value.text.empty()) return;
      const bool is_email = meaning.use == FieldUse::kEmail;
      const std::string_view type = is_email ? "email-addr" : address_type(value.text);
      std::string text = value.text;
      if (is_email) {
        if (auto plain = canonical_email(text)) text = *std::move(plain);
      }
      stix::ObservedObject& made = create(type);
      made.properties.add("value", stix::Value::of(std::move(text)));
      if (path.ends_with("_ref") || path.ends_with("_refs")) refer(meaning.object, made);
      return;
    }
    case FieldUse::kUser:
      if (path.ends_with("_ref")) {
        stix::ObservedObject& made = create("user-account");
        made.properties.add("account_login", value);
        refer(meaning.object, made);
        return;
      }
      break;
    case FieldUse::kKey:
      // Persistence names files here too.
      if (!value.text.starts_with("HK")) return;
      break;
    case FieldUse::kValueName: {
      stix::Value entry = stix::Value::dictionary();
      entry.add("name", value);
      stix::Value& list = at_path(object(label).properties, path);
      list.kind = stix::Value::Kind::kList;
      list.items.push_back(std::move(entry));
      return;
    }
    default:
      break;
  }
  if (path.empty()) return;
  stix::Value& property = at_path(object(label).properties, path);
  if (is_list(path)) {
    property.kind = stix::Value::Kind::kList;
    property.items.push_back(value);
  } else {
    property = value;
  }
}

void RecordObjects::add_record(const Record& record,
                               std::span<const FieldMeaning* const> meanings) {
  const auto values = record.values();
  for (std::size_t i = 0; i < meanings.size() && i < values.size(); ++i) {
    if (meanings[i] == nullptr) continue;
    if (const auto* list = std::get_if<std::vector<std::string>>(&values[i])) {
      if (meanings[i]->use == FieldUse::kCommand &&
          record.schema().fields[i].name == "command_line") {
        // Arguments of one command line.
        std::string line;
        for (const std::string& word : *list) line += (line.empty() ? "" : " ") + word;
        put(*meanings[i], text_value(line));
        continue;
      }
      for (const std::string& text : *list) put(*meanings[i], text_value(text));
    } else if (const auto value = to_stix(values[i])) {
      put(*meanings[i], *value);
    }
  }
}

void RecordObjects::add_file(const MatchFile& file) {
  stix::ObservedObject& made = create("file");
  const Entry& entry = file.item.entry;
  made.properties.add("size", stix::Value::of(static_cast<std::int64_t>(file.size)));
  if (entry.times.modified) made.properties.add("mtime", time_value(*entry.times.modified));
  if (entry.times.accessed) made.properties.add("atime", time_value(*entry.times.accessed));
  if (entry.times.created) made.properties.add("ctime", time_value(*entry.times.created));
  if (file.digests != nullptr) {
    stix::Value hashes = stix::Value::dictionary();
    hashes.add("MD5", stix::Value::of(to_hex(file.digests->md5)));
    hashes.add("SHA-1", stix::Value::of(to_hex(file.digests->sha1)));
    hashes.add("SHA-256", stix::Value::of(to_hex(file.digests->sha256)));
    made.properties.add("hashes", std::move(hashes));
  }
  set_path(made, file.address.members.empty() ? std::string_view(file.address.path)
                                              : std::string_view(file.address.members.back()));
}

void RecordObjects::add_value(std::string_view type, std::string_view value) {
  if (objects_.size() >= kMostObjects) return;
  create(type).properties.add("value", text_value(value));
}

stix::Observation RecordObjects::observe(stix::Instant first, stix::Instant last) const {
  stix::Observation out;
  out.first = first;
  out.last = last;
  std::vector<const stix::ObservedObject*> pointers;
  for (const stix::ObservedObject& each : objects_) pointers.push_back(&each);
  out.set_objects(std::move(pointers));
  return out;
}

namespace {

void append_value(const stix::Value& value, std::string& out) {
  if (value.kind == stix::Value::Kind::kText) {
    out += value.text;
    out += '\n';
  }
  for (const stix::Value& item : value.items) append_value(item, out);
}

}  // namespace

void RecordObjects::append_texts(std::string& out) const {
  for (const stix::ObservedObject& each : objects_) append_value(each.properties, out);
}

stix::Instant to_instant(const Timestamp& time) {
  return static_cast<stix::Instant>(time.seconds) * stix::kNanosPerSecond + time.nanoseconds;
}

std::vector<Timestamp> event_times_of(const Record& record) {
  std::vector<Timestamp> out;
  const auto fields = record.schema().fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].timestamp_desc.empty()) continue;
    if (const auto* time = std::get_if<Timestamp>(&record.values()[i])) out.push_back(*time);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace konseki
