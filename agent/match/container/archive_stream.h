// ArchiveStream: the members of one archive, one after another.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "konseki/byte_reader.h"
#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki {

struct ArchiveMember {
  std::string name;  // raw bytes; UTF-8 where the archive says so; empty where it has none
  bool regular = true;
  bool symbolic_link = false;
  std::string link_target;  // of symbolic links, and of hard links, which are regular and empty
  bool encrypted = false;
  std::optional<Timestamp> modified;
};

// Used by one thread at a time; the reader it was opened on outlives it.
class ArchiveStream {
 public:
  virtual ~ArchiveStream() = default;

  // The next member; nothing at the end. After an error the archive is over.
  virtual Result<std::optional<ArchiveMember>> next() = 0;
  // The next bytes of the member, valid until the next call; empty at its end.
  virtual Result<std::span<const std::byte>> read() = 0;
  // True when this is a compressed file and no archive.
  virtual bool single() const = 0;
  // True when a compression lies around it.
  virtual bool compressed() const = 0;
};

enum class ArchiveForm {
  kAny,
  kCompressedFile,  // what the compression holds is one file, whatever it looks like
};

// kUnsupported where no such archive is known, or this build reads none.
Result<std::unique_ptr<ArchiveStream>> open_archive(ByteReader& content, ArchiveForm form);

}  // namespace konseki
