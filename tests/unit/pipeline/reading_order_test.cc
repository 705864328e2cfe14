#include "agent/pipeline/reading_order.h"

#include <gmock/gmock.h>

namespace konseki {
namespace {

using ::testing::ElementsAre;

ResolvedItem item(std::size_t volume, const std::string& path, bool core) {
  ResolvedItem out;
  out.volume = volume;
  out.entry.path = path;
  out.core = core;
  return out;
}

TEST(ReadingOrder, CoreFirstThenTheRestThenSnapshotsOneByOne) {
  std::vector<ResolvedItem> items{
      item(0, "c/log", false),   item(0, "c/system", true), item(0, "c/zip", false),
      item(1, "old/log", false), item(1, "old/sam", true),  item(2, "d/sam", true),
      item(2, "d/log", false),   item(3, "new/log", false), item(3, "new/sam", true)};
  put_in_reading_order(items, [](std::size_t volume) { return volume == 1 || volume == 3; });
  std::vector<std::string> paths;
  for (const ResolvedItem& each : items) paths.push_back(each.entry.path);
  EXPECT_THAT(paths, ElementsAre("c/system", "d/sam", "c/log", "c/zip", "d/log", "old/sam",
                                 "old/log", "new/sam", "new/log"));
}

}  // namespace
}  // namespace konseki
