// The collector linux.containers.
#include <algorithm>
#include <array>
#include <functional>
#include <memory>

#include "agent/base/parse_number.h"
#include "collectors/linux/containers/container.h"
#include "collectors/linux/containers/container_schema.h"
#include "collectors/linux/procfs/container_id.h"
#include "collectors/linux/procfs/gap_tally.h"
#include "collectors/linux/procfs/mount_table.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/record_fields.h"
#include "collectors/linux/procfs/state_file.h"
#include "collectors/linux/procfs/text.h"
#include "konseki/collector.h"

namespace konseki {
namespace {

using containers::Container;
using containers::ContainerMap;
using procfs::ProcessId;

constexpr std::array<const RecordSchema*, 1> kSchemas{&kLinuxContainerSchema};

constexpr std::size_t kMaxConfig = 4 * 1024 * 1024;
constexpr std::size_t kMaxStorageList = 8 * 1024 * 1024;
// Of everything kept about all containers together.
constexpr std::size_t kMaxKept = 64 * 1024 * 1024;
constexpr std::size_t kMaxPids = 256;

// One look at every place where runtimes keep their state.
class Search {
 public:
  Search(FileSystem& kernel, procfs::GapTally& gaps)
      : kernel_(kernel), gaps_(gaps), mounts_(procfs::MountTable::read(kernel)) {}

  void docker(const std::string& folder);
  // A folder of <id>/config.json, the OCI runtime specification.
  void oci(const std::string& folder, std::string_view runtime);
  void containerd(const std::string& folder);
  void storage(const std::string& folder);
  void lxc(const std::string& folder);
  void machines(const std::string& folder);
  void processes();

  const ContainerMap& found() const { return found_; }

 private:
  // The real folder that `folder` leads to; absent, with the reason counted, when it cannot be or
  // should not be looked at.
  std::optional<std::string> real_folder(const std::string& folder);
  void each_folder(const std::string& folder, const std::function<void(const Entry&)>& visit);
  std::optional<std::string> read(const std::string& path, std::size_t limit = kMaxConfig);
  // Merges the file into the container when it can be read and is of its form.
  template <class Read>
  void merge(const std::string& path, Container& container, Read read_file);

