// MediumReader: a ByteReader that knows what its medium would not give, and how it is read.
#pragma once

#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"

namespace konseki {

// Readers of disks, of volumes on them and of files in those. Others have nothing to say of it.
class MediumReader : public ByteReader {
 public:
  // The ranges inside `within` that the medium would not give, as far as they were read: they read
  // as zeros. In order.
  virtual std::vector<ByteRange> lost(const ByteRange& within) const {
    (void)within;
    return {};
  }
  // True once the medium has disappeared: every further read fails.
  virtual bool gone() const { return false; }
  // How these bytes are read where that differs from VolumeInfo::access_method; else empty.
  virtual std::string_view access_method() const { return {}; }
};

// The same of any reader.
inline std::vector<ByteRange> lost_of(const ByteReader& reader, const ByteRange& within) {
  const auto* medium = dynamic_cast<const MediumReader*>(&reader);
  return medium == nullptr ? std::vector<ByteRange>() : medium->lost(within);
}
inline bool is_gone(const ByteReader& reader) {
  const auto* medium = dynamic_cast<const MediumReader*>(&reader);
  return medium != nullptr && medium->gone();
}
inline std::string_view access_method_of(const ByteReader& reader) {
  const auto* medium = dynamic_cast<const MediumReader*>(&reader);
  return medium == nullptr ? std::string_view() : medium->access_method();
}

}  // namespace konseki
