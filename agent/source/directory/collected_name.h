// CollectedName: what a name in a collection stood for on the machine it came from.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace konseki {

// "%41" to "A"; nothing when the result could not be a name ("", ".", "..", one with '/' or NUL).
// What is not a full escape stays as it is.
std::optional<std::string> percent_decoded(std::string_view name);

// A file of a collection that holds an alternate stream.
struct CollectedStream {
  std::string file;    // name of the file it belongs to
  std::string stream;  // without the colon
};

// "x.txt:Zone.Identifier", and the names other tools give to NTFS metadata streams: KAPE's
// "$Extend/$J" and "$Secure_$SDS", CyLR's "$UsnJrnl$J" without the colon, ... `directory` is the
// path of the directory on its volume. Nothing when the name is that of a file.
std::optional<CollectedStream> collected_stream(std::string_view directory, std::string_view name);

// Drive letter, upper case, of a volume folder: "C", "c:", "C%3A", "\\.\C:" in Velociraptor's
// escapes. Nothing when it is no drive.
std::optional<char> drive_letter(std::string_view folder);

}  // namespace konseki
