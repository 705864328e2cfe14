// What a Windows system says of itself in its hives and folders.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/artifact/host_reader.h"
#include "agent/artifact/variables.h"
#include "konseki/host.h"

namespace konseki {

// True when the volume looks like the system volume of a Windows installation, or, for a partial
// copy, at least holds its users' folders.
bool is_windows_root(HostReader& reader);

struct WindowsFacts {
  HostFacts host;
  std::string control_set;   // "ControlSet001"; "" when not known
  VariableValues variables;  // environ_* and users.*
};

// Reads SOFTWARE and SYSTEM where they are sound and goes by folder names where they are not; the
// hives may even come from another machine than the folders: users are those of either.
WindowsFacts read_windows_facts(HostReader& reader);

}  // namespace konseki
