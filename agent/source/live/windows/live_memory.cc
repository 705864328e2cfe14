#include "agent/source/live/live_memory.h"

#include <fmt/format.h>
#include <windows.h>
// After windows.h.
#include <psapi.h>
#include <tlhelp32.h>

#include <algorithm>

#include "agent/base/windows/handle.h"
#include "agent/base/windows/wide.h"
#include "agent/source/live/windows/state/api.h"

namespace konseki {
namespace {

constexpr std::size_t kMaxPath = 32768;
constexpr std::size_t kPage = 4096;
constexpr std::size_t kMaxRegions = 1'000'000;
constexpr std::size_t kPagesAtOnce = 4096;
constexpr std::uint32_t kIdle = 0;
constexpr std::uint32_t kSystem = 4;  // the kernel's own threads

Result<Handle> open_with(std::uint32_t pid, DWORD rights) {
  Handle handle(::OpenProcess(rights, FALSE, pid));
  if (handle) return handle;
  const DWORD why = ::GetLastError();
  // For the id of a process that is gone Windows says "invalid parameter".
  return fail(windows_state::api_error(why == ERROR_INVALID_PARAMETER ? ERROR_NOT_FOUND : why,
                                       "OpenProcess"));
}

// "rwx" of a page protection; empty where nothing may be read.
std::string access_of(DWORD protection) {
  if ((protection & (PAGE_GUARD | PAGE_NOACCESS)) != 0) return {};
  switch (protection & 0xff) {
    case PAGE_READONLY:
      return "r--";
    case PAGE_READWRITE:
    case PAGE_WRITECOPY:
      return "rw-";
    case PAGE_EXECUTE_READ:
      return "r-x";
    case PAGE_EXECUTE_READWRITE:
    case PAGE_EXECUTE_WRITECOPY:
      return "rwx";
    default:
      return {};
  }
}

class WindowsProcess : public OpenedProcess {
 public:
  explicit WindowsProcess(Handle handle) : handle_(std::move(handle)) {}

  Result<std::vector<MemoryRegion>> regions() override {
    std::vector<MemoryRegion> out;
    MEMORY_BASIC_INFORMATION at{};
    std::uint64_t address = 0;
    while (out.size() < kMaxRegions &&
           ::VirtualQueryEx(handle_.get(), reinterpret_cast<const void*>(address), &at,
                            sizeof(at)) == sizeof(at)) {
      const auto base = reinterpret_cast<std::uint64_t>(at.BaseAddress);
      if (base + at.RegionSize <= address) break;
      address = base + at.RegionSize;
      MemoryRegion region;
      region.access = access_of(at.Protect);
      if (at.State != MEM_COMMIT || region.access.empty()) continue;
      region.base = base;
      region.size = at.RegionSize;
      region.shared = at.Type == MEM_MAPPED;
      if (at.Type != MEM_PRIVATE) region.file = mapped_file(at.BaseAddress);
      // Of a device or of physical memory: such pages are not cached, or are written around it.
      region.is_device = (at.Protect & (PAGE_NOCACHE | PAGE_WRITECOMBINE)) != 0;
      if (!region.is_device) region.resident = resident_of(region, at.Type == MEM_PRIVATE);
      out.push_back(std::move(region));
    }
    if (!out.empty()) return out;
    return fail(windows_state::last_error("VirtualQueryEx"));
  }

  Result<std::size_t> read(std::uint64_t address, std::span<std::byte> out) override {
    // A page that is gone fails the whole call, so the page alone is asked for next.
    const std::size_t to_page_end = kPage - static_cast<std::size_t>(address % kPage);
    for (const std::size_t length : {out.size(), std::min(out.size(), to_page_end)}) {
      SIZE_T count = 0;
      if (::ReadProcessMemory(handle_.get(), reinterpret_cast<const void*>(address), out.data(),
                              length, &count) != 0 &&
          count > 0) {
        return static_cast<std::size_t>(count);
      }
    }
    if (::WaitForSingleObject(handle_.get(), 0) == WAIT_OBJECT_0) {
      return fail(ErrorCode::kNotFound, "the process has ended");
    }
    return std::size_t{0};
  }

