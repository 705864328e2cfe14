#include "agent/source/live/linux/mount_table.h"

#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <optional>

#include "agent/base/parse_number.h"
#include "agent/source/live/linux/kernel_text.h"

namespace konseki {
namespace {

using namespace std::string_view_literals;

// devtmpfs is memory that any root process can keep plain files in, an old hiding place.
constexpr std::array kLocalTypes = {
    "adfs"sv,    "affs"sv,     "aufs"sv,     "bcachefs"sv, "befs"sv,    "bfs"sv,      "btrfs"sv,
    "cramfs"sv,  "devtmpfs"sv, "ecryptfs"sv, "erofs"sv,    "exfat"sv,   "ext2"sv,     "ext3"sv,
    "ext4"sv,    "f2fs"sv,     "fuseblk"sv,  "gfs2"sv,     "hfs"sv,     "hfsplus"sv,  "hpfs"sv,
    "iso9660"sv, "jffs2"sv,    "jfs"sv,      "minix"sv,    "msdos"sv,   "nilfs2"sv,   "ntfs"sv,
    "ntfs3"sv,   "ocfs2"sv,    "overlay"sv,  "ramfs"sv,    "reiser4"sv, "reiserfs"sv, "rootfs"sv,
    "romfs"sv,   "squashfs"sv, "tmpfs"sv,    "ubifs"sv,    "udf"sv,     "ufs"sv,      "vfat"sv,
    "xfs"sv,     "yaffs2"sv,   "zfs"sv,      "zonefs"sv,   "apfs"sv};
constexpr std::array kPseudoTypes = {
    "bdev"sv,       "binder"sv,          "binfmt_misc"sv, "bpf"sv,
    "cgroup"sv,     "cgroup2"sv,         "configfs"sv,    "cpuset"sv,
    "debugfs"sv,    "devfs"sv,           "devpts"sv,      "efivarfs"sv,
    "fusectl"sv,    "hugetlbfs"sv,       "mqueue"sv,      "nfsd"sv,
    "nsfs"sv,       "openpromfs"sv,      "pipefs"sv,      "proc"sv,
    "pstore"sv,     "resctrl"sv,         "rpc_pipefs"sv,  "securityfs"sv,
    "selinuxfs"sv,  "smackfs"sv,         "sockfs"sv,      "spufs"sv,
    "sysfs"sv,      "tracefs"sv,         "usbfs"sv,       "xenfs"sv,
    "fuse.lxcfs"sv, "fuse.gvfsd-fuse"sv, "fuse.portal"sv};
constexpr std::array kNetworkTypes = {
    "9p"sv,       "acfs"sv,     "afs"sv,       "beegfs"sv, "ceph"sv,  "cifs"sv, "coda"sv,
    "davfs"sv,    "gpfs"sv,     "glusterfs"sv, "lustre"sv, "ncpfs"sv, "nfs"sv,  "nfs4"sv,
    "orangefs"sv, "panfs"sv,    "pvfs2"sv,     "shfs"sv,   "smb2"sv,  "smb3"sv, "smbfs"sv,
    "vboxsf"sv,   "virtiofs"sv, "vmhgfs"sv,    "prl_fs"sv, "wekafs"sv};
// FUSE programs that keep their data on this machine.
constexpr std::array kLocalFuseTypes = {
    "fuse.ntfs"sv,          "fuse.ntfs-3g"sv,   "fuse.exfat"sv,     "fuse.ext2"sv,
    "fuse.fuse2fs"sv,       "fuse.apfs"sv,      "fuse.zfs"sv,       "fuse.fuse-overlayfs"sv,
    "fuse.mergerfs"sv,      "fuse.encfs"sv,     "fuse.gocryptfs"sv, "fuse.squashfuse"sv,
    "fuse.squashfuse_ll"sv, "fuse.dislocker"sv, "fuse.bindfs"sv,    "fuse.unionfs"sv};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& types, std::string_view type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

// Space, tab, newline and backslash stand as \040 and so on.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto digit = [&](std::size_t index) {
      return index < text.size() && text[index] >= '0' && text[index] <= '7';
    };
    if (text[at] == '\\' && digit(at + 1) && digit(at + 2) && digit(at + 3)) {
      out += static_cast<char>((text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 +
                               (text[at + 3] - '0'));
      at += 3;
    } else {
      out += text[at];
    }
  }
  return out;
}

