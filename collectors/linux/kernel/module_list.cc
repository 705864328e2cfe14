#include "collectors/linux/kernel/module_list.h"

#include <array>

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::kernel {
namespace {

using procfs::next_field;
using procfs::next_part;

std::string state_name(std::string_view state) {
  if (state == "Live" || state == "live") return "live";
  if (state == "Loading" || state == "coming") return "loading";
  if (state == "Unloading" || state == "going") return "unloading";
  return std::string(state);
}

void read_sysfs_module(FileSystem& kernel, const std::string& path, Module& module) {
  auto value = [&](std::string_view file) {
    return procfs::read_value(kernel, path + "/" + std::string(file)).value_or("");
  };
  module.in_sysfs = true;
  module.version = value("version");
  module.source_version = value("srcversion");
  if (module.state.empty()) module.state = state_name(value("initstate"));
  if (module.taint.empty()) module.taint = value("taint");
  if (!module.size) module.size = parse_number<std::uint64_t>(value("coresize"));
  if (!module.references) module.references = parse_number<std::uint64_t>(value("refcnt"));
}

// Documentation/admin-guide/tainted-kernels.rst, from bit 0.
constexpr std::array<std::string_view, 19> kTaint{
    "P: proprietary module was loaded",
    "F: module was force loaded",
    "S: kernel running on an out of specification system",
    "R: module was force unloaded",
    "M: processor reported a machine check",
    "B: bad page referenced",
    "U: taint requested by userspace",
    "D: kernel died recently (oops or BUG)",
    "A: ACPI table overridden",
    "W: kernel issued a warning",
    "C: staging driver was loaded",
    "I: workaround for a firmware bug",
    "O: out-of-tree module was loaded",
    "E: unsigned module was loaded",
    "L: soft lockup occurred",
    "K: kernel has been live patched",
    "X: taint defined by the distribution",
    "T: built with the structure randomisation plugin",
    "N: an in-kernel test was run",
};

}  // namespace

std::optional<Module> parse_module_line(std::string_view line) {
  Module module;
  module.name = next_field(line);
  module.size = parse_number<std::uint64_t>(next_field(line));
  // "-" when the kernel cannot unload modules.
  module.references = parse_number<std::uint64_t>(next_field(line));
  std::string_view users = next_field(line);
  module.state = state_name(next_field(line));
  next_field(line);  // address
  std::string_view taint = next_field(line);
  if (module.name.empty() || !module.size || module.state.empty()) return std::nullopt;
  while (!users.empty()) {
    const auto user = next_part(users, ',');
    if (!user.empty() && user != "-" && user != "[permanent]") module.used_by.emplace_back(user);
  }
  if (taint.starts_with('(') && taint.ends_with(')')) {
    module.taint = taint.substr(1, taint.size() - 2);
  }
  module.in_proc_modules = true;
  return module;
}

Result<ModuleList> read_modules(FileSystem& kernel) {
  ModuleList list;
  const auto read = procfs::for_each_line(kernel, "proc/modules", [&](std::string_view line) {
    if (auto module = parse_module_line(line)) list.modules[module->name] = std::move(*module);
    return true;
  });
  list.has_proc_modules = read.has_value();
  if (!read && read.error().code != ErrorCode::kNotFound) return fail(read.error());

  const auto listed = kernel.list("sys/module", [&](const Entry& entry) {
    const bool loadable = kernel.stat(entry.path + "/initstate").has_value();
    auto known = list.modules.find(std::string(entry.name()));
    if (loadable && known == list.modules.end()) {
      known = list.modules.emplace(entry.name(), Module{}).first;
      known->second.name = entry.name();
    }
    if (known != list.modules.end()) read_sysfs_module(kernel, entry.path, known->second);
    return WalkAction::kContinue;
  });
  list.has_sysfs = listed.has_value();
  if (!listed && listed.error().code != ErrorCode::kNotFound) return fail(listed.error());
  return list;
}

std::vector<std::string> taint_reasons(std::uint64_t bits) {
  std::vector<std::string> reasons;
  for (std::size_t bit = 0; bit < 64; ++bit) {
    if ((bits >> bit & 1U) == 0) continue;
    reasons.emplace_back(bit < kTaint.size() ? std::string(kTaint[bit])
                                             : "bit " + std::to_string(bit));
  }
  return reasons;
}

}  // namespace konseki::kernel
