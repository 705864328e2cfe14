// TarWalker: goes through a tar from header to header. Reads pax, ustar and GNU tar alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "konseki/bundle.h"

namespace konseki {

// A member and where all its parts lie in the tar.
struct WalkedMember {
  Member member;
  std::uint64_t header_offset = 0;  // of its first header block
  std::uint64_t packed_offset = 0;  // of what follows the ustar header: sparse map, content
  std::uint64_t packed_size = 0;    // of that, without padding
  bool readable = true;             // false: a form whose content this reader does not know

  std::uint64_t end() const;  // of the padding: where the next header begins
};

// Does not own `tar`. Bounds on hostile input: extended headers of 1 MiB, sparse maps of a
// million ranges, apparent sizes of 64 TiB.
class TarWalker {
 public:
  explicit TarWalker(ByteReader& tar) : tar_(tar) {}

  // The next member, or nothing at the end mark or the end of the tar. kCorrupt: offset() is
  // where the header should be, and resync() may go on from there.
  Result<std::optional<WalkedMember>> next();

  // Moves to the next place that looks like a header of a bundle's member; false when none is
  // left. Only for damaged tars: evidence may hold tars of its own.
  Result<bool> resync();

  std::uint64_t offset() const { return offset_; }  // of the next header
  // After next() answered nothing: true when two zero blocks said so.
  bool found_end_mark() const { return found_end_mark_; }
  // All header blocks of the last member, with the sparse map.
  const std::string& header_bytes() const { return header_bytes_; }

 private:
  ByteReader& tar_;
  std::uint64_t offset_ = 0;
  bool found_end_mark_ = false;
  int lost_frames_ = 0;
  std::string header_bytes_;
};

}  // namespace konseki