std::string_view take_field(std::string_view& line) {
  const auto space = line.find(' ');
  const auto field = line.substr(0, space);
  line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  return field;
}

bool has_option(std::string_view options, std::string_view wanted) {
  while (!options.empty()) {
    const auto comma = options.find(',');
    if (options.substr(0, comma) == wanted) return true;
    options.remove_prefix(comma == std::string_view::npos ? options.size() : comma + 1);
  }
  return false;
}

std::optional<Mount> parse_line(std::string_view line) {
  Mount mount;
  const auto id = parse_number<std::uint64_t>(take_field(line));
  take_field(line);  // parent
  const auto device = take_field(line);
  const auto colon = device.find(':');
  if (!id || colon == std::string_view::npos) return std::nullopt;
  const auto major = parse_number<unsigned>(device.substr(0, colon));
  const auto minor = parse_number<unsigned>(device.substr(colon + 1));
  if (!major || !minor) return std::nullopt;
  mount.id = *id;
  mount.device = makedev(*major, *minor);
  mount.root = unescaped(take_field(line));
  mount.point = unescaped(take_field(line));
  mount.read_only = has_option(take_field(line), "ro");
  while (true) {  // optional fields up to the separator
    if (line.empty()) return std::nullopt;
    if (take_field(line) == "-") break;
  }
  mount.type = unescaped(take_field(line));
  mount.source = unescaped(take_field(line));
  if (mount.point.empty() || mount.point.front() != '/' || mount.type.empty()) return std::nullopt;
  return mount;
}

}  // namespace

std::vector<Mount> parse_mountinfo(std::string_view text) {
  std::vector<Mount> mounts;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (auto mount = parse_line(text.substr(0, end))) mounts.push_back(*std::move(mount));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return mounts;
}

Result<std::vector<Mount>> read_mounts() {
  KONSEKI_ASSIGN(const std::string text, read_kernel_text("/proc/self/mountinfo"));
  return parse_mountinfo(text);
}

const Mount* mount_of(const std::vector<Mount>& mounts, std::string_view path) {
  const Mount* best = nullptr;
  for (const Mount& mount : mounts) {
    const std::string_view point = mount.point;
    const bool covers =
        point == "/" || (path.substr(0, point.size()) == point &&
                         (path.size() == point.size() || path[point.size()] == '/'));
    if (covers && (best == nullptr || point.size() >= best->point.size())) best = &mount;
  }
  return best;
}

MountKind mount_kind(std::string_view type) {
  if (contains(kLocalTypes, type) || contains(kLocalFuseTypes, type)) return MountKind::kLocal;
  if (contains(kPseudoTypes, type)) return MountKind::kPseudo;
  if (contains(kNetworkTypes, type)) return MountKind::kNetwork;
  if (type == "autofs") return MountKind::kAutomount;
  if (type == "fuse" || type.substr(0, 5) == "fuse.") return MountKind::kRemoteFuse;
  return MountKind::kUnknown;
}

bool is_container_overlay(const Mount& mount) {
  if (mount.type != "overlay" && mount.type != "fuse.fuse-overlayfs") return false;
  const auto name = std::string_view(mount.point).substr(mount.point.rfind('/') + 1);
  return name == "merged" || name == "rootfs";  // docker and podman; containerd
}

std::string_view skip_reason(const Mount& mount) {
  switch (mount_kind(mount.type)) {
    case MountKind::kLocal:
      return is_container_overlay(mount) ? "container_overlay" : "";
    case MountKind::kPseudo:
      return "pseudo_file_system";
    case MountKind::kNetwork:
      return "network_file_system";
    case MountKind::kRemoteFuse:
      return "remote_fuse";
    case MountKind::kAutomount:
      return "automount";
    case MountKind::kUnknown:
      break;
  }
  return "unknown_file_system";
}

}  // namespace konseki
