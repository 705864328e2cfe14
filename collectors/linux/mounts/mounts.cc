// The collector linux.mounts.
#include <algorithm>
#include <array>
#include <memory>

#include "agent/base/parse_number.h"
#include "collectors/linux/mounts/mount_schemas.h"
#include "collectors/linux/procfs/gap_tally.h"
#include "collectors/linux/procfs/mount_info.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/record_fields.h"
#include "collectors/linux/procfs/text.h"
#include "konseki/collector.h"

namespace konseki {
namespace {

using procfs::MountInfo;

constexpr std::array<const RecordSchema*, 2> kSchemas{&kLinuxMountSchema, &kLinuxSwapSchema};

bool is_below_any(std::string_view path, std::span<const std::string_view> folders) {
  return std::ranges::any_of(folders, [path](std::string_view folder) {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
  });
}

// A part of a file system put over a folder that a package fills: the real content is out of
// sight. Containers' own trees lie elsewhere.
bool covers_system(const MountInfo& mount) {
  constexpr std::array<std::string_view, 9> kSystem{"/usr", "/bin",  "/sbin",    "/lib", "/lib64",
                                                    "/etc", "/boot", "/var/log", "/root"};
  constexpr std::array<std::string_view, 3> kMemory{"tmpfs", "ramfs", "overlay"};
  if (!is_below_any(mount.point, kSystem)) return false;
  // A btrfs subvolume has a root of its own without being a bind mount.
  const bool bound = mount.root != "/" && mount.type != "btrfs";
  return bound || std::ranges::find(kMemory, mount.type) != kMemory.end();
}

std::vector<std::string> signs_of(const MountInfo& mount) {
  std::vector<std::string> signs;
  if (procfs::covered_process(mount)) signs.emplace_back("covers_process");
  if (covers_system(mount)) signs.emplace_back("covers_system");
  if (mount.type == "proc" && mount.super_options.find("hidepid=") != std::string::npos &&
      mount.super_options.find("hidepid=0") == std::string::npos &&
      mount.super_options.find("hidepid=off") == std::string::npos) {
    signs.emplace_back("hides_processes");
  }
  return signs;
}

class LinuxMounts : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "linux.mounts",
        .os = OperatingSystem::kLinux,
        .volatility = Volatility::kSystem,
        .needs_privilege = false,
        .schemas = kSchemas,
        .description = {"Mounted file systems, mounts that hide something, and swap areas",
                        "マウントされたファイルシステム、何かを隠すマウント、スワップ領域"}};
    return kInfo;
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    FileSystem& kernel = host.kernel();
    procfs::GapTally gaps;
    const std::string own = namespace_of(kernel, "proc/self/ns/mnt");
    const std::string init = namespace_of(kernel, "proc/1/ns/mnt");
    emit_mounts(kernel, "proc/self/mountinfo", "self", sink, gaps);
    if (!own.empty() && !init.empty() && own != init) {
      emit_mounts(kernel, "proc/1/mountinfo", "init", sink, gaps);
    }
    emit_swap(kernel, sink, gaps);
    gaps.flush(sink, host.privileged());
    return {};
  }

 private:
  static std::string namespace_of(FileSystem& kernel, std::string_view path) {
    const auto link = kernel.stat(path);
    return link ? link->link_target : std::string();
  }

  static void emit_mounts(FileSystem& kernel, const std::string& path, const std::string& space,
                          Sink& sink, procfs::GapTally& gaps) {
    const auto read = procfs::for_each_line(kernel, path, [&](std::string_view line) {
      const auto mount = procfs::parse_mount_info(line);
      if (!mount) return true;
      Record record(kLinuxMountSchema);
      record.source.path = "/" + path;
      record.set("id", mount->id);
      record.set("parent_id", mount->parent);
      record.set("point", mount->point);
      procfs::set_text(record, "type", mount->type);
      procfs::set_text(record, "device", mount->source);
      procfs::set_text(record, "device", mount->device);
      if (mount->root != "/") procfs::set_text(record, "root", mount->root);
      procfs::set_text(record, "options", mount->options);
      procfs::set_text(record, "super_options", mount->super_options);
      procfs::set_text(record, "propagation", mount->propagation);
      record.set("mount_namespace", space);
      procfs::set_list(record, "signs", signs_of(*mount));
      sink.emit(std::move(record));
      return true;
    });
    if (!read) gaps.add("/" + path, "/" + path, read.error());
  }

  // "Filename Type Size Used Priority", sizes in KiB, the name with octal escapes.
  static void emit_swap(FileSystem& kernel, Sink& sink, procfs::GapTally& gaps) {
    const auto read = procfs::for_each_line(kernel, "proc/swaps", [&](std::string_view line) {
      const auto path = procfs::next_field(line);
      const auto type = procfs::next_field(line);
      const auto size = parse_number<std::uint64_t>(procfs::next_field(line));
      const auto used = parse_number<std::uint64_t>(procfs::next_field(line));
      if (!size || !used) return true;
      Record record(kLinuxSwapSchema);
      record.source.path = "/proc/swaps";
      record.set("path", procfs::unescape_octal(path));
      record.set("type", std::string(type));
      record.set("size", *size * 1024);
      record.set("used", *used * 1024);
      const auto priority = parse_number<std::int64_t>(procfs::next_field(line));
      if (priority) record.set("priority", *priority);
      sink.emit(std::move(record));
      return true;
    });
    if (!read) gaps.add("/proc/swaps", "/proc/swaps", read.error());
  }
};

}  // namespace

std::unique_ptr<Collector> make_linux_mounts() { return std::make_unique<LinuxMounts>(); }

}  // namespace konseki
