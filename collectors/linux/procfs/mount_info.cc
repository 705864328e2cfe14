#include "collectors/linux/procfs/mount_info.h"

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::procfs {

std::optional<MountInfo> parse_mount_info(std::string_view line) {
  MountInfo mount;
  const auto id = parse_number<std::uint64_t>(next_field(line));
  const auto parent = parse_number<std::uint64_t>(next_field(line));
  if (!id || !parent) return std::nullopt;
  mount.id = *id;
  mount.parent = *parent;
  mount.device = next_field(line);
  mount.root = unescape_octal(next_field(line));
  mount.point = unescape_octal(next_field(line));
  mount.options = next_field(line);
  // Any number of optional fields, then a lone hyphen.
  while (true) {
    const auto field = next_field(line);
    if (field.empty()) return std::nullopt;
    if (field == "-") break;
    if (!mount.propagation.empty()) mount.propagation += ' ';
    mount.propagation += field;
  }
  mount.type = unescape_octal(next_field(line));
  // An empty source is written as nothing at all, so that two blanks follow each other.
  if (line.starts_with(' ')) line.remove_prefix(1);
  mount.source = unescape_octal(next_part(line, ' '));
  mount.super_options = unescape_octal(trim(line));
  return mount;
}

std::optional<ProcessId> covered_process(const MountInfo& mount) {
  constexpr std::string_view kProc = "/proc/";
  std::string_view point = mount.point;
  if (!point.starts_with(kProc)) return std::nullopt;
  point.remove_prefix(kProc.size());
  return parse_process_id(next_part(point, '/'));
}

}  // namespace konseki::procfs
