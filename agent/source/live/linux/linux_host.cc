#include "agent/source/live/linux/linux_host.h"

#include <linux/capability.h>
#include <unistd.h>

#include <charconv>

#include "agent/source/live/linux/bpf_programs.h"
#include "agent/source/live/linux/clock.h"
#include "agent/source/live/linux/kernel_text.h"

namespace konseki {
namespace {

// The text after "NAME:\t" on its line; "" when there is no such line.
std::string_view status_field(std::string_view status, std::string_view name) {
  while (!status.empty()) {
    const auto line = status.substr(0, status.find('\n'));
    if (line.size() > name.size() && line.substr(0, name.size()) == name &&
        line[name.size()] == ':') {
      const auto value = line.substr(name.size() + 1);
      return value.substr(std::min(value.find_first_not_of(" \t"), value.size()));
    }
    status.remove_prefix(std::min(line.size() + 1, status.size()));
  }
  return {};
}

template <class Number>
Number parsed(std::string_view text, int base) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

}  // namespace

bool is_privileged(std::string_view status) {
  const std::string_view uids = status_field(status, "Uid");  // real, effective, saved, fs
  const auto tab = uids.find('\t');
  if (tab == std::string_view::npos || uids.substr(tab + 1, 2) != "0\t") return false;
  const auto effective = parsed<std::uint64_t>(status_field(status, "CapEff"), 16);
  for (const unsigned capability : {CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_SYS_ADMIN}) {
    if ((effective >> capability & 1) == 0) return false;
  }
  return true;
}

LinuxHost::LinuxHost(std::unique_ptr<LocalTree> kernel) : kernel_(std::move(kernel)) {
  const auto status = read_kernel_text("/proc/self/status");
  privileged_ = status && is_privileged(*status);
}

Result<std::unique_ptr<LinuxHost>> LinuxHost::open_host() {
  KONSEKI_ASSIGN(auto kernel, open_local_tree("/", {.mount = "",
                                                    .cross_all = true,
                                                    .kernel_files = true,
                                                    .exclude = {},
                                                    .own_media = {},
                                                    .own_files = {}}));
  return std::unique_ptr<LinuxHost>(new LinuxHost(std::move(kernel)));
}

Result<ClockState> LinuxHost::clock() { return read_clock(); }

Result<std::vector<BpfProgram>> LinuxHost::bpf_programs() { return read_bpf_programs(); }

std::uint32_t LinuxHost::own_process_id() const { return static_cast<std::uint32_t>(::getpid()); }

}  // namespace konseki
