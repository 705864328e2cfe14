#include "agent/cli/run_description.h"

#include "agent/base/json_writer.h"
#include "agent/pipeline/clock_json.h"

namespace konseki {
namespace {

void text_unless_empty(JsonWriter& json, std::string_view key, std::string_view value) {
  if (!value.empty()) json.field(key, value);
}

void write_host(JsonWriter& json, const HostFacts& host) {
  json.begin_object();
  json.field("os", operating_system_name(host.os));
  text_unless_empty(json, "host_id", host.host_id);
  text_unless_empty(json, "hostname", host.hostname);
  text_unless_empty(json, "os_name", host.os_name);
  text_unless_empty(json, "os_version", host.os_version);
  text_unless_empty(json, "kernel", host.kernel);
  text_unless_empty(json, "time_zone", host.time_zone);
  text_unless_empty(json, "domain", host.domain);
  text_unless_empty(json, "system_drive", host.system_drive);
  text_unless_empty(json, "system_root", host.system_root);
  json.key("users");
  json.begin_array();
  for (const HostUser& user : host.users) {
    json.begin_object();
    json.field("name", std::string_view(user.name));
    text_unless_empty(json, "id", user.id);
    text_unless_empty(json, "home", user.home);
    text_unless_empty(json, "shell", user.shell);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_volumes(JsonWriter& json, Source& source) {
  json.key("volumes");
  json.begin_array();
  for (const auto& file_system : source.file_systems()) {
    const VolumeInfo& volume = file_system->info();
    json.begin_object();
    json.field("mount", std::string_view(volume.mount));
    json.field("style", volume.style == PathStyle::kWindows ? "windows" : "posix");
    json.field("type", std::string_view(volume.type));
    text_unless_empty(json, "label", volume.label);
    text_unless_empty(json, "serial", volume.serial);
    json.field("offset", volume.offset);
    json.field("size", volume.size);
    json.field("access_method", std::string_view(volume.access_method));
    if (const VolumeDetail* detail = find_detail(source.details(), volume.mount)) {
      text_unless_empty(json, "encryption", detail->encryption);
      if (detail->snapshots != 0) json.field("snapshots", std::uint64_t{detail->snapshots});
      text_unless_empty(json, "snapshot", detail->snapshot);
      text_unless_empty(json, "snapshot_of", detail->snapshot_of);
      if (detail->snapshot_time) json.field("snapshot_created", *detail->snapshot_time);
    }
    json.end_object();
  }
  json.end_array();
}

void write_unreadable(JsonWriter& json, const Source& source) {
  json.key("unreadable");
  json.begin_array();
  for (const UnreadableVolume& volume : source.unreadable()) {
    json.begin_object();
    json.field("name", std::string_view(volume.name));
    json.field("type", std::string_view(volume.type));
    json.field("offset", volume.offset);
    json.field("size", volume.size);
    text_unless_empty(json, "detail", volume.detail);
    json.key("advice");
    json.begin_object();
    json.field("en", std::string_view(volume.advice.en));
    json.field("ja", std::string_view(volume.advice.ja));
    json.end_object();
    json.end_object();
  }
  json.end_array();
}

void write_limits(JsonWriter& json, const Limits& limits) {
  json.key("limits");
  json.begin_object();
  json.field("max_file_size", limits.max_file_size);
  if (limits.max_total_size) json.field("max_total_size", *limits.max_total_size);
  if (limits.max_time) json.field("max_time_seconds", std::int64_t{limits.max_time->count()});
  json.field("max_memory", limits.max_memory);
  json.field("workers", std::uint64_t{limits.workers});
  json.field("cpu_percent", std::uint64_t{limits.cpu_percent});
  json.end_object();
}

}  // namespace

std::string run_json(const RunDescription& run, Source& source) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("tool", "konseki");
  json.field("version", KONSEKI_VERSION);
  text_unless_empty(json, "executable_sha256", run.executable_sha256);
  json.key("arguments");
  json.begin_array();
  for (const std::string& argument : run.arguments) json.text(argument);
  json.end_array();
  json.key("case");
  json.begin_object();
  for (const std::string_view key : kCaseKeys) {
    auto value = run.case_fields.find(std::string(key));
    if (value != run.case_fields.end()) json.field(key, std::string_view(value->second));
  }
  json.end_object();
  json.field("run_id", std::string_view(run.run_id));
  json.key("host");
  write_host(json, run.host);
  json.key("source");
  json.begin_object();
  json.field("kind", source_kind_name(source.info().kind));
  json.field("location", std::string_view(source.info().location));
  json.field("format", std::string_view(source.info().format));
  json.field("size", source.info().size);
  json.end_object();
  json.field("profile", std::string_view(run.profile));
  json.field("started", run.started);
  if (run.clock) {
    json.key("clock");
    write_clock(json, *run.clock, run.clock_reference);
  }
  json.field("privileged", run.privileged);
  json.field("output_on_source", run.output_on_source);
  json.field("commands", run.commands);
  json.field("scan_processes", run.scan_processes);
  write_volumes(json, source);
  write_unreadable(json, source);
  json.field("definitions", std::uint64_t{run.definition_count});
  write_limits(json, run.limits);
  if (run.signing_key) {
    json.key("signing");
    json.begin_object();
    json.field("format", "minisign");
    json.field("public_key", std::string_view(run.signing_key->text()));
    json.field("key_id", std::string_view(run.signing_key->id_text()));
    json.field("origin", run.own_signing_key ? "given" : "run");
    json.end_object();
  }
  json.end_object();
  out += '\n';
  return out;
}

}  // namespace konseki
