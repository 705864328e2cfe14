// What shadow copies need not store again: only what volumes before them hold.
#include "agent/pipeline/known_content.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

Sha256 digest(int value) {
  Sha256 digest{};
  digest[0] = static_cast<std::byte>(value);
  digest[31] = std::byte{1};
  return digest;
}

TEST(KnownContent, KnowsOnlyWhatIsPublished) {
  KnownContent known;
  known.add(digest(1), 10, 100, "fs/C:/a");
  EXPECT_EQ(known.member(digest(1)), "");
  EXPECT_FALSE(known.has_size(10));
  known.publish();
  known.add(digest(1), 10, 200, "fs/$vss$/2/b");
  known.add(digest(2), 20, 300, "fs/$vss$/2/c");
  EXPECT_EQ(known.member(digest(1)), "fs/C:/a");
  EXPECT_TRUE(known.same_place(digest(1), 100));
  EXPECT_FALSE(known.same_place(digest(1), 200));
  EXPECT_EQ(known.member(digest(2)), "");
  known.publish();
  EXPECT_EQ(known.member(digest(1)), "fs/C:/a") << "the first one stays";
  EXPECT_TRUE(known.same_place(digest(1), 200));
  EXPECT_TRUE(known.has_size(20));
  EXPECT_FALSE(known.same_place(digest(3), 100));
}

TEST(KnownContent, PlacesAreThoseOfTheOwnVolume) {
  VolumeDetail copy;
  copy.mount = "$vss$/1";
  copy.snapshot = "id";
  copy.snapshot_of = "C:";
  const std::vector<VolumeDetail> details{copy};
  const auto at = [](std::string mount) {
    VolumeInfo info;
    info.mount = std::move(mount);
    info.style = PathStyle::kWindows;
    return info;
  };
  const VolumeInfo c = at("C:");
  const VolumeInfo snapshot = at("$vss$/1");
  const VolumeInfo d = at("D:");
  EXPECT_EQ(own_place(details, c, "Windows/X", ""), own_place(details, snapshot, "windows/x", ""));
  EXPECT_NE(own_place(details, c, "Windows/X", ""), own_place(details, d, "Windows/X", ""));
  EXPECT_NE(own_place(details, c, "a", "s"), own_place(details, c, "a", ""));
  EXPECT_EQ(find_snapshot(details, "C:"), nullptr);
}

}  // namespace
}  // namespace konseki
