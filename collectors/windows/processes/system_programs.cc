#include "collectors/windows/processes/system_programs.h"

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"

namespace konseki::windows {
namespace {

constexpr std::string_view kSystem = "system32";

// Parents as on Windows 7 to 11 and the servers of the same years. XP starts services.exe and
// lsass.exe by winlogon.exe.
constexpr auto kPrograms = std::to_array<SystemProgram>({
    {"smss.exe", kSystem, false, "system smss.exe", false, false},
    {"csrss.exe", kSystem, false, "smss.exe", false, false},
    {"wininit.exe", kSystem, false, "smss.exe", false, true},
    {"winlogon.exe", kSystem, false, "smss.exe", false, false},
    {"services.exe", kSystem, false, "wininit.exe winlogon.exe", true, true},
    {"lsass.exe", kSystem, false, "wininit.exe winlogon.exe", true, true},
    {"lsaiso.exe", kSystem, false, "wininit.exe", true, true},
    {"lsm.exe", kSystem, false, "wininit.exe services.exe", true, true},
    {"svchost.exe", kSystem, true, "services.exe", true, false},
    {"spoolsv.exe", kSystem, false, "services.exe", true, false},
    {"searchindexer.exe", kSystem, true, "services.exe", true, false},
    {"taskhostw.exe", kSystem, false, "svchost.exe", false, false},
    {"taskhost.exe", kSystem, false, "services.exe svchost.exe", false, false},
    {"taskhostex.exe", kSystem, false, "svchost.exe", false, false},
    {"runtimebroker.exe", kSystem, false, "svchost.exe", false, false},
    {"sihost.exe", kSystem, false, "svchost.exe", false, false},
    {"wmiprvse.exe", "system32/wbem", false, "svchost.exe", false, false},
    {"dllhost.exe", kSystem, true, "", false, false},
    {"conhost.exe", kSystem, false, "", false, false},
    {"dwm.exe", kSystem, false, "", false, false},
    {"fontdrvhost.exe", kSystem, false, "", false, false},
    {"logonui.exe", kSystem, false, "", false, false},
    {"userinit.exe", kSystem, true, "", false, false},
    {"ctfmon.exe", kSystem, true, "", false, false},
    {"audiodg.exe", kSystem, false, "", false, false},
    {"wudfhost.exe", kSystem, false, "", false, false},
    {"taskmgr.exe", kSystem, true, "", false, false},
    {"cmd.exe", kSystem, true, "", false, false},
    {"rundll32.exe", kSystem, true, "", false, false},
    {"regsvr32.exe", kSystem, true, "", false, false},
    {"mshta.exe", kSystem, true, "", false, false},
    {"wscript.exe", kSystem, true, "", false, false},
    {"cscript.exe", kSystem, true, "", false, false},
    {"msiexec.exe", kSystem, true, "", false, false},
    {"explorer.exe", "", true, "", false, false},
});

std::string_view stem_of(std::string_view name) { return name.substr(0, name.rfind('.')); }

std::string letters_for_digits(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c == '0') c = 'o';
    if (c == '1') c = 'l';
    if (c == '5') c = 's';
  }
  return out;
}

// One letter left out, put in, replaced, or two neighbours swapped.
bool one_edit_apart(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (a == b || b.size() - a.size() > 1) return false;
  std::size_t same = 0;
  while (same < a.size() && a[same] == b[same]) ++same;
  if (a.size() < b.size()) return a.substr(same) == b.substr(same + 1);
  if (a.substr(same + 1) == b.substr(same + 1)) return true;
  return same + 1 < a.size() && a[same] == b[same + 1] && a[same + 1] == b[same] &&
         a.substr(same + 2) == b.substr(same + 2);
}

}  // namespace

const SystemProgram* find_system_program(std::string_view name) {
  const std::string folded = fold_case(name);
  const auto* found = std::ranges::find(kPrograms, folded, &SystemProgram::name);
  return found == kPrograms.end() ? nullptr : found;
}

std::string_view imitated_program(std::string_view name) {
  const std::string folded = fold_case(name);
  if (!folded.ends_with(".exe") || find_system_program(folded) != nullptr) return {};
  // Shorter names are one letter from too many honest ones.
  constexpr std::size_t kShortest = 5;
  const std::string_view stem = stem_of(folded);
  const std::string as_letters = letters_for_digits(stem);
  for (const SystemProgram& program : kPrograms) {
    const std::string_view known = stem_of(program.name);
    if (known.size() < kShortest) continue;
    if (one_edit_apart(stem, known) || as_letters == letters_for_digits(known)) {
      return program.name;
    }
  }
  return {};
}

bool lies_right(const SystemProgram& program, std::string_view exe, std::string_view system_root) {
  const std::string folded = fold_case(exe);
  std::string place = fold_case(system_root) + "/";
  if (!program.folder.empty()) place += std::string(program.folder) + "/";
  if (folded == place + std::string(program.name)) return true;
  return program.also_32_bit &&
         folded == fold_case(system_root) + "/syswow64/" + std::string(program.name);
}

bool may_start(const SystemProgram& program, std::string_view parent) {
  if (program.parents.empty()) return true;
  const std::string folded = fold_case(parent);
  std::string_view rest = program.parents;
  while (!rest.empty()) {
    const auto blank = std::min(rest.find(' '), rest.size());
    if (rest.substr(0, blank) == folded) return true;
    rest.remove_prefix(std::min(blank + 1, rest.size()));
  }
  return false;
}

}  // namespace konseki::windows
