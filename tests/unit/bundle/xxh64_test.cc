#include "agent/bundle/xxh64.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <string>

#include "tests/unit/bundle/sample_bundle.h"

namespace konseki {
namespace {

TEST(Xxh64, AgreesWithPublishedValues) {
  EXPECT_EQ(xxh64(""), 0xEF46DB3751D8E999u);
  EXPECT_EQ(xxh64("a"), 0xD24EC4F1A98C6E5Bu);
  EXPECT_EQ(xxh64("abc"), 0x44BC2CF5AD770999u);
}

// zstd ends a frame with the low half of the same hash: an independent word on every length.
TEST(Xxh64, AgreesWithZstdOnEveryLength) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string text = testing::noise(size, 7 + size);
    std::string frame(ZSTD_compressBound(size), '\0');
    frame.resize(ZSTD_compress2(context, frame.data(), frame.size(), text.data(), text.size()));
    std::uint32_t stored = 0;
    for (int i = 0; i < 4; ++i) {
      stored |= static_cast<std::uint32_t>(static_cast<unsigned char>(frame[frame.size() - 4 + i]))
                << (8 * i);
    }
    EXPECT_EQ(stored, static_cast<std::uint32_t>(xxh64(text))) << size;
  }
  ZSTD_freeCCtx(context);
}

}  // namespace
}  // namespace konseki
