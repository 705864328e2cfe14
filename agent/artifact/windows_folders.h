// Where Windows keeps things: the values of %%environ_...%% and %%users....%%.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/artifact/variables.h"

namespace konseki {

// Filled from the hives as far as they say; variables() adds the defaults of both layouts, that
// since Vista ("Users") and that before ("Documents and Settings").
struct WindowsFolders {
  explicit WindowsFolders(std::string system_mount) : mount(std::move(system_mount)) {}

  std::string mount;                    // display prefix of the system volume
  std::string system_root = "Windows";  // inside it
  std::string program_files;            // as the hive writes it
  std::string program_files_x86;
  std::string profiles;
  std::string program_data;
  std::vector<std::string> homes;  // display paths
  bool old_layout = false;         // only "Documents and Settings"
  bool both_layouts = false;

  // SystemRoot as the hive has it; its drive letter is that of the system volume, whatever
  // letter the evidence gave to it.
  void set_own_system_root(std::string_view text);

  // A path of the hive, "%SystemDrive%\Users\a", as a display path; "" for what is none.
  std::string display_path(std::string_view path) const;

  // Values are path patterns; texts from the evidence have their wild cards escaped.
  VariableValues variables() const;

 private:
  std::string own_drive_;  // folded, "c:"
};

}  // namespace konseki
