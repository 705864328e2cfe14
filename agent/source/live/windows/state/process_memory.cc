#include "agent/source/live/windows/state/process_memory.h"

#include <psapi.h>

#include <array>
#include <cstring>

#include "agent/base/unicode.h"
#include "agent/base/windows/wide.h"
#include "agent/source/live/windows/state/api.h"
#include "agent/source/live/windows/state/nt_query.h"

namespace konseki::windows_state {
namespace {

static_assert(sizeof(void*) == 8, "the offsets below are those of 64-bit Windows");

// Offsets in the PEB and in its process parameters.
constexpr std::uint64_t kImageBase = 0x10;
constexpr std::uint64_t kParameters = 0x20;
constexpr std::uint64_t kCurrentDirectory = 0x38;
constexpr std::uint64_t kCommandLine = 0x70;

constexpr std::size_t kMaxModules = 16384;
constexpr std::size_t kMaxPath = 32768;

// PROCESS_BASIC_INFORMATION.
struct BasicInformation {
  void* exit_status;
  std::uint64_t peb;
  std::array<void*, 4> rest;
};

// UNICODE_STRING, its buffer in the other process.
struct RemoteText {
  std::uint16_t length;
  std::uint16_t capacity;
  std::uint32_t padding;
  std::uint64_t buffer;
};

Result<void> read_bytes(HANDLE process, std::uint64_t address, std::span<std::byte> out) {
  SIZE_T count = 0;
  if (::ReadProcessMemory(process, reinterpret_cast<const void*>(address), out.data(), out.size(),
                          &count) == 0 ||
      count != out.size()) {
    return fail(last_error("ReadProcessMemory"));
  }
  return {};
}

template <class T>
Result<T> read_value(HANDLE process, std::uint64_t address) {
  T value{};
  KONSEKI_TRY(read_bytes(process, address, std::as_writable_bytes(std::span(&value, 1))));
  return value;
}

Result<std::string> read_text(HANDLE process, std::uint64_t address) {
  KONSEKI_ASSIGN(const auto text, read_value<RemoteText>(process, address));
  if (text.length == 0) return std::string();
  std::vector<std::byte> bytes(text.length);
  KONSEKI_TRY(read_bytes(process, text.buffer, bytes));
  return utf16le_to_wtf8(bytes);
}

}  // namespace

Result<ProcessMemory> read_process_memory(HANDLE process) {
  BasicInformation basic{};
  KONSEKI_TRY(query_process(process, 0, std::as_writable_bytes(std::span(&basic, 1))));
  if (basic.peb == 0) return fail(ErrorCode::kNotFound, "no process environment block");
  ProcessMemory memory;
  KONSEKI_ASSIGN(memory.image_base, read_value<std::uint64_t>(process, basic.peb + kImageBase));
  KONSEKI_ASSIGN(const auto parameters,
                 read_value<std::uint64_t>(process, basic.peb + kParameters));
  if (parameters == 0) return memory;  // it is just being made
  KONSEKI_ASSIGN(memory.command_line, read_text(process, parameters + kCommandLine));
  if (auto directory = read_text(process, parameters + kCurrentDirectory)) {
    memory.working_directory = *std::move(directory);
  }
  return memory;
}

Result<std::string> kernel_command_line(HANDLE process) {
  constexpr int kProcessCommandLineInformation = 60;
  std::vector<std::byte> answer(4096);
  for (int attempt = 0; attempt < 3; ++attempt) {
    KONSEKI_ASSIGN(const std::size_t needed,
                   query_process(process, kProcessCommandLineInformation, answer));
    if (needed > answer.size()) {
      // A UNICODE_STRING and at most 64 KiB of text.
      answer.resize(std::min<std::size_t>(needed, 128 * 1024));
      continue;
    }
    RemoteText text{};
    std::memcpy(&text, answer.data(), sizeof(text));
    if (text.length > answer.size() - sizeof(text)) break;
    return utf16le_to_wtf8(std::span(answer).subspan(sizeof(text), text.length));
  }
  return fail(ErrorCode::kIoError, "command line of changing size");
}

Result<std::vector<std::string>> list_modules(HANDLE process) {
  std::vector<HMODULE> modules(1024);
  DWORD needed = 0;
  for (;;) {
    const auto size = static_cast<DWORD>(modules.size() * sizeof(HMODULE));
    if (::K32EnumProcessModulesEx(process, modules.data(), size, &needed, LIST_MODULES_ALL) == 0) {
      return fail(last_error("EnumProcessModulesEx"));
    }
    if (needed <= size) break;
    if (needed / sizeof(HMODULE) > kMaxModules) {
      return fail(ErrorCode::kLimitExceeded, "more than " + std::to_string(kMaxModules));
    }
    modules.resize(needed / sizeof(HMODULE));
  }
  modules.resize(needed / sizeof(HMODULE));
  std::vector<std::string> paths;
  std::wstring path(kMaxPath, L'\0');
  for (const HMODULE module : modules) {
    const DWORD length =
        ::K32GetModuleFileNameExW(process, module, path.data(), static_cast<DWORD>(path.size()));
    // One that is unloaded meanwhile has no name any more.
    if (length > 0) paths.push_back(narrow(std::wstring_view(path).substr(0, length)));
  }
  return paths;
}

Result<ImageMapping> mapping_at(HANDLE process, std::uint64_t base) {
  MEMORY_BASIC_INFORMATION region{};
  const auto* address = reinterpret_cast<const void*>(base);
  if (::VirtualQueryEx(process, address, &region, sizeof(region)) != sizeof(region)) {
    return fail(last_error("VirtualQueryEx"));
  }
  if (region.State != MEM_COMMIT) return fail(ErrorCode::kNotFound, "no memory at the image base");
  ImageMapping mapping;
  mapping.is_private = region.Type == MEM_PRIVATE;
  if (mapping.is_private) return mapping;
  std::wstring path(kMaxPath, L'\0');
  const DWORD length = ::K32GetMappedFileNameW(process, const_cast<void*>(address), path.data(),
                                               static_cast<DWORD>(path.size()));
  mapping.file = narrow(std::wstring_view(path).substr(0, length));
  return mapping;
}

}  // namespace konseki::windows_state
