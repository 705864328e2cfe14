// What starts which unit: timers, sockets, paths, dependencies.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collectors/linux/systemd/unit_set.h"

namespace konseki {

// The unit that a timer, socket or path unit starts; empty for other types.
std::string activated_unit(const Unit& unit);

// Its own conditions as written: "OnCalendar=daily", "ListenStream=22", "PathExists=/x".
std::vector<std::string> own_conditions(const Unit& unit);

// Whether it is switched on: a link wants it, or its own alias is there. Absent where systemd
// itself would say "static".
std::optional<bool> is_enabled(const Unit& unit);

// Who starts each unit, by unit name.
class Activation {
 public:
  explicit Activation(const Units& units);

  // In words: "wanted by multi-user.target", "timer x.timer: OnCalendar=daily", "D-Bus org.x".
  // Sorted; what is switched off says so.
  std::vector<std::string> triggers_of(const Unit& unit) const;

  // is_enabled(), or true where a timer, socket or path that is enabled starts it.
  std::optional<bool> starts_by_itself(const Unit& unit) const;

 private:
  std::map<std::string, std::vector<const Unit*>> activators_;
  std::map<std::string, std::vector<std::string>> dependants_;  // "x.service (Wants=)"
};

}  // namespace konseki