  FileSystem& kernel_;
  procfs::GapTally& gaps_;
  procfs::MountTable mounts_;
  ContainerMap found_;
  std::size_t kept_ = 0;  // bytes of text in found_
};

std::size_t text_bytes(const Container& container) {
  std::size_t bytes =
      container.name.size() + container.image.size() + container.root.size() + container.pod.size();
  for (const auto* list : {&container.command, &container.host_mounts,
                           &container.capabilities_added, &container.sources}) {
    for (const std::string& text : *list) bytes += text.size() + sizeof(std::string);
  }
  return bytes;
}

std::optional<std::string> Search::real_folder(const std::string& folder) {
  auto safe = [&](const std::string& path) {
    if (mounts_.safe_to_touch("/" + path)) return true;
    gaps_.add(
        "/" + folder, "/" + path,
        Error{ErrorCode::kUnsupported, "/" + path + " lies on a network or automatic mount", {}});
    return false;
  };
  if (!safe(folder)) return std::nullopt;
  // State folders are often moved to a larger volume, with a link left in their place.
  auto real = procfs::resolve_links(kernel_, folder);
  if (!real) {
    gaps_.add("container folders", "/" + folder, real.error());
    return std::nullopt;
  }
  if (!safe(real->path)) return std::nullopt;
  return std::move(real->path);
}

void Search::each_folder(const std::string& folder,
                         const std::function<void(const Entry&)>& visit) {
  const auto real = real_folder(folder);
  if (!real) return;
  const auto listed = kernel_.list(*real, [&](const Entry& entry) {
    if (entry.type == FileType::kDirectory) visit(entry);
    return WalkAction::kContinue;
  });
  if (!listed) gaps_.add("container folders", "/" + folder, listed.error());
}

std::optional<std::string> Search::read(const std::string& path, std::size_t limit) {
  auto file = procfs::read_regular_file(kernel_, path, limit);
  if (!file) {
    gaps_.add("container files", "/" + path, file.error());
    return std::nullopt;
  }
  if (file->cut) {
    gaps_.add("container files", "/" + path,
              Error{ErrorCode::kLimitExceeded, "over " + std::to_string(limit) + " bytes", {}});
    return std::nullopt;
  }
  return std::move(file->text);
}

template <class Read>
void Search::merge(const std::string& path, Container& container, Read read_file) {
  if (kept_ > kMaxKept) {
    gaps_.add("container files", "/" + path,
              Error{ErrorCode::kLimitExceeded, "/" + path + " was left out", {}});
    return;
  }
  const auto text = read(path);
  if (!text) return;
  const std::size_t before = text_bytes(container);
  if (read_file(*text, container)) {
    container.sources.push_back("/" + path);
    kept_ += text_bytes(container) - std::min(before, text_bytes(container));
  } else {
    gaps_.add("container files", "/" + path, Error{ErrorCode::kCorrupt, "/" + path, {}});
  }
}

void Search::docker(const std::string& folder) {
  each_folder(folder, [&](const Entry& entry) {
    Container* container = found_.at(entry.name(), "docker");
    if (container == nullptr) return;
    container->sources.push_back("/" + entry.path);
    merge(entry.path + "/config.v2.json", *container, containers::read_docker_config);
    merge(entry.path + "/hostconfig.json", *container, containers::read_docker_host_config);
  });
}

void Search::oci(const std::string& folder, std::string_view runtime) {
  each_folder(folder, [&](const Entry& entry) {
    Container* container = found_.at(entry.name(), runtime);
    if (container == nullptr) return;
    merge(entry.path + "/config.json", *container, containers::read_oci_config);
    if (const auto pid = procfs::read_regular_file(kernel_, entry.path + "/init.pid", 64)) {
      container->first_process = parse_number<ProcessId>(procfs::trim(pid->text));
    }
  });
}

// One folder a containerd namespace: "moby" (Docker's), "k8s.io", "default".
void Search::containerd(const std::string& folder) {
  each_folder(folder, [&](const Entry& entry) {
    oci(entry.path, entry.name() == "moby" ? "docker" : "containerd");
  });
}

void Search::storage(const std::string& folder) {
  const auto real = real_folder(folder + "/overlay-containers");
  if (!real) return;
  const std::string path = *real + "/containers.json";
  if (const auto text = read(path, kMaxStorageList)) {
    if (!containers::read_storage_list(*text, "/" + path, found_)) {
      gaps_.add("container files", "/" + path, Error{ErrorCode::kCorrupt, "/" + path, {}});
    }
  }
  each_folder(*real, [&](const Entry& entry) {
    Container* container = found_.at(entry.name(), "podman");
    if (container == nullptr) return;
    merge(entry.path + "/userdata/config.json", *container, containers::read_oci_config);
  });
}

void Search::lxc(const std::string& folder) {
  each_folder(folder, [&](const Entry& entry) {
    Container* container = found_.at(entry.name(), "lxc");
    if (container == nullptr) return;
    container->name = entry.name();
    merge(entry.path + "/config", *container, containers::read_lxc_config);
  });
}

// systemd-machined: containers of nspawn and others that register with it.
void Search::machines(const std::string& folder) {
  const auto listed = kernel_.list(folder, [&](const Entry& entry) {
    if (entry.type != FileType::kRegular) return WalkAction::kContinue;
    const auto text = read(entry.path);
    if (!text) return WalkAction::kContinue;
    auto values = procfs::parse_state_file(*text);
    if (values["CLASS"] != "container") return WalkAction::kContinue;
    Container* container = found_.at(entry.name(), "nspawn");
    if (container == nullptr) return WalkAction::kContinue;
    container->name = values["NAME"];
    container->root = values["ROOT"];
    container->first_process = parse_number<ProcessId>(values["LEADER"]);
    if (const auto started = parse_number<std::int64_t>(values["REALTIME"])) {
      container->started = Timestamp::from_unix_microseconds(*started);
    }
    container->sources.push_back("/" + entry.path);
    return WalkAction::kContinue;
  });
  if (!listed) gaps_.add("container folders", "/" + folder, listed.error());
}

void Search::processes() {
  const auto ids = procfs::list_process_ids(kernel_);
  if (!ids) {
    gaps_.add("/proc", "/proc", ids.error());
    return;
  }
  for (const ProcessId pid : *ids) {
    const auto text = procfs::read_pseudo_file(kernel_, procfs::process_path(pid, "cgroup"));
    if (!text) continue;
    const auto id = procfs::container_id_from_cgroup(text->text);
    Container* container = found_.at(id.id, id.runtime);
    if (container == nullptr) continue;
    if (container->processes++ == 0) {
      container->sources.push_back(procfs::main_cgroup(text->text));
      if (!container->first_process) container->first_process = pid;
    }
    if (container->pids.size() < kMaxPids) container->pids.push_back(pid);
    if (container->pod.empty()) container->pod = id.pod;
  }
}

Record record_of(const Container& container) {
  Record record(kLinuxContainerSchema);
  record.source.path = container.sources.empty() ? "/proc" : container.sources.front();
  record.set("runtime", container.runtime);
  record.set("id", container.id);
  procfs::set_text(record, "name", container.name);
  procfs::set_text(record, "image", container.image);
  record.set("running", container.processes > 0);
  if (container.created) record.set("created", *container.created);
  if (container.started) record.set("started", *container.started);
  procfs::set_list(record, "command", container.command);
  procfs::set_uint(record, "pid", container.first_process);
  record.set("processes", container.processes);
  std::vector<std::string> pids;
  for (const ProcessId pid : container.pids) pids.push_back(std::to_string(pid));
  procfs::set_list(record, "pids", std::move(pids));
  procfs::set_text(record, "pod", container.pod);
  if (container.privileged) record.set("privileged", *container.privileged);
  if (container.host_pid) record.set("host_pid", *container.host_pid);
  if (container.host_network) record.set("host_network", *container.host_network);
  procfs::set_list(record, "host_mounts", container.host_mounts);
  procfs::set_list(record, "capabilities_added", container.capabilities_added);
  procfs::set_text(record, "root", container.root);
  procfs::set_list(record, "sources", container.sources);
  return record;
}

class LinuxContainers : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "linux.containers",
        .os = OperatingSystem::kLinux,
        .volatility = Volatility::kSystem,
        .needs_privilege = true,
        .schemas = kSchemas,
        .description = {
            "Containers of Docker, containerd, CRI-O, Podman, LXC and systemd-nspawn, "
            "running or not",
            "Docker、containerd、CRI-O、Podman、LXC、systemd-nspawn のコンテナー（停止中"
            "のものを含む）"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override {
    for (const HostUser& user : context.host.users) homes_.push_back(user.home);
    std::ranges::sort(homes_);
    homes_.erase(std::unique(homes_.begin(), homes_.end()), homes_.end());
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    procfs::GapTally gaps;
    Search search(host.kernel(), gaps);
    search.docker("var/lib/docker/containers");
    search.containerd("run/containerd/io.containerd.runtime.v2.task");
    search.storage("var/lib/containers/storage");
    for (const std::string& home : homes_) {
      // Rootless Podman. Homes such as "/" or "/nonexistent" merely have no such folder.
      if (home.size() > 1 && home.starts_with('/')) {
        search.storage(home.substr(1) + "/.local/share/containers/storage");
      }
    }
    search.lxc("var/lib/lxc");
    search.machines("run/systemd/machines");
    search.processes();
    for (const auto& [id, container] : search.found().all()) sink.emit(record_of(container));
    if (search.found().full()) {
      gaps.add("containers", "/proc",
               Error{ErrorCode::kLimitExceeded,
                     "more than " + std::to_string(ContainerMap::kMaxContainers) + " containers",
                     {}});
    }
    gaps.flush(sink, host.privileged());
    return {};
  }

 private:
  std::vector<std::string> homes_;
};

}  // namespace

std::unique_ptr<Collector> make_linux_containers() { return std::make_unique<LinuxContainers>(); }

}  // namespace konseki
