#include "tests/support/golden_facts.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/json_time.h"

namespace konseki::testing {
namespace {

using nlohmann::json;

std::string text_or_empty(const json& object, const char* key) { return object.value(key, ""); }

HostFacts default_host(const GoldenEvidence& evidence) {
  HostFacts host;
  const VolumeInfo& volume = evidence.volumes.front()->info();
  if (volume.style == PathStyle::kWindows) {
    host.os = OperatingSystem::kWindows;
    host.system_drive = volume.mount;
    host.system_root = volume.mount + "/Windows";
  } else {
    host.os = OperatingSystem::kLinux;
  }
  return host;
}

void apply_host(const json& facts, HostFacts& host) {
  host.host_id = text_or_empty(facts, "host_id");
  host.hostname = text_or_empty(facts, "hostname");
  host.os_name = text_or_empty(facts, "os_name");
  host.os_version = text_or_empty(facts, "os_version");
  host.time_zone = text_or_empty(facts, "time_zone");
  host.system_drive = facts.value("system_drive", host.system_drive);
  host.system_root = facts.value("system_root", host.system_root);
  for (const json& user : facts.value("users", json::array())) {
    host.users.push_back({text_or_empty(user, "name"), text_or_empty(user, "id"),
                          text_or_empty(user, "home"), text_or_empty(user, "shell")});
  }
}

void apply_options(const json& options, CollectorContext& context) {
  context.include_environment = options.value("include_environment", false);
  for (const json& pattern : options.value("registry_patterns", json::array())) {
    context.registry_patterns.push_back({text_or_empty(pattern, "artifact"),
                                         text_or_empty(pattern, "key"),
                                         text_or_empty(pattern, "value")});
  }
}

void apply_times(const json& facts, const char* key, std::optional<Timestamp>& time) {
  if (!facts.contains(key)) return;
  const json& value = facts.at(key);
  time.reset();
  if (!value.is_null()) time = parse_iso8601(value.get<std::string>());
}

void apply_entry(const json& facts, Entry& entry) {
  apply_times(facts, "modified", entry.times.modified);
  apply_times(facts, "accessed", entry.times.accessed);
  apply_times(facts, "changed", entry.times.changed);
  apply_times(facts, "created", entry.times.created);
  entry.uid = facts.value("uid", entry.uid);
  entry.gid = facts.value("gid", entry.gid);
  entry.owner = facts.value("owner", entry.owner);
  entry.attributes = facts.value("attributes", entry.attributes);
  if (facts.contains("mode")) {
    entry.mode =
        static_cast<std::uint32_t>(std::stoul(facts.at("mode").get<std::string>(), nullptr, 8));
  }
  if (facts.value("deleted", false)) entry.allocation = Allocation::kDeleted;
  entry.cloud_placeholder = facts.value("cloud_placeholder", false);
}

// `path` is a display path. Answers the volume and the path inside it.
std::pair<MemoryFileSystem*, std::string> locate(const GoldenEvidence& evidence,
                                                 const std::string& path) {
  for (const auto& volume : evidence.volumes) {
    const std::string prefix = volume->info().mount + "/";
    if (path.starts_with(prefix)) return {volume.get(), path.substr(prefix.size())};
  }
  return {nullptr, path};
}

Result<void> apply_facts(const json& facts, GoldenEvidence& evidence) {
  for (const auto& [path, fact] : facts.items()) {
    const auto [volume, inside] = locate(evidence, path);
    Entry* entry = volume == nullptr ? nullptr : volume->find(inside);
    if (entry == nullptr) return fail(ErrorCode::kInvalidArgument, "facts.json: no file " + path);
    apply_entry(fact, *entry);
    if (fact.contains("artifacts")) {
      evidence.artifacts[path] = fact.at("artifacts").get<std::vector<std::string>>();
    }
    const json streams = fact.value("streams", json::object());
    for (const auto& [name, content] : streams.items()) {
      volume->add_stream(inside, name, content.get<std::string>());
    }
  }
  return {};
}

}  // namespace

Result<void> apply_golden_facts(const std::string& folder, GoldenEvidence& evidence) {
  const auto file = [&](const char* name) {
    const std::string path = (std::filesystem::path(folder) / name).string();
    return std::filesystem::exists(path) ? read_text_file(path) : std::string("{}");
  };
  try {
    evidence.context.host = default_host(evidence);
    apply_host(json::parse(file("host.json")), evidence.context.host);
    apply_options(json::parse(file("options.json")), evidence.context);
    evidence.live = file("live.json");
    return apply_facts(json::parse(file("facts.json")), evidence);
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInvalidArgument, folder + ": " + error.what());
  }
}

}  // namespace konseki::testing
