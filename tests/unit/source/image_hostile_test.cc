// Whatever bytes an image holds, using it ends, and soon. Each seed is one damaged image.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/images/exercise_image.h"

namespace konseki::testing {
namespace {

struct Victim {
  const char* name;
  const char* recipe;
  const char* tool;
};

constexpr Victim kVictims[] = {
    {"Ext4", "truncate -s 2M image && mke2fs -q -t ext4 -d tree image", "mke2fs"},
    {"Ext2", "truncate -s 2M image && mke2fs -q -t ext2 -d tree image", "mke2fs"},
    {"Fat", "truncate -s 2M image && mkfs.vfat image && mcopy -s -i image tree/* ::", "mcopy"},
    {"Exfat", "truncate -s 4M image && mkfs.exfat image", "mkfs.exfat"},
    {"Ntfs", "truncate -s 2M image && mkntfs -q -F -f image && ntfscp -f image tree/file newfile",
     "mkntfs"},
    {"Iso", "genisoimage -quiet -J -R -o image tree", "genisoimage"},
    {"Gpt",
     "truncate -s 4M image && sgdisk -n 1:1M:+2M image && truncate -s 2M e && mke2fs -q e "
     "&& dd if=e of=image bs=1M seek=1 conv=notrunc",
     "sgdisk"},
    {"Qcow", "truncate -s 1M r && mke2fs -q -d tree r && qemu-img convert -O qcow2 r image",
     "qemu-img"},
    {"QcowCompressed",
     "truncate -s 1M r && mke2fs -q -d tree r && qemu-img convert -c -O qcow2 r image", "qemu-img"},
    {"QcowOne", "truncate -s 1M r && mke2fs -q -d tree r && qemu-img convert -O qcow r image",
     "qemu-img"},
    {"Ewf",
     "truncate -s 1M r.raw && mke2fs -q -d tree r.raw && ewfacquire -u -q -c fast -C c -D d -e e "
     "-E 1 -N n -m fixed -M physical -f encase6 -t i r.raw && mv i.E01 image",
     "ewfacquire"},
};

class HostileImage : public ::testing::TestWithParam<Victim> {};

TEST_P(HostileImage, DoesNoHarm) {
  if (!have_tool(GetParam().tool)) GTEST_SKIP() << GetParam().tool << " absent";
  const TemporaryDirectory temporary;
  write_file(temporary.path() / "tree/file", noise(50'000, 1));
  write_file(temporary.path() / "tree/directory/other", "x");
  for (int i = 0; i < 20; ++i) {
    write_file(temporary.path() / "tree/directory" / std::to_string(i), "y");
  }
  ASSERT_TRUE(run_recipe(temporary.path(), GetParam().recipe));
  const std::string image = read_file(temporary.file("image"));
  const auto bytes = std::as_bytes(std::span(image));
  ASSERT_TRUE(exercise_image(bytes).opened);
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    const auto start = std::chrono::steady_clock::now();
    exercise_image(mutate(bytes, seed));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  }
}

TEST_P(HostileImage, CutAnywhere) {
  if (!have_tool(GetParam().tool)) GTEST_SKIP() << GetParam().tool << " absent";
  const TemporaryDirectory temporary;
  write_file(temporary.path() / "tree/file", noise(50'000, 1));
  ASSERT_TRUE(run_recipe(temporary.path(), GetParam().recipe));
  const std::string image = read_file(temporary.file("image"));
  for (std::size_t size = 1; size < image.size(); size = size * 3 / 2 + 1) {
    SCOPED_TRACE(size);
    exercise_image(std::as_bytes(std::span(image).first(size)));
  }
}

INSTANTIATE_TEST_SUITE_P(Victims, HostileImage, ::testing::ValuesIn(kVictims),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace konseki::testing
