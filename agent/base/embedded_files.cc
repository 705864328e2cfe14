#include "agent/base/embedded_files.h"

#include <zstd.h>

#include <cstdint>
#include <cstdlib>

namespace konseki {
namespace {

// Half byte i is written as kHidden[i]; Embed.cmake has the same table.
constexpr std::uint8_t kHidden[16] = {0xb, 0x7, 0xd, 0x0, 0xf, 0x5, 0x2, 0xc,
                                      0x8, 0xa, 0x1, 0x4, 0xe, 0x3, 0x9, 0x6};

std::string reveal(std::string_view hidden) {
  std::uint8_t back[16];
  for (std::uint8_t i = 0; i < 16; ++i) back[kHidden[i]] = i;
  std::string out(hidden);
  for (char& c : out) {
    const auto byte = static_cast<std::uint8_t>(c);
    c = static_cast<char>(back[byte >> 4] << 4 | back[byte & 15]);
  }
  return out;
}

}  // namespace

EmbeddedFiles::EmbeddedFiles(std::string_view packed, std::span<const Name> names) {
  std::size_t size = 0;
  for (const Name& file : names) size += file.size;
  bytes_.resize(size);
  const std::string frame = reveal(packed);
  if (ZSTD_decompress(bytes_.data(), size, frame.data(), frame.size()) != size) std::abort();
  std::string_view rest = bytes_;
  for (const Name& file : names) {
    files_.push_back({file.name, rest.substr(0, file.size)});
    rest.remove_prefix(file.size);
  }
}

}  // namespace konseki
