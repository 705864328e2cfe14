#include "agent/base/name_part.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

TEST(NamePart, KeepsWhatIsPlain) {
  EXPECT_EQ(name_part("pc-1.example_A", 64, "x"), "pc-1.example_A");
  EXPECT_EQ(name_part("../etc/pass wd", 64, "x"), "_._etc_pass_wd");
  EXPECT_EQ(name_part("é", 64, "x"), "__");
  EXPECT_EQ(name_part("abcdef", 3, "x"), "abc");
  EXPECT_EQ(name_part("", 64, "host"), "host");
}

}  // namespace
}  // namespace konseki
