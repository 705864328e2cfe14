#include "collectors/linux/procfs/process_status.h"

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::procfs {

ProcessStatus parse_process_status(std::string_view text) {
  ProcessStatus status;
  while (!text.empty()) {
    std::string_view value = next_part(text, '\n');
    const std::string_view key = next_part(value, ':');
    value = trim(value);
    if (key == "Tgid") {
      status.thread_group = parse_number<ProcessId>(value);
    } else if (key == "Uid") {
      status.user = parse_number<std::uint32_t>(next_field(value));
      status.effective_user = parse_number<std::uint32_t>(next_field(value));
    } else if (key == "Gid") {
      status.group = parse_number<std::uint32_t>(next_field(value));
      status.effective_group = parse_number<std::uint32_t>(next_field(value));
    } else if (key == "TracerPid") {
      status.tracer = parse_number<ProcessId>(value);
    } else if (key == "Threads") {
      status.threads = parse_number<std::uint64_t>(value);
    } else if (key == "VmRSS") {
      // "1234 kB"; nothing real comes near the overflow.
      const auto kilobytes = parse_number<std::uint64_t>(next_field(value));
      if (kilobytes && *kilobytes < (std::uint64_t{1} << 53))
        status.resident_bytes = *kilobytes * 1024;
    } else if (key == "Seccomp") {
      status.seccomp = parse_number<std::uint64_t>(value);
    } else if (key == "NoNewPrivs") {
      if (!value.empty()) status.no_new_privileges = value == "1";
    } else if (key == "CapEff") {
      status.effective_capabilities = value;
    } else if (key == "NSpid") {
      while (!value.empty()) {
        const auto id = next_field(value);
        if (!id.empty() && !status.namespace_ids.empty()) status.namespace_ids += ' ';
        status.namespace_ids += id;
      }
    }
  }
  return status;
}

}  // namespace konseki::procfs
