// LinuxCommands on harmless programs of the machine that runs the tests.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "agent/source/live/linux/linux_commands.h"
#include "tests/unit/source/temporary_tree.h"

namespace konseki {
namespace {

using ::konseki::testing::TemporaryTree;
using std::chrono::milliseconds;

HostCommand command_of(std::vector<std::string> arguments) {
  HostCommand command;
  command.arguments = std::move(arguments);
  return command;
}

CommandOutcome run(const HostCommand& command) {
  auto outcome = LinuxCommands().run(command, {});
  EXPECT_TRUE(outcome) << outcome.error().describe(Language::kEnglish);
  return outcome ? *std::move(outcome) : CommandOutcome{};
}

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ErrorCode error_of(const std::string& program) {
  const auto outcome = LinuxCommands().run(command_of({program}), {});
  return outcome ? ErrorCode::kInternal : outcome.error().code;
}

TEST(LinuxCommands, PassesArgumentsWithoutAShell) {
  const auto outcome = run(command_of({"/bin/echo", "$HOME", "a b", ";", "id"}));
  EXPECT_EQ(text_of(outcome.output), "$HOME a b ; id\n");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.end, CommandOutcome::End::kExited);
  EXPECT_EQ(outcome.program, "/usr/bin/echo");
  EXPECT_GT(outcome.duration.count(), 0);
}

TEST(LinuxCommands, GivesAFixedEnvironmentAndFolderAndNoInput) {
  ::setenv("KONSEKI_TEST_SECRET", "x", 1);
  EXPECT_EQ(text_of(run(command_of({"env"})).output),
            "LC_ALL=C\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n");
  EXPECT_EQ(text_of(run(command_of({"pwd"})).output), "/\n");
  EXPECT_EQ(text_of(run(command_of({"readlink", "/proc/self/fd/0"})).output), "/dev/null\n");
}

TEST(LinuxCommands, LeavesNoDescriptorOfOursOpen) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);  // without close-on-exec
  // 0 to 2, and the listing's own.
  const std::string listed = text_of(run(command_of({"ls", "/proc/self/fd"})).output);
  EXPECT_EQ(listed, "0\n1\n2\n3\n");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(LinuxCommands, TellsFailureFromNotStarting) {
  const auto failed = run(command_of({"ls", "/nonexistent"}));
  EXPECT_NE(failed.exit_code, 0);
  EXPECT_NE(text_of(failed.error_output).find("/nonexistent"), std::string::npos);
  EXPECT_EQ(error_of("konseki-no-such-program"), ErrorCode::kNotFound);
  EXPECT_EQ(error_of("/usr/bin/konseki-no-such-program"), ErrorCode::kNotFound);
  EXPECT_EQ(error_of(""), ErrorCode::kInvalidArgument);
}

TEST(LinuxCommands, KillsTheWholeGroupWhenTimeIsUp) {
  HostCommand command = command_of({"sh", "-c", "echo start; sleep 60 & echo $!; sleep 60"});
  command.time_limit = milliseconds(300);
  const auto outcome = run(command);
  EXPECT_EQ(outcome.end, CommandOutcome::End::kTimeLimit);
  EXPECT_EQ(outcome.signal, SIGKILL);
  EXPECT_FALSE(outcome.exit_code);
  const std::string text = text_of(outcome.output);
  ASSERT_EQ(text.substr(0, 6), "start\n");
  const pid_t child = std::stoi(text.substr(6));
  ASSERT_GT(child, 1);
  // Gone, or a zombie that its new parent has not collected.
  for (int i = 0; i < 100 && ::kill(child, 0) == 0; ++i) {
    std::this_thread::sleep_for(milliseconds(10));
    std::FILE* status = std::fopen(("/proc/" + std::to_string(child) + "/stat").c_str(), "r");
    if (status == nullptr) break;
    char line[256] = "";
    const bool read = std::fgets(line, sizeof line, status) != nullptr;
    std::fclose(status);
    if (!read || std::string_view(line).find(") Z ") != std::string_view::npos) return;
  }
  EXPECT_NE(::kill(child, 0), 0);
}

TEST(LinuxCommands, DoesNotWaitForWhatAProgramLeavesBehind) {
  const auto start = std::chrono::steady_clock::now();
  const auto outcome = run(command_of({"sh", "-c", "sleep 60 & echo done"}));
  EXPECT_EQ(outcome.end, CommandOutcome::End::kExited);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(text_of(outcome.output), "done\n");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(LinuxCommands, KeepsOutputUpToItsLimit) {
  HostCommand command = command_of({"yes"});
  command.max_output = 100'001;
  const auto outcome = run(command);
  EXPECT_EQ(outcome.end, CommandOutcome::End::kOutputLimit);
  EXPECT_EQ(outcome.output.size(), 100'001u);
  HostCommand loud = command_of({"sh", "-c", "yes >&2 | head -c 0; yes 2>&1 1>&2 | head -c 1"});
  loud.max_error_output = 1000;
  loud.time_limit = milliseconds(300);
  const auto errors = run(loud);
  EXPECT_TRUE(errors.error_output_cut);
  EXPECT_EQ(errors.error_output.size(), 1000u);
}

TEST(LinuxCommands, StopsWhenTheRunIsInterrupted) {
  std::stop_source source;
  const std::jthread later([&] {
    std::this_thread::sleep_for(milliseconds(100));
    source.request_stop();
  });
  const auto outcome = LinuxCommands().run(command_of({"sleep", "60"}), source.get_token());
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->end, CommandOutcome::End::kStopped);
  EXPECT_EQ(outcome->signal, SIGKILL);
}

TEST(LinuxCommands, TrustsOnlyFoldersOfTheSystem) {
  TemporaryTree tree;
  tree.add_file("program", "#!/bin/sh\necho ran\n");
  ::chmod(tree.path("program").c_str(), 0755);
  EXPECT_EQ(error_of(tree.path("program")), ErrorCode::kPermissionDenied);
  EXPECT_EQ(error_of("./program"), ErrorCode::kPermissionDenied);
  EXPECT_EQ(error_of("/usr/bin/../../tmp/x"), ErrorCode::kPermissionDenied);

  // A trusted folder that others may write to, and a link that leads out of one.
  const LinuxCommands commands(LinuxCommands::Trust{{tree.root()}, {tree.root()}, {}});
  ::chmod(tree.root().c_str(), 0777);
  const auto writable = commands.resolve("program");
  ASSERT_FALSE(writable);
  EXPECT_EQ(writable.error().code, ErrorCode::kPermissionDenied);
  EXPECT_NE(writable.error().detail.find("others than root"), std::string::npos);
  tree.add_symlink("echo", "/bin/echo");
  const auto leading_out = commands.resolve("echo");
  ASSERT_FALSE(leading_out);
  EXPECT_NE(leading_out.error().detail.find("leads to /usr/bin/echo"), std::string::npos);
}

}  // namespace
}  // namespace konseki
