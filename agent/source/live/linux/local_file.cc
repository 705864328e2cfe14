#include "agent/source/live/local_file.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cerrno>

#include "agent/source/live/linux/file_descriptor.h"
#include "agent/source/live/linux/file_reader.h"
#include "agent/source/live/linux/local_device.h"
#include "agent/source/live/linux/read_error.h"
#include "agent/source/live/linux/real_path.h"
#include "agent/source/live/sector_reader.h"

namespace konseki {
namespace {

Result<FileDescriptor> open_for_reading(const std::string& path) {
  // O_NONBLOCK: a pipe put there since we looked must not hold us.
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  FileDescriptor file(::open(path.c_str(), kFlags | O_NOATIME));
  if (!file && errno == EPERM) file = FileDescriptor(::open(path.c_str(), kFlags));
  if (!file) return fail(read_error(errno, path));
  return file;
}

Result<std::uint64_t> device_size(int device, const std::string& path) {
  std::uint64_t size = 0;
  if (::ioctl(device, BLKGETSIZE64, &size) != 0) return fail(read_error(errno, path));
  return size;
}

}  // namespace

Result<LocalFileFacts> local_file_facts(const std::string& path) {
  struct ::stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return fail(read_error(errno, path));
  if (S_ISREG(facts.st_mode)) {
    return LocalFileFacts{LocalFileKind::kRegular, static_cast<std::uint64_t>(facts.st_size)};
  }
  if (S_ISDIR(facts.st_mode)) return LocalFileFacts{LocalFileKind::kDirectory, 0};
  if (!S_ISBLK(facts.st_mode)) return LocalFileFacts{LocalFileKind::kOther, 0};
  LocalFileFacts answer{LocalFileKind::kBlockDevice, 0};
  if (const auto device = open_for_reading(path)) {
    if (const auto size = device_size(device->get(), path)) answer.size = *size;
  }
  return answer;
}

namespace {

struct Opened {
  FileDescriptor file;
  std::uint64_t size = 0;
};

Result<Opened> open_file_or_device(const std::string& path) {
  KONSEKI_ASSIGN(const LocalFileFacts before, local_file_facts(path));
  if (before.kind != LocalFileKind::kRegular && before.kind != LocalFileKind::kBlockDevice) {
    return fail(ErrorCode::kInvalidArgument, path + ": neither a file nor a block device");
  }
  KONSEKI_ASSIGN(FileDescriptor file, open_for_reading(path));
  struct ::stat facts {};
  if (::fstat(file.get(), &facts) != 0) return fail(read_error(errno, path));
  auto size = static_cast<std::uint64_t>(facts.st_size);
  if (S_ISBLK(facts.st_mode)) {
    KONSEKI_ASSIGN(size, device_size(file.get(), path));
  } else if (!S_ISREG(facts.st_mode)) {
    return fail(ErrorCode::kInvalidArgument, path + ": neither a file nor a block device");
  }
  return Opened{std::move(file), size};
}

}  // namespace

Result<std::unique_ptr<ByteReader>> open_local_file(const std::string& path) {
  KONSEKI_ASSIGN(Opened opened, open_file_or_device(path));
  return std::make_unique<FileReader>(std::move(opened.file), path, opened.size);
}

Result<std::unique_ptr<ByteReader>> open_local_medium(const std::string& path) {
  KONSEKI_ASSIGN(Opened opened, open_file_or_device(path));
  return std::make_unique<SectorReader>(
      std::make_unique<LocalDevice>(std::move(opened.file), path, opened.size));
}

Result<std::unique_ptr<ByteReader>> open_own_executable() {
  return open_local_file("/proc/self/exe");
}

Result<std::string> own_executable_path() { return real_path("/proc/self/exe"); }

}  // namespace konseki
