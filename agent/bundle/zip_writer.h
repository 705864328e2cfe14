// ZipWriter: a ZIP archive (APPNOTE 6.3) as a stream. Our own because libarchive takes names
// through the locale and DOS times through the time zone, and this must depend on neither.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "agent/base/output_stream.h"
#include "konseki/bundle.h"

namespace konseki {

// What an archive member is told to be. The name ends in '/' for directories.
struct ZipEntry {
  std::string name;
  MemberType type = MemberType::kFile;  // file, directory or symlink
  std::uint64_t size = 0;
  std::uint32_t mode = 0644;
  Timestamp modified;
};

// Deflate, UTF-8 names, sizes after the data, zip64 where sizes ask for it. Not thread-safe; the
// central directory is kept in memory, about 100 bytes and the name for each member.
class ZipWriter {
 public:
  explicit ZipWriter(OutputStream& out);
  ~ZipWriter();

  // begin, then exactly entry.size bytes, then end.
  Result<void> begin(const ZipEntry& entry);
  Result<void> write(std::span<const std::byte> content);
  Result<void> end();
  // Writes the central directory. Nothing may follow.
  Result<void> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace konseki
