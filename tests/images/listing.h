// Listings of a Source's volumes for comparison in tests.
#pragma once

#include <map>
#include <string>

#include "konseki/source.h"

namespace konseki::testing {

// Every entry by its path inside the volume; the first of equal paths. Errors fail the test.
std::map<std::string, Entry> walk_all(FileSystem& file_system, bool include_deleted = false);

// The same names by recursing with list().
std::map<std::string, Entry> list_all(FileSystem& file_system);

// What `fls -r -p -m` and our walk say of each allocated file and stream, as text of equal form:
// path → "inode size mtime atime ctime crtime" with whole seconds. Both should be equal.
std::map<std::string, std::string> fls_facts(const std::string& image, std::uint64_t sector);
std::map<std::string, std::string> walk_facts(FileSystem& file_system);

// SHA-256 of a file or stream, or the error's text.
std::string content_digest(FileSystem& file_system, const Entry& entry,
                           std::string_view stream = {});

}  // namespace konseki::testing
