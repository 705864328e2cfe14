// What a service is and what about it deserves a look.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collectors/windows/base/environment.h"
#include "konseki/windows_state.h"

namespace konseki::windows {

// A service as the manager, or where that is silent the registry, tells of it.
struct ServiceView {
  WindowsService service;
  std::string service_dll{};   // verbatim
  bool unlisted = false;       // in the registry, but not in the manager's list
  bool settings_gone = false;  // in the manager's list, but not in the registry
};

constexpr bool is_driver_type(std::uint32_t type) { return (type & 0x0BU) != 0; }

std::string service_state_name(std::uint32_t state);

// Display path of what runs.
std::string target_of(const ServiceView& view, const Environment& environment);

// Stable words, sorted; README.md explains each.
std::vector<std::string> signs_of(const ServiceView& view, const std::string& target);
std::vector<std::string> driver_signs(const std::string& path, const Environment& environment);

}  // namespace konseki::windows
