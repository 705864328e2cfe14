// Loaded modules as /proc/modules and /sys/module tell them, put side by side.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/file_system.h"

namespace konseki::kernel {

struct Module {
  std::string name;
  std::optional<std::uint64_t> size;
  std::optional<std::uint64_t> references;
  std::vector<std::string> used_by;
  std::string state;
  std::string version;
  std::string source_version;
  std::string taint;
  bool in_proc_modules = false;
  bool in_sysfs = false;
};

// One line of /proc/modules; absent when it is not of that form.
std::optional<Module> parse_module_line(std::string_view line);

struct ModuleList {
  std::map<std::string, Module> modules;  // by name
  bool has_proc_modules = false;          // else there is nothing to compare
  bool has_sysfs = false;
};

// Modules built into the kernel are left out: /sys/module has them too, but without "initstate".
Result<ModuleList> read_modules(FileSystem& kernel);

// What each set bit of kernel.tainted says.
std::vector<std::string> taint_reasons(std::uint64_t bits);

}  // namespace konseki::kernel
