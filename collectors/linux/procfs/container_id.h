// Which container a process belongs to, as its cgroup path tells.
#pragma once

#include <string>
#include <string_view>

namespace konseki::procfs {

// `id` is empty outside containers. It is the runtime's: 64 hex digits for Docker, containerd,
// CRI-O and Podman, the container's name for LXC and systemd-nspawn.
struct ContainerId {
  std::string runtime;  // docker, containerd, cri-o, podman, lxc, nspawn; "unknown"
  std::string id;
  std::string pod;  // Kubernetes pod uid
};

// `cgroup` is the text of /proc/PID/cgroup, versions 1 and 2. The names are conventions of the
// runtimes (systemd and cgroupfs drivers both); whoever may create cgroups can imitate them.
ContainerId container_id_from_cgroup(std::string_view cgroup);

// The path of the unified (version 2) hierarchy, else of the systemd one, else the first.
std::string main_cgroup(std::string_view cgroup);

}  // namespace konseki::procfs
