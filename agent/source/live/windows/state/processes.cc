// Processes: one snapshot of the kernel's list, then what each of them lets us see.
#include <windows.h>
#include <winternl.h>

#include <array>
#include <cstring>

#include "agent/base/unicode.h"
#include "agent/base/windows/handle.h"
#include "agent/base/windows/wide.h"
#include "agent/source/live/windows/state/api.h"
#include "agent/source/live/windows/state/listings.h"
#include "agent/source/live/windows/state/nt_query.h"
#include "agent/source/live/windows/state/process_memory.h"
#include "agent/source/live/windows/state/token_facts.h"

namespace konseki::windows_state {
namespace {

constexpr int kSystemProcessInformation = 5;
constexpr int kProcessProtectionInformation = 61;
constexpr std::size_t kMaxPath = 32768;
constexpr std::uint32_t kIdle = 0;

std::string label_of(const WindowsProcess& process) {
  return process.name + " (" + std::to_string(process.pid) + ")";
}

WindowsProcess from_snapshot(const SYSTEM_PROCESS_INFORMATION& entry) {
  WindowsProcess process;
  process.pid = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(entry.UniqueProcessId));
  process.parent_pid = static_cast<std::uint32_t>(
      reinterpret_cast<std::uintptr_t>(entry.InheritedFromUniqueProcessId));
  process.session_id = entry.SessionId;
  process.threads = entry.NumberOfThreads;
  if (entry.ImageName.Buffer != nullptr) {
    process.name = narrow({entry.ImageName.Buffer, entry.ImageName.Length / sizeof(wchar_t)});
  } else if (process.pid == kIdle) {
    process.name = "System Idle Process";
  }
  if (entry.CreateTime.QuadPart > 0) {
    process.started =
        Timestamp::from_filetime(static_cast<std::uint64_t>(entry.CreateTime.QuadPart));
  }
  constexpr std::uint64_t kTicksPerMillisecond = 10'000;
  process.cpu_milliseconds =
      static_cast<std::uint64_t>(entry.KernelTime.QuadPart + entry.UserTime.QuadPart) /
      kTicksPerMillisecond;
  process.memory = entry.VirtualMemoryCounters.WorkingSetSize;
  return process;
}

Result<std::vector<WindowsProcess>> snapshot() {
  KONSEKI_ASSIGN(const std::vector<std::byte> list, query_system(kSystemProcessInformation));
  std::vector<WindowsProcess> processes;
  std::size_t at = 0;
  while (at + sizeof(SYSTEM_PROCESS_INFORMATION) <= list.size()) {
    const auto& entry = *reinterpret_cast<const SYSTEM_PROCESS_INFORMATION*>(list.data() + at);
    processes.push_back(from_snapshot(entry));
    if (entry.NextEntryOffset == 0) return processes;
    at += entry.NextEntryOffset;
  }
  // Nothing to hold on to without even one; else the last one was cut off at the buffer's end.
  if (processes.empty())
    return fail(ErrorCode::kIoError, "the kernel's list of processes is empty");
  return processes;
}

std::string path_of(HANDLE handle) {
  std::wstring path(kMaxPath, L'\0');
  auto length = static_cast<DWORD>(path.size());
  if (::QueryFullProcessImageNameW(handle, 0, path.data(), &length) == 0) return {};
  return narrow(std::wstring_view(path).substr(0, length));
}

// The file may be gone; a place that we may not look into says nothing.
std::optional<bool> file_exists(const std::string& path) {
  if (::GetFileAttributesW(wide(path).c_str()) != INVALID_FILE_ATTRIBUTES) return true;
  const DWORD why = ::GetLastError();
  if (why == ERROR_FILE_NOT_FOUND || why == ERROR_PATH_NOT_FOUND) return false;
  return std::nullopt;
}

// What any process tells, protected ones included.
void read_outside(HANDLE handle, WindowsProcess& process, const Withheld& withheld) {
  process.exe = path_of(handle);
  // System and its children Registry and Memory Compression are no programs.
  constexpr std::uint32_t kSystem = 4;
  const bool of_kernel = process.pid == kSystem || process.parent_pid == kSystem;
  if (process.exe.empty() && !of_kernel) {
    withheld("process image path", label_of(process), last_error("QueryFullProcessImageName"));
  }
  if (!process.exe.empty()) {
    process.exe_exists = file_exists(process.exe);
  }
  if (auto token = process_token_facts(handle)) {
    process.user_sid = std::move(token->user_sid);
    process.integrity = token->integrity;
    process.elevated = token->elevated;
  } else {
    withheld("process user", label_of(process), token.error());
  }
  BOOL is_32_bit = FALSE;
  if (::IsWow64Process(handle, &is_32_bit) != 0) process.is_32_bit = is_32_bit != FALSE;
  std::byte protection{};
  const auto asked = query_process(handle, kProcessProtectionInformation, {&protection, 1});
  // Systems before Windows 8.1 know no protection.
  if (asked) process.protection = std::to_integer<std::uint32_t>(protection);
}

// What needs a look into its memory.
void read_inside(HANDLE handle, WindowsProcess& process, const Withheld& withheld) {
  if (auto memory = read_process_memory(handle)) {
    if (!process.command_line) process.command_line = std::move(memory->command_line);
    process.working_directory = std::move(memory->working_directory);
    process.image_base = memory->image_base;
    if (auto mapping = memory->image_base ? mapping_at(handle, *memory->image_base)
                                          : Result<ImageMapping>(fail(ErrorCode::kNotFound, ""))) {
      process.mapped_image = std::move(mapping->file);
      process.image_is_private = mapping->is_private;
    } else {
      withheld("process image mapping", label_of(process), mapping.error());
    }
  } else {
    withheld("process memory", label_of(process), memory.error());
  }
  if (auto modules = list_modules(handle)) {
    process.modules = *std::move(modules);
  } else {
    withheld("process modules", label_of(process), modules.error());
  }
}

// Open with as much as is given. A process that is gone by now answers "invalid parameter".
Result<Handle> open(std::uint32_t pid, DWORD rights) {
  Handle handle(::OpenProcess(rights, FALSE, pid));
  if (handle) return handle;
  const DWORD why = ::GetLastError();
  return fail(api_error(why == ERROR_INVALID_PARAMETER ? ERROR_NOT_FOUND : why, "OpenProcess"));
}

void look_into(WindowsProcess& process, const Withheld& withheld) {
  if (process.pid == kIdle) return;
  const auto outside = open(process.pid, PROCESS_QUERY_LIMITED_INFORMATION);
  if (!outside) {
    withheld("process", label_of(process), outside.error());
    return;
  }
  read_outside(outside->get(), process, withheld);
  const auto told = kernel_command_line(outside->get());
  if (told) process.command_line = *told;
  // Processes of the kernel itself (System, Registry, Memory Compression) have no memory of theirs.
  const bool own_image = !process.exe.empty() && process.exe.find('\\') != std::string::npos;
  const auto inside = open(process.pid, PROCESS_QUERY_INFORMATION | PROCESS_VM_READ);
  if (inside) {
    if (own_image) read_inside(inside->get(), process, withheld);
    return;
  }
  if (own_image) withheld("process memory", label_of(process), inside.error());
  if (!process.command_line && own_image) {
    withheld("process command line", label_of(process),
             told.error().code == ErrorCode::kUnsupported ? inside.error() : told.error());
  }
}

}  // namespace

Result<std::vector<WindowsProcess>> list_processes(const Withheld& withheld) {
  KONSEKI_ASSIGN(std::vector<WindowsProcess> processes, snapshot());
  for (WindowsProcess& process : processes) look_into(process, withheld);
  return processes;
}

}  // namespace konseki::windows_state
