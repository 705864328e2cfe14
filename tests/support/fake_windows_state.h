// FakeWindowsState: a running Windows made of values; FakeWindowsHost: a LiveHost that has one.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/windows_state.h"
#include "tests/support/memory_file_system.h"

namespace konseki::testing {

// Every listing is what the test put there, a failure included. `refused` is told by every listing
// that may withhold things.
class FakeWindowsState : public WindowsState {
 public:
  struct Refusal {
    std::string kind;
    std::string what;
    Error error;
  };

  // Text, as REG_SZ; a number, as REG_DWORD; a time, as REG_QWORD. Makes the key and those above.
  void set_text(const std::string& key, const std::string& name, std::string_view text);
  void set_number(const std::string& key, const std::string& name, std::uint32_t number);
  void set_filetime(const std::string& key, const std::string& name, std::uint64_t ticks);
  void add_key(const std::string& key);
  void deny_key(const std::string& key) { denied_.push_back(key); }

  Result<std::vector<WindowsProcess>> processes(const Withheld& withheld) override {
    return told(process_list, withheld);
  }
  Result<std::vector<WindowsSocket>> sockets(const Withheld& withheld) override {
    return told(socket_list, withheld);
  }
  Result<std::vector<WindowsDnsEntry>> dns_cache(const Withheld& withheld) override {
    return told(dns_list, withheld);
  }
  Result<std::vector<WindowsAdapter>> adapters() override { return adapter_list; }
  Result<std::vector<WindowsRoute>> routes() override { return route_list; }
  Result<std::vector<WindowsNeighbour>> neighbours() override { return neighbour_list; }
  Result<std::vector<WindowsTerminalSession>> terminal_sessions(const Withheld&) override {
    return terminal_list;
  }
  Result<std::vector<WindowsLogon>> logons(const Withheld& withheld) override {
    return told(logon_list, withheld);
  }
  Result<std::vector<WindowsShareSession>> share_sessions() override { return share_list; }
  Result<std::vector<WindowsService>> services(const Withheld& withheld) override {
    return told(service_list, withheld);
  }
  Result<std::vector<WindowsDriver>> drivers() override { return driver_list; }
  Result<std::vector<WindowsVolume>> volumes(const Withheld& withheld) override {
    return told(volume_list, withheld);
  }
  Result<WindowsMachine> machine() override { return machine_facts; }
  Result<ClockState> clock() override { return clock_state; }
  Result<WindowsKey> machine_key(std::string_view path) override;

  Result<std::vector<WindowsProcess>> process_list = std::vector<WindowsProcess>{};
  Result<std::vector<WindowsSocket>> socket_list = std::vector<WindowsSocket>{};
  Result<std::vector<WindowsDnsEntry>> dns_list = std::vector<WindowsDnsEntry>{};
  Result<std::vector<WindowsAdapter>> adapter_list = std::vector<WindowsAdapter>{};
  Result<std::vector<WindowsRoute>> route_list = std::vector<WindowsRoute>{};
  Result<std::vector<WindowsNeighbour>> neighbour_list = std::vector<WindowsNeighbour>{};
  Result<std::vector<WindowsTerminalSession>> terminal_list = std::vector<WindowsTerminalSession>{};
  Result<std::vector<WindowsLogon>> logon_list = std::vector<WindowsLogon>{};
  Result<std::vector<WindowsShareSession>> share_list = std::vector<WindowsShareSession>{};
  Result<std::vector<WindowsService>> service_list = std::vector<WindowsService>{};
  Result<std::vector<WindowsDriver>> driver_list = std::vector<WindowsDriver>{};
  Result<std::vector<WindowsVolume>> volume_list = std::vector<WindowsVolume>{};
  Result<WindowsMachine> machine_facts = WindowsMachine{};
  Result<ClockState> clock_state = ClockState{};
  std::vector<Refusal> refused;

 private:
  template <class T>
  Result<T> told(const Result<T>& list, const Withheld& withheld) const {
    for (const Refusal& each : refused) withheld(each.kind, each.what, each.error);
    return list;
  }
  WindowsKey& key_at(const std::string& path);

  std::map<std::string, WindowsKey> keys_;  // by folded path
  std::vector<std::string> denied_;
};

class FakeWindowsHost : public LiveHost {
 public:
  FileSystem& kernel() override { return kernel_; }
  Result<ClockState> clock() override { return state.clock(); }
  Result<std::vector<BpfProgram>> bpf_programs() override {
    return fail(ErrorCode::kUnsupported, "no eBPF");
  }
  bool privileged() const override { return is_privileged; }
  std::uint32_t own_process_id() const override { return own_id; }
  WindowsState* windows() override { return &state; }

  FakeWindowsState state;
  bool is_privileged = true;
  std::uint32_t own_id = 0;

 private:
  MemoryFileSystem kernel_;
};

}  // namespace konseki::testing
