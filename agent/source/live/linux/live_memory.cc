#include "agent/source/live/live_memory.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "agent/base/system_error.h"
#include "agent/source/live/linux/file_descriptor.h"
#include "agent/source/live/linux/kernel_text.h"
#include "agent/source/live/linux/memory_maps.h"

namespace konseki {
namespace {

constexpr std::size_t kEntriesAtOnce = 8192;
// Of a region, the part whose pages are looked up one by one.
constexpr std::uint64_t kMaxLookedUp = std::uint64_t{64} << 30;
constexpr std::size_t kMaxPath = 4096;

std::string file_of(std::uint32_t pid, std::string_view name) {
  return fmt::format("/proc/{}/{}", pid, name);
}

Result<FileDescriptor> open_of(std::uint32_t pid, std::string_view name) {
  const std::string path = file_of(pid, name);
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail(system_error(errno, path));
  return file;
}

std::string link_target(const std::string& path) {
  std::string out(kMaxPath, '\0');
  const ssize_t length = ::readlink(path.c_str(), out.data(), out.size());
  out.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return out;
}

class LinuxProcess : public OpenedProcess {
 public:
  LinuxProcess(std::uint32_t pid, FileDescriptor memory) : pid_(pid), memory_(std::move(memory)) {}

  Result<std::vector<MemoryRegion>> regions() override {
    KONSEKI_ASSIGN(const std::string maps, read_kernel_text(file_of(pid_, "maps")));
    std::vector<MemoryRegion> regions = parse_maps(maps);
    auto pages = open_of(pid_, "pagemap");
    // Kernels may be built without it.
    const bool unknown = !pages && pages.error().code == ErrorCode::kNotFound;
    if (!pages && !unknown) return fail(pages.error());
    for (MemoryRegion& region : regions) {
      if (region.is_device && !is_ordinary_file(region)) continue;
      region.is_device = false;
      if (unknown) {
        region.resident = {{region.base, region.size}};
      } else {
        KONSEKI_TRY(look_up_pages(*pages, region));
      }
    }
    return regions;
  }

  Result<std::size_t> read(std::uint64_t address, std::span<std::byte> out) override {
    const ssize_t got = ::pread(memory_.get(), out.data(), out.size(), static_cast<off_t>(address));
    if (got > 0) return static_cast<std::size_t>(got);
    // The memory of a process that has ended reads as a file without content.
    if (got == 0) return fail(ErrorCode::kNotFound, fmt::format("process {} has ended", pid_));
    if (errno == EIO || errno == EFAULT) return std::size_t{0};
    return fail(system_error(errno, file_of(pid_, "mem")));
  }

 private:
  // /dev is a place for files like any other, too: what is mapped decides, not where it lies.
  bool is_ordinary_file(const MemoryRegion& region) const {
    const std::string path =
        file_of(pid_, fmt::format("map_files/{:x}-{:x}", region.base, region.base + region.size));
    struct stat facts {};
    return !region.file.starts_with("/sys/") && !region.file.starts_with("/proc/") &&
           ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
  }

  static Result<void> look_up_pages(const FileDescriptor& pages, MemoryRegion& region) {
    const auto page_size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const std::uint64_t size = std::min(region.size, kMaxLookedUp);
    std::vector<std::uint64_t> entries;
    for (std::uint64_t at = 0; at < size;) {
      entries.resize(std::min<std::uint64_t>(kEntriesAtOnce, (size - at) / page_size));
      if (entries.empty()) break;
      const std::uint64_t page = (region.base + at) / page_size;
      const ssize_t got = ::pread(pages.get(), entries.data(), entries.size() * sizeof(entries[0]),
                                  static_cast<off_t>(page * sizeof(entries[0])));
      if (got < 0) return fail(system_error(errno, "pagemap"));
      entries.resize(static_cast<std::size_t>(got) / sizeof(entries[0]));
      if (entries.empty()) break;
      add_pages(region, at, entries, page_size);
      at += entries.size() * page_size;
    }
    if (size < region.size) region.resident.push_back({region.base + size, region.size - size});
    return {};
  }

  std::uint32_t pid_;
  FileDescriptor memory_;
};

class LinuxMemory : public ProcessMemory {
 public:
  Result<std::vector<RunningProcess>> processes() override {
    DIR* const directory = ::opendir("/proc");
    if (directory == nullptr) return fail(system_error(errno, "/proc"));
    std::vector<RunningProcess> out;
    while (const dirent* const entry = ::readdir(directory)) {
      const std::string_view name = entry->d_name;
      RunningProcess process;
      const auto [end, error] =
          std::from_chars(name.data(), name.data() + name.size(), process.pid);
      if (error != std::errc() || end != name.data() + name.size()) continue;
      if (process.pid == static_cast<std::uint32_t>(::getpid())) continue;
      const auto stat = read_kernel_text(file_of(process.pid, "stat"));
      if (!stat || is_kernel_thread(*stat)) continue;  // one that is gone was never there
      if (auto text = read_kernel_text(file_of(process.pid, "comm"))) {
        process.name = text->substr(0, text->find('\n'));
      }
      process.image = link_target(file_of(process.pid, "exe"));
      out.push_back(std::move(process));
    }
    ::closedir(directory);
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.pid < b.pid; });
    return out;
  }

  Result<std::unique_ptr<OpenedProcess>> open(std::uint32_t pid) override {
    KONSEKI_ASSIGN(FileDescriptor memory, open_of(pid, "mem"));
    return std::unique_ptr<OpenedProcess>(std::make_unique<LinuxProcess>(pid, std::move(memory)));
  }

  std::string path_of(std::uint32_t pid) const override { return file_of(pid, "mem"); }
};

}  // namespace

std::unique_ptr<ProcessMemory> open_live_memory() { return std::make_unique<LinuxMemory>(); }

}  // namespace konseki
