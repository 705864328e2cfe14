// Uses everything a Source of an image offers, for tests on damaged and hostile images.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tests/images/image_files.h"

namespace konseki::testing {

struct Exercised {
  bool opened = false;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
};

// Opens the bytes as an image, walks every volume with deleted entries, lists and looks up some,
// and reads content and streams in part. Whatever the bytes are, this must end, and soon.
Exercised exercise_image(std::span<const std::byte> image);

// Changes some bytes, the same for the same seed; favours places where structures lie.
std::vector<std::byte> mutate(std::span<const std::byte> image, std::uint32_t seed);

}  // namespace konseki::testing
