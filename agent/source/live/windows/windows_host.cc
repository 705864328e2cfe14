#include "agent/source/live/windows/windows_host.h"

#include <windows.h>

#include "agent/base/windows/handle.h"
#include "agent/base/windows/wide.h"
#include "agent/base/windows/windows_error.h"
#include "agent/source/live/windows/windows_state.h"

namespace konseki {
namespace {

class EmptyFileSystem : public FileSystem {
 public:
  const VolumeInfo& info() const override { return info_; }
  Result<Entry> stat(std::string_view path) override {
    return fail(ErrorCode::kNotFound, std::string(path));
  }
  Result<void> list(std::string_view, const EntryVisitor&) override { return {}; }
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view) override {
    return fail(ErrorCode::kNotFound, entry.path);
  }

 private:
  VolumeInfo info_;
};

Handle own_token(DWORD access) {
  HANDLE token = nullptr;
  if (::OpenProcessToken(::GetCurrentProcess(), access, &token) == 0) return {};
  return Handle(token);
}

}  // namespace

WindowsHost::WindowsHost(bool privileged)
    : kernel_(std::make_unique<EmptyFileSystem>()),
      state_(make_windows_state()),
      privileged_(privileged) {}

Result<ClockState> WindowsHost::clock() { return state_->clock(); }

Result<std::vector<BpfProgram>> WindowsHost::bpf_programs() {
  return fail(ErrorCode::kUnsupported, "eBPF");
}

std::uint32_t WindowsHost::own_process_id() const { return ::GetCurrentProcessId(); }

bool is_elevated() {
  const Handle token = own_token(TOKEN_QUERY);
  TOKEN_ELEVATION elevation{};
  DWORD size = 0;
  return token &&
         ::GetTokenInformation(token.get(), TokenElevation, &elevation, sizeof elevation, &size) !=
             0 &&
         elevation.TokenIsElevated != 0;
}

bool enable_privilege(const wchar_t* name) {
  const Handle token = own_token(TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY);
  TOKEN_PRIVILEGES wanted{};
  wanted.PrivilegeCount = 1;
  wanted.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
  if (!token || ::LookupPrivilegeValueW(nullptr, name, &wanted.Privileges[0].Luid) == 0) {
    return false;
  }
  ::SetLastError(ERROR_SUCCESS);
  return ::AdjustTokenPrivileges(token.get(), FALSE, &wanted, 0, nullptr, nullptr) != 0 &&
         ::GetLastError() == ERROR_SUCCESS;
}

}  // namespace konseki
