// Where Windows looks for things to start, apart from services and tasks: one table.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace konseki::windows {

// Hives, and places in them, that a row of the table speaks of.
enum Scope : std::uint32_t {
  kMachine = 1,            // SOFTWARE
  kMachine32 = 2,          // SOFTWARE\Wow6432Node
  kUserSoftware = 4,       // NTUSER.DAT\Software
  kUser32 = 8,             // NTUSER.DAT\Software\Wow6432Node
  kUserRoot = 16,          // NTUSER.DAT
  kControlSet = 32,        // SYSTEM\<current control set>
  kSystemRoot = 64,        // SYSTEM
  kMachineClasses = 128,   // SOFTWARE\Classes
  kUserClassesRoot = 256,  // UsrClass.dat
};
inline constexpr std::uint32_t kEverySoftware = kMachine | kMachine32 | kUserSoftware | kUser32;
inline constexpr std::uint32_t kBothMachine = kMachine | kMachine32;

// How a value's data names what runs.
enum class Holds : std::uint8_t {
  kCommand,   // one command line
  kCommands,  // command lines, comma-separated or a list of strings
  kFile,      // one path, nothing but
  kFiles,     // file names by blank or comma, or a list of strings
  kModules,   // a list of DLL names without folder, some without ".dll"
  kModule,    // one such DLL
  kClass,     // a CLSID, as data
  kKeyClass,  // a CLSID, as the name of the key; no value is needed
  kKeyName,   // a program's registered name, as the name of the key
  kSwitch,    // no file: the value itself is the trace
};

struct Location {
  std::uint32_t scopes = 0;
  std::string_view key;    // '/' separated, may hold '*' segments
  std::string_view value;  // glob; "" is the default value alone
  std::string_view mechanism;
  std::string_view technique;
  std::string_view trigger;
  Holds holds = Holds::kCommand;
  std::string_view enabled_by = {};  // a number beside it; 0 or absent: switched off
  std::string_view ordinary = {};    // folded glob: data as Windows ships it, which starts nothing
};

std::span<const Location> autostart_locations();

}  // namespace konseki::windows
