#include "agent/source/live/linux/bpf_programs.h"

#include <linux/bpf.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string_view>

#include "agent/base/digest.h"
#include "agent/source/live/linux/file_descriptor.h"
#include "agent/source/live/linux/read_error.h"

namespace konseki {
namespace {

// enum bpf_prog_type, as bpftool names them.
constexpr std::array<std::string_view, 33> kTypes = {"unspec",
                                                     "socket_filter",
                                                     "kprobe",
                                                     "sched_cls",
                                                     "sched_act",
                                                     "tracepoint",
                                                     "xdp",
                                                     "perf_event",
                                                     "cgroup_skb",
                                                     "cgroup_sock",
                                                     "lwt_in",
                                                     "lwt_out",
                                                     "lwt_xmit",
                                                     "sock_ops",
                                                     "sk_skb",
                                                     "cgroup_device",
                                                     "sk_msg",
                                                     "raw_tracepoint",
                                                     "cgroup_sock_addr",
                                                     "lwt_seg6local",
                                                     "lirc_mode2",
                                                     "sk_reuseport",
                                                     "flow_dissector",
                                                     "cgroup_sysctl",
                                                     "raw_tracepoint_writable",
                                                     "cgroup_sockopt",
                                                     "tracing",
                                                     "struct_ops",
                                                     "ext",
                                                     "lsm",
                                                     "sk_lookup",
                                                     "syscall",
                                                     "netfilter"};

constexpr std::size_t kMaxPrograms = 65536;

long call_bpf(int command, bpf_attr& attributes) {
  return ::syscall(SYS_bpf, command, &attributes, sizeof(attributes));
}

// Loading times are kept on the clock that runs since boot, sleep included.
Timestamp since_boot(std::uint64_t nanoseconds) {
  timespec now{};
  timespec up{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  ::clock_gettime(CLOCK_BOOTTIME, &up);
  const std::int64_t boot = now.tv_sec - up.tv_sec;
  return Timestamp::from_unix(boot + static_cast<std::int64_t>(nanoseconds / 1'000'000'000));
}

}  // namespace

std::string bpf_type_name(std::uint32_t type) {
  return type < kTypes.size() ? std::string(kTypes[type]) : "type_" + std::to_string(type);
}

Result<std::vector<BpfProgram>> read_bpf_programs() {
  std::vector<BpfProgram> programs;
  std::uint32_t id = 0;
  while (programs.size() < kMaxPrograms) {
    bpf_attr next{};
    next.start_id = id;
    if (call_bpf(BPF_PROG_GET_NEXT_ID, next) != 0) {
      if (errno == ENOENT) return programs;
      // EINVAL: a kernel from before 4.13, which can load programs but not list them.
      return fail(read_error(errno == EINVAL ? ENOSYS : errno, "bpf"));
    }
    id = next.next_id;
    bpf_attr open{};
    open.prog_id = id;
    const FileDescriptor program(static_cast<int>(call_bpf(BPF_PROG_GET_FD_BY_ID, open)));
    if (!program) {
      if (errno == ENOENT) continue;  // unloaded meanwhile
      return fail(read_error(errno, "bpf program " + std::to_string(id)));
    }
    bpf_prog_info facts{};
    bpf_attr query{};
    query.info.bpf_fd = static_cast<std::uint32_t>(program.get());
    query.info.info_len = sizeof(facts);
    query.info.info = reinterpret_cast<std::uintptr_t>(&facts);
    if (call_bpf(BPF_OBJ_GET_INFO_BY_FD, query) != 0) {
      return fail(read_error(errno, "bpf program " + std::to_string(id)));
    }
    BpfProgram entry;
    entry.id = facts.id;
    entry.type = bpf_type_name(facts.type);
    entry.name.assign(facts.name, ::strnlen(facts.name, sizeof(facts.name)));
    entry.tag = to_hex(std::as_bytes(std::span(facts.tag)));
    entry.uid = facts.created_by_uid;
    entry.loaded = since_boot(facts.load_time);
    programs.push_back(std::move(entry));
  }
  return fail(ErrorCode::kLimitExceeded, "more than " + std::to_string(kMaxPrograms) + " programs");
}

}  // namespace konseki
