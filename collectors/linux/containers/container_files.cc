#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "collectors/linux/containers/container.h"
#include "collectors/linux/containers/rfc3339.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::containers {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxItems = 256;

json parse(std::string_view text) { return json::parse(text, nullptr, /*allow_exceptions=*/false); }

// Every look-up answers null or nothing on a wrong shape, so that hostile JSON is merely empty.
const json& member(const json& object, const char* name) {
  static const json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

std::string text_of(const json& object, const char* name) {
  const json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::vector<std::string> list_of(const json& array) {
  std::vector<std::string> list;
  if (!array.is_array()) return list;
  for (const json& item : array) {
    if (item.is_string() && list.size() < kMaxItems) list.push_back(item.get<std::string>());
  }
  return list;
}

std::optional<bool> flag_of(const json& object, const char* name) {
  const json& value = member(object, name);
  return value.is_boolean() ? std::optional(value.get<bool>()) : std::nullopt;
}

void set_if_empty(std::string& target, std::string value) {
  if (target.empty()) target = std::move(value);
}

// What Docker and containerd grant by default; anything else was asked for.
constexpr auto kUsualCapabilities = std::to_array<std::string_view>(
    {"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW",
     "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE",
     "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE"});

void read_oci_mounts(const json& mounts, Container& container) {
  if (!mounts.is_array()) return;
  for (const json& mount : mounts) {
    const std::string source = text_of(mount, "source");
    if (text_of(mount, "type") != "bind" && !source.starts_with('/')) continue;
    if (container.host_mounts.size() < kMaxItems) {
      container.host_mounts.push_back(source + ":" + text_of(mount, "destination"));
    }
  }
}

// A namespace that the specification does not list is shared with the host.
void read_oci_namespaces(const json& namespaces, Container& container) {
  if (!namespaces.is_array()) return;
  bool pid = false;
  bool network = false;
  for (const json& space : namespaces) {
    const std::string type = text_of(space, "type");
    pid = pid || type == "pid";
    network = network || type == "network";
  }
  container.host_pid = !pid;
  container.host_network = !network;
}

}  // namespace

Container* ContainerMap::at(std::string_view id, std::string_view runtime) {
  if (id.empty()) return nullptr;
  auto found = containers_.find(std::string(id));
  if (found == containers_.end()) {
    if (full()) return nullptr;
    found = containers_.emplace(id, Container{}).first;
    found->second.id = id;
  }
  Container& container = found->second;
  if (container.runtime.empty() || container.runtime == "unknown") container.runtime = runtime;
  return &container;
}

bool read_docker_config(std::string_view text, Container& container) {
  const json config = parse(text);
  if (!config.is_object()) return false;
  std::string name = text_of(config, "Name");
  if (name.starts_with('/')) name.erase(0, 1);
  set_if_empty(container.name, std::move(name));
  set_if_empty(container.image, text_of(member(config, "Config"), "Image"));
  container.created = parse_rfc3339(text_of(config, "Created"));
  const json& state = member(config, "State");
  container.started = parse_rfc3339(text_of(state, "StartedAt"));
  const json& pid = member(state, "Pid");
  if (pid.is_number_unsigned() && pid.get<std::uint64_t>() > 0 &&
      pid.get<std::uint64_t>() <= procfs::kMaxProcessId) {
    container.first_process = pid.get<procfs::ProcessId>();
  }
  container.command = {text_of(config, "Path")};
  for (std::string& argument : list_of(member(config, "Args"))) {
    container.command.push_back(std::move(argument));
  }
  if (container.command.size() == 1 && container.command.front().empty()) container.command.clear();
  return true;
}

bool read_docker_host_config(std::string_view text, Container& container) {
  const json config = parse(text);
  if (!config.is_object()) return false;
  if (const auto privileged = flag_of(config, "Privileged")) container.privileged = privileged;
  container.host_pid = text_of(config, "PidMode") == "host";
  container.host_network = text_of(config, "NetworkMode") == "host";
  container.host_mounts = list_of(member(config, "Binds"));
  container.capabilities_added = list_of(member(config, "CapAdd"));
  return true;
}

bool read_oci_config(std::string_view text, Container& container) {
  const json config = parse(text);
  if (!config.is_object()) return false;
  const json& process = member(config, "process");
  if (container.command.empty()) container.command = list_of(member(process, "args"));
  set_if_empty(container.root, text_of(member(config, "root"), "path"));
  const json& linux_part = member(config, "linux");
  if (!container.host_pid) read_oci_namespaces(member(linux_part, "namespaces"), container);
  if (container.host_mounts.empty()) read_oci_mounts(member(config, "mounts"), container);
  std::vector<std::string> capabilities =
      list_of(member(member(process, "capabilities"), "bounding"));
  const bool all = std::ranges::find(capabilities, "CAP_SYS_ADMIN") != capabilities.end() &&
                   std::ranges::find(capabilities, "CAP_SYS_MODULE") != capabilities.end();
  // What "privileged" amounts to: every capability and no device limits.
  if (!container.privileged) container.privileged = all;
  std::erase_if(capabilities, [](const std::string& capability) {
    return std::ranges::find(kUsualCapabilities, capability) != kUsualCapabilities.end();
  });
  if (container.capabilities_added.empty()) container.capabilities_added = std::move(capabilities);

  const json& notes = member(config, "annotations");
  for (const char* key : {"io.kubernetes.cri.container-name", "io.kubernetes.container.name",
                          "io.kubernetes.cri-o.ContainerName", "nerdctl/name"}) {
    set_if_empty(container.name, text_of(notes, key));
  }
  for (const char* key : {"io.kubernetes.cri.image-name", "io.kubernetes.cri-o.ImageName",
                          "io.kubernetes.cri-o.Image", "org.opencontainers.image.ref.name"}) {
    set_if_empty(container.image, text_of(notes, key));
  }
  const std::string pod = text_of(notes, "io.kubernetes.cri.sandbox-name");
  if (!pod.empty()) {
    container.pod = text_of(notes, "io.kubernetes.cri.sandbox-namespace") + "/" + pod;
  }
  return true;
}

bool read_lxc_config(std::string_view text, Container& container) {
  bool mapped = false;
  while (!text.empty()) {
    std::string_view value = procfs::next_part(text, '\n');
    const auto key = procfs::trim(procfs::next_part(value, '='));
    value = procfs::trim(value);
    if (key == "lxc.idmap" || key == "lxc.id_map") mapped = true;
    if (key == "lxc.rootfs.path" || key == "lxc.rootfs") container.root = value;
    if (key == "lxc.mount.entry" && container.host_mounts.size() < kMaxItems) {
      const auto source = procfs::next_field(value);
      if (source.starts_with('/')) {
        container.host_mounts.push_back(std::string(source) + ":" +
                                        std::string(procfs::next_field(value)));
      }
    }
  }
  // Without mapped ids, root inside is root outside.
  container.privileged = !mapped;
  return true;
}

bool read_storage_list(std::string_view text, std::string_view source, ContainerMap& containers) {
  const json list = parse(text);
  if (!list.is_array()) return false;
  for (const json& item : list) {
    const json metadata = parse(text_of(item, "metadata"));
    const bool of_pod = !text_of(metadata, "pod-id").empty();
    Container* container = containers.at(text_of(item, "id"), of_pod ? "cri-o" : "podman");
    if (container == nullptr) continue;
    const std::vector<std::string> names = list_of(member(item, "names"));
    if (!names.empty()) set_if_empty(container->name, names.front());
    set_if_empty(container->image, text_of(metadata, "image-name"));
    set_if_empty(container->image, text_of(item, "image"));
    if (!container->created) container->created = parse_rfc3339(text_of(item, "created"));
    container->sources.emplace_back(source);
  }
  return true;
}

}  // namespace konseki::containers
