#include "agent/source/bundle/run_record.h"

#include "agent/base/json_view.h"
#include "agent/base/parse_timestamp.h"
#include "agent/bundle/entry_row.h"

namespace konseki {
namespace {

HostFacts host_of(JsonView json) {
  HostFacts host;
  const std::string os = json["os"].text();
  for (OperatingSystem known : {OperatingSystem::kLinux, OperatingSystem::kWindows}) {
    if (os == operating_system_name(known)) host.os = known;
  }
  host.host_id = json["host_id"].text();
  host.hostname = json["hostname"].text();
  host.os_name = json["os_name"].text();
  host.os_version = json["os_version"].text();
  host.kernel = json["kernel"].text();
  host.time_zone = json["time_zone"].text();
  host.domain = json["domain"].text();
  host.system_drive = json["system_drive"].text();
  host.system_root = json["system_root"].text();
  for (JsonItems users(json["users"]); users.next();) {
    const JsonView& user = users.value();
    host.users.push_back(
        {user["name"].text(), user["id"].text(), user["home"].text(), user["shell"].text()});
  }
  return host;
}

VolumeInfo volume_of(JsonView json) {
  VolumeInfo volume;
  volume.mount = json["mount"].text();
  volume.type = json["type"].text();
  volume.label = json["label"].text();
  volume.serial = json["serial"].text();
  volume.offset = json["offset"].unsigned_number();
  volume.size = json["size"].unsigned_number();
  const std::string_view style = json["style"].plain();
  volume.style = style == "windows" ? PathStyle::kWindows
                 : style == "posix" ? PathStyle::kPosix
                                    : guess_path_style(volume.mount, volume.type);
  volume.access_method = "bundle";
  return volume;
}

// Nothing where the run had nothing more to say of the volume.
std::optional<VolumeDetail> detail_of(JsonView json) {
  VolumeDetail detail;
  detail.mount = json["mount"].text();
  detail.encryption = json["encryption"].text();
  detail.snapshots = static_cast<std::uint32_t>(json["snapshots"].unsigned_number());
  detail.snapshot = json["snapshot"].text();
  detail.snapshot_of = json["snapshot_of"].text();
  detail.snapshot_time = parse_timestamp(json["snapshot_created"].plain());
  if (detail.encryption.empty() && detail.snapshots == 0 && detail.snapshot.empty()) return {};
  return detail;
}

}  // namespace

RunRecord parse_run_record(std::string_view json) {
  const JsonView run = json_view(json);
  RunRecord record;
  if (const JsonView host = run["host"]; host.kind == JsonKind::kObject) {
    record.host = host_of(host);
  }
  for (JsonItems volumes(run["volumes"]); volumes.next();) {
    record.volumes.push_back(volume_of(volumes.value()));
    if (auto detail = detail_of(volumes.value())) record.details.push_back(*std::move(detail));
  }
  for (JsonItems items(run["unreadable"]); items.next();) {
    const JsonView& item = items.value();
    record.unreadable.push_back({item["name"].text(),
                                 item["type"].text(),
                                 item["offset"].unsigned_number(),
                                 item["size"].unsigned_number(),
                                 item["detail"].text(),
                                 {item["advice"]["en"].text(), item["advice"]["ja"].text()}});
  }
  return record;
}

}  // namespace konseki
