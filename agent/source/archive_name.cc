#include "agent/source/archive_name.h"

#include <array>

#include "agent/base/cursor.h"

namespace konseki {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view name;
};
constexpr std::array kMagics = {Magic{0, "age-encryption.org/v1\n"sv, kAgeArchive},
                                Magic{0, "PK\x03\x04"sv, "zip"},
                                Magic{0, "PK\x05\x06"sv, "zip"},
                                Magic{0, "7z\xBC\xAF\x27\x1C"sv, "7z"},
                                Magic{0, "Rar!\x1A\x07"sv, "rar"},
                                Magic{0, "\x1F\x8B\x08"sv, "gzip"},
                                Magic{0, "BZh"sv, "bzip2"},
                                Magic{0,
                                      "\xFD"
                                      "7zXZ\0"sv,
                                      "xz"},
                                Magic{0, "\x28\xB5\x2F\xFD"sv, "zstd"},
                                Magic{0, "MSCF\0\0\0\0"sv, "cab"},
                                Magic{0, "ENCRYPTEDACQUIRE"sv, "encrypted acquire container"},
                                Magic{257, "ustar"sv, "tar"}};

}  // namespace

std::string_view archive_name(std::span<const std::byte> head) {
  for (const Magic& magic : kMagics) {
    if (head.size() >= magic.offset + magic.bytes.size() &&
        as_text(head.subspan(magic.offset, magic.bytes.size())) == magic.bytes) {
      return magic.name;
    }
  }
  return {};
}

}  // namespace konseki
