// PathSpec: the address of a piece of evidence. Nothing is asserted without one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "konseki/byte_reader.h"

namespace konseki {

// Names any byte range in any nesting, outermost first:
// evidence -> volume -> snapshot -> path -> stream -> members of containers -> byte range.
// Strings are raw bytes as the evidence holds them (UTF-8 or WTF-8 where the volume is Unicode).
struct PathSpec {
  std::string evidence;              // "live", or the file name of the image, folder or bundle
  std::string volume;                // VolumeInfo::mount: "C:", "" for the Linux root, "$fs$/fs0"
  std::string snapshot;              // shadow copy id; empty for the volume itself
  std::string path;                  // display path as in files.jsonl: "C:/Windows/x", "/etc/x"
  std::string stream;                // alternate data stream; empty for the main one
  std::vector<std::string> members;  // names inside nested archives, mails, documents
  std::optional<ByteRange> range;    // bytes, lines are never used

  bool operator==(const PathSpec&) const = default;
};

}  // namespace konseki
