// DebPackage: where the parts of a Debian binary package lie, deb(5).
#pragma once

#include <span>
#include <string>

#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

struct DebPackage {
  std::string name;     // "wordpress"; empty when its control file does not say
  std::string version;  // "6.1.6+dfsg1-0+deb12u1"
  ByteRange data;       // of data.tar.*, a tar of any compression
};

// True for the first bytes of a Debian package.
bool is_deb(std::span<const std::byte> head);

// kCorrupt when the parts are not there.
Result<DebPackage> read_deb(ByteReader& file);

// A part of a file as a file. `whole` outlives it.
class PartReader : public ByteReader {
 public:
  PartReader(ByteReader& whole, ByteRange range) : whole_(whole), range_(range) {}
  std::uint64_t size() const override { return range_.length; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  ByteReader& whole_;
  ByteRange range_;
};

}  // namespace konseki
