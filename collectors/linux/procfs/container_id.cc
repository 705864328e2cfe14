#include "collectors/linux/procfs/container_id.h"

#include <algorithm>
#include <array>

#include "collectors/linux/procfs/text.h"

namespace konseki::procfs {
namespace {

constexpr std::size_t kIdDigits = 64;

bool is_id(std::string_view text) {
  return text.size() == kIdDigits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

struct Prefix {
  std::string_view text;
  std::string_view runtime;
};

// Scope names of the systemd cgroup driver: PREFIX-ID.scope.
constexpr std::array<Prefix, 5> kScopePrefixes{{{"docker-", "docker"},
                                                {"cri-containerd-", "containerd"},
                                                {"nerdctl-", "containerd"},
                                                {"crio-", "cri-o"},
                                                {"libpod-", "podman"}}};

// "kubepods-besteffort-pod1234_5678.slice" or "pod1234-5678": the uid with '-' between its parts.
std::string pod_of(std::string_view part) {
  const auto at = part.rfind("pod");
  if (at == std::string_view::npos) return {};
  std::string uid(part.substr(at + 3));
  if (uid.ends_with(".slice")) uid.resize(uid.size() - 6);
  std::ranges::replace(uid, '_', '-');
  constexpr std::size_t kUidLength = 36;
  return uid.size() == kUidLength ? uid : std::string();
}

void look_at_part(std::string_view before, std::string_view part, bool kubernetes,
                  ContainerId& found) {
  if (is_id(part)) {
    // The cgroupfs driver: /docker/ID, /kubepods/burstable/podUID/ID, /libpod_parent/libpod-ID.
    found.runtime = before == "docker" ? "docker" : kubernetes ? "containerd" : "unknown";
    found.id = part;
    return;
  }
  auto name = part;
  if (name.ends_with(".scope")) name.remove_suffix(6);
  for (const auto& prefix : kScopePrefixes) {
    if (name.starts_with(prefix.text) && is_id(name.substr(prefix.text.size()))) {
      found.runtime = prefix.runtime;
      found.id = name.substr(prefix.text.size());
      return;
    }
  }
  // containerd without a driver prefix: "namespace:prefix:ID".
  if (const auto colon = name.rfind(':'); colon != std::string_view::npos) {
    if (is_id(name.substr(colon + 1))) {
      found.runtime = "containerd";
      found.id = name.substr(colon + 1);
      return;
    }
  }
  constexpr std::string_view kLxcPayload = "lxc.payload.";
  if (part.starts_with(kLxcPayload) && part.size() > kLxcPayload.size()) {
    found.runtime = "lxc";
    found.id = part.substr(kLxcPayload.size());
  } else if (before == "lxc" || before == "lxc.payload") {
    found.runtime = "lxc";
    found.id = part;
  } else if (before == "machine.slice" && part.starts_with("systemd-nspawn@")) {
    found.runtime = "nspawn";
    found.id = part.substr(15, part.ends_with(".service") ? part.size() - 23 : part.npos);
  } else if (before == "machine.slice" && part.starts_with("machine-") &&
             part.ends_with(".scope") && !part.starts_with("machine-qemu")) {
    found.runtime = "nspawn";
    found.id = part.substr(8, part.size() - 14);
  }
}

}  // namespace

ContainerId container_id_from_cgroup(std::string_view cgroup) {
  ContainerId found;
  while (!cgroup.empty()) {
    std::string_view line = next_part(cgroup, '\n');
    next_part(line, ':');  // hierarchy
    next_part(line, ':');  // controllers
    const bool kubernetes = line.find("kubepods") != std::string_view::npos;
    std::string_view before;
    ContainerId here;
    while (!line.empty()) {
      const auto part = next_part(line, '/');
      if (part.empty()) continue;
      if (kubernetes && here.pod.empty()) here.pod = pod_of(part);
      if (here.id.empty()) look_at_part(before, part, kubernetes, here);
      before = part;
    }
    if (!here.id.empty()) return here;
    if (found.pod.empty()) found.pod = here.pod;
  }
  return found;
}

std::string main_cgroup(std::string_view cgroup) {
  std::string_view first;
  std::string_view systemd;
  while (!cgroup.empty()) {
    std::string_view line = next_part(cgroup, '\n');
    const auto hierarchy = next_part(line, ':');
    const auto controllers = next_part(line, ':');
    if (hierarchy.empty()) continue;
    // An empty unified hierarchy beside version 1 says nothing; prefer a path that does.
    if (hierarchy == "0" && line != "/") return std::string(line);
    if (controllers == "name=systemd") systemd = line;
    if (first.empty()) first = line;
  }
  return std::string(systemd.empty() ? first : systemd);
}

}  // namespace konseki::procfs
