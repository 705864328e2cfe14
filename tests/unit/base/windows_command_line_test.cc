#include <gtest/gtest.h>

#include "agent/base/process.h"

namespace konseki {
namespace {

// What Microsoft documents for CommandLineToArgvW.
TEST(WindowsCommandLine, QuotesAsWindowsReads) {
  EXPECT_EQ(windows_command_line({"kit", "run", "--lang=ja"}), "kit run --lang=ja");
  EXPECT_EQ(windows_command_line({"E:\\kit", "E:\\my kit\\", ""}), R"(E:\kit "E:\my kit\\" "")");
  EXPECT_EQ(windows_command_line({R"(a"b)", R"(a\"b)", R"(a \\b)"}), R"("a\"b" "a\\\"b" "a \\b")");
  EXPECT_EQ(windows_command_line({"証拠 1"}), "\"証拠 1\"");
}

}  // namespace
}  // namespace konseki
