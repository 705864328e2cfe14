#include "collectors/linux/dpkg/path_hash.h"

#include <bit>
#include <cstddef>

namespace konseki {
namespace {

struct State {
  std::uint64_t v0, v1, v2, v3;

  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1;
      v2 += v3;
      v1 = std::rotl(v1, 13) ^ v0;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 = std::rotl(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = std::rotl(v1, 17) ^ v2;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 = std::rotl(v2, 32);
    }
  }

  void word(std::uint64_t value) {
    v3 ^= value;
    rounds(2);
    v0 ^= value;
  }
};

std::uint64_t little(std::string_view text) {
  std::uint64_t value = 0;
  for (std::size_t i = text.size(); i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(text[i]);
  }
  return value;
}

}  // namespace

std::uint64_t siphash24(std::string_view text, std::uint64_t key0, std::uint64_t key1) {
  State state{key0 ^ 0x736f6d6570736575, key1 ^ 0x646f72616e646f6d, key0 ^ 0x6c7967656e657261,
              key1 ^ 0x7465646279746573};
  const std::size_t whole = text.size() / 8 * 8;
  for (std::size_t at = 0; at < whole; at += 8) state.word(little(text.substr(at, 8)));
  state.word(little(text.substr(whole)) | static_cast<std::uint64_t>(text.size() & 0xFF) << 56);
  state.v2 ^= 0xFF;
  state.rounds(4);
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

std::uint64_t path_hash(std::string_view path) {
  return siphash24(path, 0x6b6f6e73656b6921, 0x7061636b61676573);
}

}  // namespace konseki
