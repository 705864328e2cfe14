#include "collectors/linux/procfs/network_namespace.h"

#include <map>

#include "collectors/linux/procfs/link_target.h"

namespace konseki::procfs {
namespace {

std::optional<std::uint64_t> namespace_of(FileSystem& kernel, const std::string& path,
                                          GapTally* gaps) {
  const auto link = kernel.stat(path);
  if (link && !link->link_target.empty()) return bracketed_number(link->link_target, "net");
  if (gaps != nullptr) {
    if (!link) {
      gaps->add("/proc/*/ns/net", "/" + path, link.error());
    } else if (const auto error = why_withheld(kernel, *link)) {
      gaps->add("/proc/*/ns/net", "/" + path, *error);
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<NetworkNamespace> list_network_namespaces(FileSystem& kernel, GapTally& gaps) {
  NetworkNamespace own;
  own.number = namespace_of(kernel, "proc/self/ns/net", nullptr);
  own.own = true;
  own.window = "proc/self/net";
  std::vector<NetworkNamespace> namespaces{own};

  std::map<std::uint64_t, ProcessId> others;
  const auto ids = list_process_ids(kernel);
  if (!ids) return namespaces;
  for (const ProcessId pid : *ids) {
    const auto number = namespace_of(kernel, process_path(pid, "ns/net"), &gaps);
    // The oldest process is the likeliest to stay.
    if (number && number != own.number) others.emplace(*number, pid);
  }
  for (const auto& [number, pid] : others) {
    namespaces.push_back({number, false, process_path(pid, "net")});
  }
  return namespaces;
}

}  // namespace konseki::procfs
