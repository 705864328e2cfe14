#include "agent/source/live/linux/mounted_ntfs.h"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <vector>

#include "agent/base/memory_reader.h"
#include "agent/source/live/linux/read_error.h"

namespace konseki {
namespace {

constexpr std::uint32_t kSparse = 0x200;  // FILE_ATTRIBUTE_*, [MS-FSCC] 2.6
constexpr std::uint32_t kReparsePoint = 0x400;
constexpr std::uint32_t kOffline = 0x1000;
constexpr std::uint32_t kRecallOnOpen = 0x40000;
constexpr std::uint32_t kRecallOnDataAccess = 0x400000;

constexpr std::string_view kUser = "user.";
constexpr std::size_t kMaxStream = 65536;  // XATTR_SIZE_MAX

// IO_REPARSE_TAG_CLOUD and its fifteen numbered kin, [MS-FSCC] 2.1.2.1.
bool is_cloud_tag(std::uint32_t tag) { return (tag & 0xFFFF0FFF) == 0x9000001A; }

template <class Number>
Number big_endian(const unsigned char* bytes) {
  Number value = 0;
  for (std::size_t index = 0; index < sizeof(Number); ++index) value = value << 8 | bytes[index];
  return value;
}

void add_streams(const std::string& path, Entry& entry) {
  std::vector<char> names(4096);
  ssize_t length = ::llistxattr(path.c_str(), names.data(), names.size());
  if (length < 0 && errno == ERANGE) {
    names.resize(65536);  // XATTR_LIST_MAX
    length = ::llistxattr(path.c_str(), names.data(), names.size());
  }
  if (length <= 0) return;
  std::string_view rest(names.data(), static_cast<std::size_t>(length));
  while (!rest.empty()) {
    const std::string_view name = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    if (name.size() <= kUser.size() || name.substr(0, kUser.size()) != kUser) continue;
    const ssize_t size = ::lgetxattr(path.c_str(), std::string(name).c_str(), nullptr, 0);
    entry.streams.push_back(
        {std::string(name.substr(kUser.size())), size > 0 ? static_cast<std::uint64_t>(size) : 0});
  }
  std::sort(entry.streams.begin(), entry.streams.end(),
            [](const StreamInfo& a, const StreamInfo& b) { return a.name < b.name; });
}

void add_times(const std::string& path, Entry& entry) {
  std::array<unsigned char, 32> times;  // created, modified, accessed, changed as FILETIME
  if (::lgetxattr(path.c_str(), "system.ntfs_times_be", times.data(), times.size()) != 32) return;
  const auto at = [&](std::size_t index) {
    return Timestamp::from_filetime(big_endian<std::uint64_t>(times.data() + index * 8));
  };
  entry.times.created = at(0);
  entry.times.modified = at(1);
  entry.times.accessed = at(2);
  entry.times.changed = at(3);
}

}  // namespace

bool is_cloud_placeholder(std::uint32_t attributes, std::uint32_t reparse_tag, std::uint64_t size,
                          std::uint64_t stored) {
  if ((attributes & (kRecallOnOpen | kRecallOnDataAccess)) != 0) return true;
  if ((attributes & kOffline) == 0 && !is_cloud_tag(reparse_tag)) return false;
  return (stored == 0 && size > 0) || ((attributes & kSparse) != 0 && stored < size);
}

MountedNtfs::Kind MountedNtfs::kind_of(int directory, const std::string& path,
                                       std::uint64_t device) {
  if (device == last_device_) return last_kind_;
  auto known = kinds_.find(device);
  if (known == kinds_.end()) {
    std::array<unsigned char, 4> attributes;
    Kind kind = Kind::kOther;
    if (::lgetxattr(path.c_str(), "system.ntfs_attrib_be", attributes.data(), attributes.size()) ==
        4) {
      // Under ntfs3 user.* are extended attributes in NTFS's own sense, not streams.
      struct statfs volume {};
      const bool fuse = ::fstatfs(directory, &volume) == 0 && volume.f_type == FUSE_SUPER_MAGIC;
      kind = fuse ? Kind::kNtfsWithStreams : Kind::kNtfs;
    }
    known = kinds_.emplace(device, kind).first;
  }
  last_device_ = device;
  last_kind_ = known->second;
  return last_kind_;
}

void MountedNtfs::complete(int directory, const char* name, const StatAnswer& answer,
                           Entry& entry) {
  entry.reparse_tag = 0;
  entry.cloud_placeholder = false;
  entry.streams.clear();
  const std::uint64_t device = entry.device;
  if (device == last_device_ && last_kind_ == Kind::kOther) return;
  const std::string path = "/proc/self/fd/" + std::to_string(directory) + "/" + name;
  const Kind kind = kind_of(directory, path, device);
  if (kind == Kind::kOther) return;

  entry.attributes = 0;  // not what statx makes of them
  std::array<unsigned char, 4> attributes;
  if (::lgetxattr(path.c_str(), "system.ntfs_attrib_be", attributes.data(), attributes.size()) ==
      4) {
    entry.attributes = big_endian<std::uint32_t>(attributes.data());
  }
  if ((entry.attributes & kReparsePoint) != 0) {
    std::array<unsigned char, 16384> reparse;  // the most a reparse point holds
    if (::lgetxattr(path.c_str(), "system.ntfs_reparse_data", reparse.data(), reparse.size()) >=
        4) {
      entry.reparse_tag = static_cast<std::uint32_t>(reparse[0]) |
                          static_cast<std::uint32_t>(reparse[1]) << 8 |
                          static_cast<std::uint32_t>(reparse[2]) << 16 |
                          static_cast<std::uint32_t>(reparse[3]) << 24;
    }
  }
  if (entry.type == FileType::kSymlink && is_cloud_tag(entry.reparse_tag)) {
    // How ntfs-3g shows a tag it has no reader for: there is no way to the data here.
    entry.type = FileType::kRegular;
    entry.link_target.clear();
    entry.size = 0;
    entry.cloud_placeholder = true;
  } else if (entry.type == FileType::kRegular) {
    entry.cloud_placeholder = is_cloud_placeholder(entry.attributes, entry.reparse_tag, entry.size,
                                                   answer.facts.stx_blocks * 512);
  }
  add_times(path, entry);
  if (kind == Kind::kNtfsWithStreams) add_streams(path, entry);
}

Result<std::unique_ptr<ByteReader>> MountedNtfs::open_stream(int file, const std::string& path,
                                                             std::string_view stream) {
  std::array<unsigned char, 4> attributes;
  if (::fgetxattr(file, "system.ntfs_attrib_be", attributes.data(), attributes.size()) != 4) {
    return fail(ErrorCode::kNotFound, path + ": no stream " + std::string(stream));
  }
  const std::string attribute = std::string(kUser) + std::string(stream);
  std::vector<std::byte> bytes(kMaxStream);
  const ssize_t size = ::fgetxattr(file, attribute.c_str(), bytes.data(), bytes.size());
  const std::string what = path + ":" + std::string(stream);
  if (size < 0 && (errno == E2BIG || errno == ERANGE)) {
    return fail(
        ErrorCode::kLimitExceeded, what + ": the driver hands out streams up to 64 KiB only",
        {"examine the image or the device instead of the mounted directory",
         "マウントしたディレクトリではなく、イメージまたはデバイスを対象に指定してください"});
  }
  if (size < 0 && (errno == ENODATA || errno == EOPNOTSUPP)) {
    return fail(ErrorCode::kNotFound, what);
  }
  if (size < 0) return fail(read_error(errno, what));
  bytes.resize(static_cast<std::size_t>(size));
  return std::make_unique<MemoryReader>(std::move(bytes));
}

}  // namespace konseki
