#include "collectors/linux/ebpf/bpf_holders.h"

#include <vector>

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/process_id.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::ebpf {
namespace {

constexpr std::size_t kMaxHolders = 4096;

bool may_name_a_program(std::string_view target) {
  return target == "anon_inode:bpf-prog" || target == "anon_inode:bpf_link" ||
         target == "anon_inode:bpf-link" || target == "anon_inode:[perf_event]";
}

}  // namespace

std::optional<BpfDescriptor> parse_bpf_descriptor(std::string_view fdinfo) {
  BpfDescriptor descriptor;
  bool named = false;
  while (!fdinfo.empty()) {
    std::string_view value = procfs::next_part(fdinfo, '\n');
    const auto key = procfs::next_part(value, ':');
    value = procfs::trim(value);
    if (key == "prog_id") {
      const auto id = parse_number<std::uint64_t>(value);
      if (!id) return std::nullopt;
      descriptor.program = *id;
      named = true;
    } else if (key == "prog_type") {
      descriptor.type = value;
    } else if (key == "prog_tag") {
      descriptor.tag = value;
    } else if (key == "link_type") {
      descriptor.link = value;
    }
  }
  return named ? std::optional(descriptor) : std::nullopt;
}

std::map<std::uint64_t, BpfHolding> read_bpf_holders(FileSystem& kernel, procfs::GapTally& gaps) {
  std::map<std::uint64_t, BpfHolding> holdings;
  const auto ids = procfs::list_process_ids(kernel);
  if (!ids) return holdings;
  for (const procfs::ProcessId pid : *ids) {
    std::vector<std::string> descriptors;
    const auto listed = kernel.list(procfs::process_path(pid, "fd"), [&](const Entry& entry) {
      if (may_name_a_program(entry.link_target)) descriptors.emplace_back(entry.name());
      return WalkAction::kContinue;
    });
    if (!listed) gaps.add("/proc/*/fd", "/" + procfs::process_path(pid, "fd"), listed.error());
    if (descriptors.empty()) continue;
    const std::string name =
        procfs::read_value(kernel, procfs::process_path(pid, "comm")).value_or("");
    for (const std::string& number : descriptors) {
      const auto text =
          procfs::read_pseudo_file(kernel, procfs::process_path(pid, "fdinfo/" + number));
      if (!text) continue;  // closed meanwhile
      const auto descriptor = parse_bpf_descriptor(text->text);
      if (!descriptor) continue;
      BpfHolding& holding = holdings[descriptor->program];
      if (holding.holders.size() < kMaxHolders) {
        holding.holders.insert(std::to_string(pid) + " " + name);
      }
      if (!descriptor->link.empty()) holding.links.insert(descriptor->link);
      if (holding.tag.empty()) holding.tag = descriptor->tag;
    }
  }
  return holdings;
}

}  // namespace konseki::ebpf
