// Container: what the runtimes' files and the control groups together say of one container.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/linux/procfs/process_id.h"
#include "konseki/time.h"

namespace konseki::containers {

struct Container {
  std::string runtime;
  std::string id;
  std::string name;
  std::string image;
  std::optional<Timestamp> created;
  std::optional<Timestamp> started;
  std::vector<std::string> command;
  std::optional<procfs::ProcessId> first_process;
  std::uint64_t processes = 0;
  std::vector<procfs::ProcessId> pids;
  std::string pod;
  std::optional<bool> privileged;
  std::optional<bool> host_pid;
  std::optional<bool> host_network;
  std::vector<std::string> host_mounts;
  std::vector<std::string> capabilities_added;
  std::string root;
  std::vector<std::string> sources;
};

// By id. A container is one entry, however many files speak of it.
class ContainerMap {
 public:
  static constexpr std::size_t kMaxContainers = 100'000;

  // The container of that id, new or known; a more telling runtime replaces "unknown". Null when
  // the map is full.
  Container* at(std::string_view id, std::string_view runtime);
  const std::map<std::string, Container>& all() const { return containers_; }
  bool full() const { return containers_.size() >= kMaxContainers; }

 private:
  std::map<std::string, Container> containers_;
};

// Each merges one file into `container`; text that is not of the form changes nothing and answers
// false. None throws.
bool read_docker_config(std::string_view json, Container& container);       // config.v2.json
bool read_docker_host_config(std::string_view json, Container& container);  // hostconfig.json
bool read_oci_config(std::string_view json, Container& container);  // config.json, OCI runtime spec
bool read_lxc_config(std::string_view text, Container& container);  // lxc.container.conf(5)
// Podman's and CRI-O's containers.json holds many.
bool read_storage_list(std::string_view json, std::string_view source, ContainerMap& containers);

}  // namespace konseki::containers
