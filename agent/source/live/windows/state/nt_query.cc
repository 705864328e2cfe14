#include "agent/source/live/windows/state/nt_query.h"

#include "agent/source/live/windows/state/api.h"

namespace konseki::windows_state {
namespace {

constexpr LONG kTooSmall = static_cast<LONG>(0xC0000004);  // STATUS_INFO_LENGTH_MISMATCH
constexpr LONG kBufferTooSmall = static_cast<LONG>(0xC0000023);
constexpr LONG kBufferOverflow = static_cast<LONG>(0x80000005);
constexpr std::size_t kFirstSize = 256 * 1024;
constexpr std::size_t kMaxSize = 64 * 1024 * 1024;

bool too_small(LONG status) {
  return status == kTooSmall || status == kBufferTooSmall || status == kBufferOverflow;
}

}  // namespace

Result<std::vector<std::byte>> query_system(int information_class) {
  using Query = LONG(WINAPI*)(int, void*, ULONG, ULONG*);
  static const auto kQuery = look_up<Query>(L"ntdll.dll", "NtQuerySystemInformation");
  if (kQuery == nullptr) return fail(missing("NtQuerySystemInformation"));
  const std::string action = "NtQuerySystemInformation " + std::to_string(information_class);
  for (std::size_t size = kFirstSize; size <= kMaxSize; size *= 2) {
    std::vector<std::byte> answer(size);
    ULONG used = 0;
    const LONG status = kQuery(information_class, answer.data(), static_cast<ULONG>(size), &used);
    if (too_small(status)) continue;
    if (status < 0) return fail(status_error(status, action));
    if (used != 0 && used < size) answer.resize(used);
    return answer;
  }
  return fail(ErrorCode::kLimitExceeded, action + ": more than 64 MiB");
}

Result<std::size_t> query_process(HANDLE process, int information_class, std::span<std::byte> out) {
  using Query = LONG(WINAPI*)(HANDLE, int, void*, ULONG, ULONG*);
  static const auto kQuery = look_up<Query>(L"ntdll.dll", "NtQueryInformationProcess");
  if (kQuery == nullptr) return fail(missing("NtQueryInformationProcess"));
  ULONG used = 0;
  const LONG status =
      kQuery(process, information_class, out.data(), static_cast<ULONG>(out.size()), &used);
  const std::string action = "NtQueryInformationProcess " + std::to_string(information_class);
  if (too_small(status) && used <= out.size()) {
    return fail(ErrorCode::kIoError, action + ": asks for more without saying how much");
  }
  if (too_small(status)) return std::size_t{used};
  if (status < 0) return fail(status_error(status, action));
  return std::size_t{used};
}

}  // namespace konseki::windows_state
