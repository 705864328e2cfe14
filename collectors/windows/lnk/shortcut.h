// Windows shortcuts (.lnk) [MS-SHLLINK], over liblnk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "konseki/byte_reader.h"
#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki::windows {

struct Shortcut {
  std::string local_path;
  std::string network_path;
  std::string relative_path;
  std::string environment_path;  // with variables, "%windir%\x.exe"
  std::string item_path;         // from the shell items
  std::string arguments;
  std::string working_directory;
  std::string icon;
  std::string description;
  std::optional<Timestamp> target_created;
  std::optional<Timestamp> target_modified;
  std::optional<Timestamp> target_accessed;
  std::uint32_t target_size = 0;
  std::uint32_t target_attributes = 0;
  std::string drive_type;  // "fixed", "removable", ...
  std::optional<std::uint32_t> drive_serial;
  std::string volume_label;
  std::string machine_id;    // NetBIOS name of the machine that the target was last seen on
  std::string droid_volume;  // GUIDs of the link tracking service
  std::string droid_file;
  std::string birth_droid_volume;
  std::string birth_droid_file;
  std::string mac_address;              // node of droid_file, where it is a time-based GUID
  std::optional<Timestamp> droid_time;  // and its time: about the boot before the file was made
  std::optional<std::uint32_t> show_window;
  std::uint32_t flags = 0;
  std::string damage;  // why only the header could be read; empty when all could

  bool runs_as_administrator() const { return (flags & 0x2000) != 0; }
  // The path of the target that is most likely to be right; "" when there is none.
  std::string target() const;
};

// kCorrupt when it is no shortcut. One that breaks off gives what its header tells.
Result<Shortcut> parse_shortcut(ByteReader& content);

}  // namespace konseki::windows
