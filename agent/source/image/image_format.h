// What kind of container a disk image is, by its first (and last) bytes.
#pragma once

#include <string_view>

#include "konseki/byte_reader.h"

namespace konseki {

enum class ImageFormat {
  kRaw,  // anything without a container's signature
  kEwf,
  kQcow,
  kVmdk,
  kVhd,          // and VHDX
  kUnsupported,  // a container we know by name but cannot read
  kCompressed,   // an image may be inside, after decompression
};

struct FormatGuess {
  ImageFormat format = ImageFormat::kRaw;
  std::string_view name = "raw";  // "ewf", "qcow2", "vdi", "gzip", ...
};

FormatGuess guess_image_format(ByteReader& reader);

}  // namespace konseki
