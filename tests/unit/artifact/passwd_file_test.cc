#include "agent/artifact/passwd_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace konseki {
namespace {

std::vector<PasswdEntry> parse(std::string_view text) {
  std::vector<PasswdEntry> entries;
  parse_passwd(text, [&](const PasswdEntry& entry) { entries.push_back(entry); });
  return entries;
}

TEST(PasswdFile, ReadsTheSevenFields) {
  const std::string text =
      "root:x:0:0:root:/root:/bin/bash\n"
      "a:x:1000:100:A,,,:/home/a:/bin/zsh\n";
  const auto entries = parse(text);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].name, "a");
  EXPECT_EQ(entries[1].uid, 1000u);
  EXPECT_EQ(entries[1].gid, 100u);
  EXPECT_EQ(entries[1].comment, "A,,,");
  EXPECT_EQ(entries[1].home, "/home/a");
  EXPECT_EQ(entries[1].shell, "/bin/zsh");
  EXPECT_EQ(entries[1].line, 2u);
  EXPECT_EQ(text.substr(entries[1].offset, entries[1].raw.size()), entries[1].raw);
  EXPECT_TRUE(entries[1].problem.empty());
}

TEST(PasswdFile, SkipsBlankAndCommentLinesAndTakesAnyLineEnd) {
  const auto entries = parse("# note\r\n\r\n   \nbin:x:2:2::/bin:/usr/sbin/nologin\r\nx:x:3:3::/:");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].shell, "/usr/sbin/nologin");
  EXPECT_EQ(entries[0].line, 4u);
  EXPECT_EQ(entries[1].home, "/");
  EXPECT_TRUE(entries[1].shell.empty());
}

// An attacker's program path may end in a blank; nothing may be trimmed.
TEST(PasswdFile, KeepsBlanksInFields) {
  const auto entries = parse("news:x:9:9:news:/var/spool/news:/usr/sbin/nologin \n");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].shell, "/usr/sbin/nologin ");
}

TEST(PasswdFile, NamesWhatIsWrong) {
  const auto entries = parse(
      "a:x:zero:0::/:/bin/sh\nb:x:1\n:x:0:0::/:/bin/sh\nc:x:1:1::/:/s:t:u\n"
      "d:x:4294967296:1::/:/s\ne:x:-1:1::/:/s\n");
  ASSERT_EQ(entries.size(), 6u);
  EXPECT_EQ(entries[0].problem, "user id is no number");
  EXPECT_FALSE(entries[0].uid);
  EXPECT_EQ(entries[1].problem, "fewer than 7 fields");
  EXPECT_EQ(entries[2].problem, "no user name");
  EXPECT_EQ(entries[3].problem, "more than 7 fields");
  EXPECT_EQ(entries[4].problem, "user id is no number");
  EXPECT_EQ(entries[5].problem, "user id is no number");
}

TEST(PasswdFile, TellsNisLinesApart) {
  const auto entries = parse("+::::::\n-@bad\n+joe:x:::::\n");
  ASSERT_EQ(entries.size(), 3u);
  for (const auto& entry : entries) {
    EXPECT_TRUE(entry.is_nis());
    EXPECT_TRUE(entry.problem.empty());
  }
}

TEST(PasswdFile, AcceptsAnyBytes) {
  std::string noise;
  for (int i = 0; i < 4096; ++i) noise += static_cast<char>((i * 131 + i / 7) & 0xff);
  for (std::size_t size = 0; size < noise.size(); size += 37) parse(noise.substr(0, size));
  EXPECT_EQ(parse(std::string("a\0b:x:0:0::/:/s", 15)).at(0).problem, "NUL byte in line");
}

}  // namespace
}  // namespace konseki
