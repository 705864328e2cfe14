// libFuzzer: a hostile file given as a disk image. Partition tables, LVM metadata, container
// formats and file systems are opened, every volume is walked and content is read.
#include "tests/images/exercise_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)konseki::testing::exercise_image(std::as_bytes(std::span(data, size)));
  return 0;
}
