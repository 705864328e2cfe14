#include <utility>

#include "agent/artifact/host_reader.h"
#include "agent/artifact/linux_facts.h"
#include "agent/artifact/web/web_sites.h"
#include "agent/artifact/windows_facts.h"
#include "konseki/artifact.h"

namespace konseki {
namespace {

void fill(std::string& fact, const std::string& other) {
  if (fact.empty()) fact = other;
}

void fill_missing(HostFacts& facts, const HostFacts& other) {
  if (facts.os == OperatingSystem::kUnknown) facts.os = other.os;
  if (facts.os != other.os) return;
  fill(facts.host_id, other.host_id);
  fill(facts.hostname, other.hostname);
  fill(facts.os_name, other.os_name);
  fill(facts.os_version, other.os_version);
  fill(facts.kernel, other.kernel);
  fill(facts.time_zone, other.time_zone);
  fill(facts.domain, other.domain);
  fill(facts.system_drive, other.system_drive);
  fill(facts.system_root, other.system_root);
  if (facts.users.empty()) facts.users = other.users;
}

void append(VariableValues& values, const std::string& name, std::vector<std::string> more) {
  auto& list = values[name];
  list.insert(list.end(), more.begin(), more.end());
}

// The release of the running kernel; proc(5).
std::string running_kernel(LiveHost& host, std::vector<KnowledgeBase::Gap>& gaps) {
  FileSystem& kernel = host.kernel();
  auto entry = kernel.stat("proc/sys/kernel/osrelease");
  if (!entry) return {};
  auto reader = kernel.open(*entry);
  if (!reader) {
    gaps.push_back({"/proc/sys/kernel/osrelease", reader.error()});
    return {};
  }
  // Files of proc claim to be empty, so they are read until they end, not by their size.
  std::byte buffer[256];
  auto count = (*reader)->read_at(0, buffer);
  if (!count) return {};
  std::string text(reinterpret_cast<const char*>(buffer), *count);
  return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace

KnowledgeBase build_knowledge_base(Source& source) {
  KnowledgeBase knowledge;
  const auto volumes = source.file_systems();
  bool linux_seen = false;
  bool windows_seen = false;
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    // The host as it is, not as it was.
    if (find_snapshot(source.details(), volumes[i]->info().mount) != nullptr) continue;
    // A guess that a volume refuses to answer is no gap of the evidence.
    std::vector<KnowledgeBase::Gap> unneeded;
    HostReader probe(volumes, i, unneeded);
    HostReader reader(volumes, i, knowledge.gaps);
    HostFacts facts;
    if (!linux_seen && is_linux_root(probe)) {
      linux_seen = true;
      facts = read_linux_facts(reader);
      const LinuxHomes homes = linux_homes(facts.users);
      append(knowledge.variables, "users.homedir", homes.homes);
      append(knowledge.variables, "users.username", {"*"});
      knowledge.system_homes = homes.system_homes;
    } else if (!windows_seen && is_windows_root(probe)) {
      windows_seen = true;
      WindowsFacts windows = read_windows_facts(reader);
      facts = std::move(windows.host);
      knowledge.control_set = windows.control_set;
      for (auto& [name, list] : windows.variables) {
        append(knowledge.variables, name, std::move(list));
      }
    } else {
      continue;
    }
    facts.web_sites = read_web_sites(reader, facts);
    append(knowledge.variables, "web.root", web_roots(facts.web_sites));
    append(knowledge.variables, "web.log", web_log_patterns(facts.web_sites));
    if (knowledge.host.os == OperatingSystem::kUnknown) knowledge.host = std::move(facts);
  }
  if (const auto recorded = source.recorded_host()) fill_missing(knowledge.host, *recorded);
  if (LiveHost* live = source.live()) knowledge.host.kernel = running_kernel(*live, knowledge.gaps);
  if (!linux_seen && !windows_seen) {
    knowledge.variables["users.homedir"] = {"/root", "/home/*"};
    // No system at all: perhaps a copy of a web root, or of logs.
    knowledge.variables["web.root"] = {""};
    knowledge.variables["web.log"] = {"/*access*", "/*/*access*", "/u_ex*.log", "/*/u_ex*.log"};
  }
  return knowledge;
}

}  // namespace konseki
