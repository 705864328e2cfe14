// Shadow copies: a volume as it was when Windows took a snapshot of it, through libvshadow.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki {

struct ShadowCopy {
  std::string id;  // of the shadow copy, lower-case GUID as vssadmin shows it
  Timestamp created;
  std::uint64_t size = 0;  // bytes of the volume then
};

// The shadow copies of one volume, oldest first, as the volume itself keeps them (the catalogue of
// \System Volume Information). What they hold is read from the volume's raw bytes: the service
// that made them is not asked, so the same code serves images and live volumes.
// [libyal: Volume Shadow Snapshot (VSS) format]
class ShadowCopies {
 public:
  // Makes a fresh reader of the volume at each call.
  using Opener = std::function<std::unique_ptr<ByteReader>()>;

  // Does the volume keep shadow copies at all, by its header at 0x1e00?
  static bool present(ByteReader& volume);

  // kCorrupt when the catalogue contradicts itself. `open` is kept.
  static Result<ShadowCopies> open(Opener open);

  const std::vector<ShadowCopy>& copies() const { return copies_; }

  // The bytes of the volume at that time; independent of other readers.
  Result<std::unique_ptr<ByteReader>> open_copy(std::size_t index) const;

 private:
  Opener open_;
  std::vector<ShadowCopy> copies_;
};

}  // namespace konseki
