#include "collectors/linux/kernel/kernel_helpers.h"

#include <algorithm>
#include <array>

#include "collectors/linux/procfs/mount_table.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::kernel {
namespace {

constexpr std::string_view kTechnique = "T1546";

PersistenceEntry entry_of(std::string mechanism, std::string location, std::string command,
                          std::string trigger) {
  PersistenceEntry entry;
  entry.mechanism = std::move(mechanism);
  entry.location = std::move(location);
  entry.command = std::move(command);
  std::string_view rest = entry.command;
  entry.target = procfs::next_field(rest);
  entry.user = "root";
  entry.trigger = std::move(trigger);
  entry.enabled = true;
  entry.technique = kTechnique;
  return entry;
}

struct Helper {
  std::string_view path;
  std::string_view mechanism;
  std::string_view trigger;
  std::array<std::string_view, 3> usual;  // values that are no news
};

constexpr std::array<Helper, 4> kHelpers{{
    {"proc/sys/kernel/modprobe",
     "linux.modprobe_helper",
     "event: unknown module or file format",
     {"/sbin/modprobe", "/usr/sbin/modprobe", "/usr/bin/modprobe"}},
    {"proc/sys/kernel/hotplug",
     "linux.hotplug_helper",
     "event: device change",
     {"/sbin/hotplug", "", ""}},
    {"sys/kernel/uevent_helper", "linux.uevent_helper", "event: device change", {"", "", ""}},
    {"proc/sys/kernel/poweroff_cmd",
     "linux.poweroff_command",
     "event: shutdown",
     {"/sbin/poweroff", "/usr/sbin/poweroff", "/bin/true"}},
}};

// binfmt_misc: "enabled", "interpreter /x", "flags: OCF", "offset 0", "magic 7f..", "extension .x".
PersistenceEntry parse_handler(const Entry& file, std::string_view text) {
  std::string interpreter;
  std::string trigger = "event: program";
  bool enabled = false;
  while (!text.empty()) {
    std::string_view line = procfs::next_part(text, '\n');
    const auto key = procfs::next_field(line);
    if (key == "enabled") enabled = true;
    if (key == "interpreter") interpreter = procfs::trim(line);
    if (key == "magic" || key == "extension") {
      trigger += " with " + std::string(key) + " " + std::string(procfs::trim(line));
    }
  }
  PersistenceEntry entry =
      entry_of("linux.binfmt_misc", "/" + file.path, std::move(interpreter), std::move(trigger));
  // The interpreter's path may hold blanks; it is the whole command.
  entry.target = entry.command;
  entry.name = file.name();
  entry.user.clear();  // whoever runs the program
  entry.enabled = enabled;
  return entry;
}

void read_handlers(FileSystem& kernel, std::vector<PersistenceEntry>& found,
                   procfs::GapTally& gaps) {
  const std::string folder = "proc/sys/fs/binfmt_misc";
  // Where systemd mounts it on demand, looking would mount it: and then there are no handlers yet.
  const procfs::MountTable mounts = procfs::MountTable::read(kernel);
  const procfs::MountInfo* mount = mounts.covering("/" + folder);
  if (mount == nullptr || mount->type != "binfmt_misc") return;
  const auto listed = kernel.list(folder, [&](const Entry& entry) {
    if (entry.name() == "register" || entry.name() == "status") return WalkAction::kContinue;
    const auto file = procfs::read_pseudo_file(kernel, entry.path);
    if (file) {
      found.push_back(parse_handler(entry, file->text));
    } else {
      gaps.add("/" + folder + "/*", "/" + entry.path, file.error());
    }
    return WalkAction::kContinue;
  });
  if (!listed) gaps.add("/" + folder, "/" + folder, listed.error());
}

}  // namespace

std::string core_pattern_program(std::string_view pattern) {
  if (!pattern.starts_with('|')) return {};
  return std::string(procfs::trim(pattern.substr(1)));
}

std::vector<PersistenceEntry> read_kernel_helpers(FileSystem& kernel, procfs::GapTally& gaps) {
  std::vector<PersistenceEntry> found;
  const std::string core_path = "proc/sys/kernel/core_pattern";
  if (const auto pattern = procfs::read_value(kernel, core_path)) {
    std::string command = core_pattern_program(*pattern);
    if (!command.empty()) {
      found.push_back(entry_of("linux.core_pattern", "/" + core_path, std::move(command),
                               "event: a program crashes"));
    }
  } else {
    gaps.add("/" + core_path, "/" + core_path, pattern.error());
  }
  for (const Helper& helper : kHelpers) {
    const auto value = procfs::read_value(kernel, helper.path);
    if (!value || value->empty() || std::ranges::find(helper.usual, *value) != helper.usual.end()) {
      continue;
    }
    found.push_back(entry_of(std::string(helper.mechanism), "/" + std::string(helper.path), *value,
                             std::string(helper.trigger)));
  }
  read_handlers(kernel, found, gaps);
  return found;
}

}  // namespace konseki::kernel
