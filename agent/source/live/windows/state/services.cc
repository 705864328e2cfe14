// Services as their manager has them now, and the drivers that the kernel has loaded.
#include <windows.h>
//
#include <winsvc.h>

#include <cstring>

#include "agent/base/windows/wide.h"
#include "agent/source/live/windows/state/api.h"
#include "agent/source/live/windows/state/listings.h"
#include "agent/source/live/windows/state/nt_query.h"

namespace konseki::windows_state {
namespace {

class ServiceHandle {
 public:
  explicit ServiceHandle(SC_HANDLE handle) : handle_(handle) {}
  ~ServiceHandle() {
    if (handle_ != nullptr) ::CloseServiceHandle(handle_);
  }
  ServiceHandle(const ServiceHandle&) = delete;
  ServiceHandle& operator=(const ServiceHandle&) = delete;
  explicit operator bool() const { return handle_ != nullptr; }
  SC_HANDLE get() const { return handle_; }

 private:
  SC_HANDLE handle_;
};

WindowsService service_of(const ENUM_SERVICE_STATUS_PROCESSW& row) {
  WindowsService service;
  service.name = text_of(row.lpServiceName);
  service.display_name = text_of(row.lpDisplayName);
  const SERVICE_STATUS_PROCESS& status = row.ServiceStatusProcess;
  service.type = status.dwServiceType;
  service.state = status.dwCurrentState;
  if (status.dwProcessId != 0) service.pid = status.dwProcessId;
  service.exit_code = status.dwWin32ExitCode;
  return service;
}

Result<void> read_settings(SC_HANDLE manager, const wchar_t* name, WindowsService& service) {
  const ServiceHandle handle(::OpenServiceW(manager, name, SERVICE_QUERY_CONFIG));
  if (!handle) return fail(last_error("OpenService"));
  DWORD needed = 0;
  ::QueryServiceConfigW(handle.get(), nullptr, 0, &needed);
  std::vector<std::byte> buffer(needed);
  auto* config = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(buffer.data());
  if (needed < sizeof(QUERY_SERVICE_CONFIGW) ||
      ::QueryServiceConfigW(handle.get(), config, needed, &needed) == 0) {
    return fail(last_error("QueryServiceConfig"));
  }
  service.start = config->dwStartType;
  service.image_path = text_of(config->lpBinaryPathName);
  service.account = text_of(config->lpServiceStartName);
  return {};
}

// RTL_PROCESS_MODULE_INFORMATION.
struct LoadedModule {
  void* section;
  void* mapped_base;
  void* image_base;
  ULONG size;
  ULONG flags;
  USHORT load_order;
  USHORT init_order;
  USHORT load_count;
  USHORT name_offset;
  char path[256];
};

}  // namespace

Result<std::vector<WindowsService>> list_services(const Withheld& withheld) {
  const ServiceHandle manager(
      ::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT | SC_MANAGER_ENUMERATE_SERVICE));
  if (!manager) return fail(last_error("OpenSCManager"));
  std::vector<WindowsService> services;
  std::vector<std::byte> buffer(64 * 1024);  // its documented limit is 256 KiB a call
  DWORD resume = 0;
  for (;;) {
    DWORD needed = 0;
    DWORD count = 0;
    const BOOL all = ::EnumServicesStatusExW(
        manager.get(), SC_ENUM_PROCESS_INFO, SERVICE_WIN32 | SERVICE_DRIVER, SERVICE_STATE_ALL,
        reinterpret_cast<BYTE*>(buffer.data()), static_cast<DWORD>(buffer.size()), &needed, &count,
        &resume, nullptr);
    const DWORD why = ::GetLastError();
    if (all == 0 && why != ERROR_MORE_DATA) return fail(api_error(why, "EnumServicesStatusEx"));
    const auto* rows = reinterpret_cast<const ENUM_SERVICE_STATUS_PROCESSW*>(buffer.data());
    for (DWORD i = 0; i < count; ++i) {
      WindowsService service = service_of(rows[i]);
      const auto settings = read_settings(manager.get(), rows[i].lpServiceName, service);
      if (!settings) withheld("service settings", service.name, settings.error());
      services.push_back(std::move(service));
    }
    if (all != 0) return services;
    if (count == 0) return fail(ErrorCode::kIoError, "EnumServicesStatusEx: no progress");
  }
}

Result<std::vector<WindowsDriver>> list_drivers() {
  constexpr int kSystemModuleInformation = 11;
  KONSEKI_ASSIGN(const std::vector<std::byte> list, query_system(kSystemModuleInformation));
  ULONG count = 0;
  if (list.size() < sizeof(count)) return fail(ErrorCode::kIoError, "the list of drivers is empty");
  std::memcpy(&count, list.data(), sizeof(count));
  constexpr std::size_t kFirst = sizeof(void*);  // aligned after the count
  std::vector<WindowsDriver> drivers;
  for (std::size_t at = kFirst; drivers.size() < count && at + sizeof(LoadedModule) <= list.size();
       at += sizeof(LoadedModule)) {
    const auto& module = *reinterpret_cast<const LoadedModule*>(list.data() + at);
    WindowsDriver driver;
    // The kernel keeps these in the system's ANSI code page; paths of drivers are ASCII.
    driver.path.assign(module.path, ::strnlen(module.path, sizeof(module.path)));
    driver.size = module.size;
    driver.order = module.load_order;
    drivers.push_back(std::move(driver));
  }
  return drivers;
}

}  // namespace konseki::windows_state