 private:
  // Private memory may have been put aside by Windows and is all of interest. Of files, whatever is
  // not in the working set stands in the file.
  std::vector<ByteRange> resident_of(const MemoryRegion& region, bool is_private) const {
    const ByteRange whole{region.base, region.size};
    if (is_private) return {whole};
    std::vector<ByteRange> out;
    std::vector<PSAPI_WORKING_SET_EX_INFORMATION> pages;
    for (std::uint64_t at = 0; at < region.size; at += kPagesAtOnce * kPage) {
      const std::uint64_t left = (region.size - at) / kPage;
      pages.assign(static_cast<std::size_t>(std::min<std::uint64_t>(left, kPagesAtOnce)), {});
      for (std::size_t i = 0; i < pages.size(); ++i) {
        pages[i].VirtualAddress = reinterpret_cast<void*>(region.base + at + i * kPage);
      }
      const auto bytes = static_cast<DWORD>(pages.size() * sizeof(pages[0]));
      if (::K32QueryWorkingSetEx(handle_.get(), pages.data(), bytes) == 0) return {whole};
      for (std::size_t i = 0; i < pages.size(); ++i) {
        constexpr ULONG_PTR kValid = 1;
        if ((pages[i].VirtualAttributes.Flags & kValid) == 0) continue;
        const std::uint64_t address = region.base + at + i * kPage;
        if (!out.empty() && out.back().end() == address) {
          out.back().length += kPage;
        } else {
          out.push_back({address, kPage});
        }
      }
    }
    return out;
  }

  std::string mapped_file(void* address) const {
    std::wstring path(kMaxPath, L'\0');
    const DWORD length = ::K32GetMappedFileNameW(handle_.get(), address, path.data(),
                                                 static_cast<DWORD>(path.size()));
    return narrow(std::wstring_view(path).substr(0, length));
  }

  Handle handle_;
};

class WindowsMemory : public ProcessMemory {
 public:
  Result<std::vector<RunningProcess>> processes() override {
    const Handle snapshot(::CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
    if (!snapshot) return fail(windows_state::last_error("CreateToolhelp32Snapshot"));
    std::vector<RunningProcess> out;
    PROCESSENTRY32W entry{};
    entry.dwSize = sizeof(entry);
    for (BOOL more = ::Process32FirstW(snapshot.get(), &entry); more != FALSE;
         more = ::Process32NextW(snapshot.get(), &entry)) {
      const std::uint32_t pid = entry.th32ProcessID;
      if (pid == kIdle || pid == kSystem || pid == ::GetCurrentProcessId()) continue;
      RunningProcess process;
      process.pid = pid;
      process.name = windows_state::text_of(entry.szExeFile);
      process.image = image_of(pid);
      // Registry, Memory Compression: names of the kernel without a program.
      const bool is_program = process.image.find('\\') != std::string::npos;
      if (entry.th32ParentProcessID == kSystem && !is_program) continue;
      out.push_back(std::move(process));
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.pid < b.pid; });
    return out;
  }

  Result<std::unique_ptr<OpenedProcess>> open(std::uint32_t pid) override {
    KONSEKI_ASSIGN(Handle handle,
                   open_with(pid, PROCESS_QUERY_INFORMATION | PROCESS_VM_READ | SYNCHRONIZE));
    return std::unique_ptr<OpenedProcess>(std::make_unique<WindowsProcess>(std::move(handle)));
  }

  std::string path_of(std::uint32_t pid) const override {
    return fmt::format("process/{}/memory", pid);
  }

 private:
  static std::string image_of(std::uint32_t pid) {
    const auto handle = open_with(pid, PROCESS_QUERY_LIMITED_INFORMATION);
    if (!handle) return {};
    std::wstring path(kMaxPath, L'\0');
    auto length = static_cast<DWORD>(path.size());
    if (::QueryFullProcessImageNameW(handle->get(), 0, path.data(), &length) == 0) return {};
    return narrow(std::wstring_view(path).substr(0, length));
  }
};

}  // namespace

std::unique_ptr<ProcessMemory> open_live_memory() { return std::make_unique<WindowsMemory>(); }

}  // namespace konseki
