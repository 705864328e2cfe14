// Where systemd looks for units, systemd.unit(5) UNIT FILE LOAD PATH.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace konseki {

enum class UnitPieceKind {
  kFragment,  // DIRECTORY/foo.service
  kDropIn,    // DIRECTORY/foo.service.d/x.conf
  kLink,      // DIRECTORY/multi-user.target.wants/foo.service
  kHook,      // a program that systemd runs: generators, system-sleep, system-shutdown
  kOutside,   // a unit file elsewhere, which a link may bring in
};

struct UnitPlace {
  UnitPieceKind kind = UnitPieceKind::kFragment;
  bool user = false;      // of user managers, not of the system's
  std::string home;       // user units of one account: its home or "/run/user/UID"
  int rank = 0;           // of the directory: lower wins
  std::string unit;       // kFragment, kLink, kOutside: the unit; kDropIn: what it applies to
  std::string file_name;  // kDropIn
  std::string relation;   // kLink: "wants", "requires", "upholds"
  std::string owner;      // kLink: the unit that wants it
  std::string hook;       // kHook: "generator", "environment generator", "sleep", "shutdown"
};

// `path` is absolute, of the evidence's own system.
std::optional<UnitPlace> unit_place(std::string_view path);

// "service" of "foo@bar.service"; empty when the name has no type that systemd knows.
std::string_view unit_type(std::string_view name);

// "foo@.service" of "foo@bar.service"; empty for names that are no instance.
std::string template_of(std::string_view name);
bool is_template(std::string_view name);

}  // namespace konseki
