#include "agent/source/live/linux/linux_commands.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <thread>

#include "agent/base/clock.h"
#include "agent/source/live/linux/file_descriptor.h"
#include "agent/source/live/linux/read_error.h"

namespace konseki {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kTick{50};        // how soon a stop request is seen
constexpr milliseconds kLeftovers{500};  // for output of children that outlive their program
constexpr milliseconds kReaping{5'000};  // a killed process that hangs in the kernel is left then
constexpr int kNotStarted = 127;

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(read_error(errno, "pipe"));
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

// What the child needs, made before the fork: between fork and exec only system calls are safe.
struct Launch {
  const char* program;
  char* const* arguments;
  char* const* environment;
  int input;
  int output;
  int error_output;
  int failure;  // errno goes here when the program cannot be run
};

[[noreturn]] void report_failure(int pipe) {
  const int number = errno;
  [[maybe_unused]] const ssize_t written = ::write(pipe, &number, sizeof number);
  ::_exit(kNotStarted);
}

[[noreturn]] void become(const Launch& launch) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // an agent that is killed leaves nothing running
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const struct rlimit no_core {};
  ::setrlimit(RLIMIT_CORE, &no_core);
  if (::chdir("/") != 0) report_failure(launch.failure);
  // The pipes may have any numbers, 0 to 2 among them when the agent was started without.
  const int input = ::fcntl(launch.input, F_DUPFD_CLOEXEC, 3);
  const int output = ::fcntl(launch.output, F_DUPFD_CLOEXEC, 3);
  const int error_output = ::fcntl(launch.error_output, F_DUPFD_CLOEXEC, 3);
  const int failure = ::fcntl(launch.failure, F_DUPFD_CLOEXEC, 3);
  if (::dup2(input, 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(error_output, 2) < 0) {
    report_failure(failure);
  }
#ifdef SYS_close_range
  constexpr unsigned kMarkOnly = 1U << 2;  // CLOSE_RANGE_CLOEXEC
  ::syscall(SYS_close_range, 3U, ~0U, kMarkOnly);
#endif
  ::execve(launch.program, launch.arguments, launch.environment);
  report_failure(failure);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// One pipe of a running program, kept up to a limit.
struct Stream {
  FileDescriptor pipe;
  std::vector<std::byte> bytes;
  std::size_t limit = 0;
  bool cut = false;
  bool open = true;

  // What is there now; false when nothing was.
  bool drain() {
    std::array<std::byte, 65536> buffer;
    const ssize_t count = ::read(pipe.get(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return false;
    if (count <= 0) {
      open = false;
      return false;
    }
    const auto read = static_cast<std::size_t>(count);
    const std::size_t kept = std::min(read, limit - bytes.size());
    bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(kept));
    cut = cut || kept < read;
    return true;
  }
};

class RunningProgram {
 public:
  RunningProgram(pid_t process, const HostCommand& command, FileDescriptor output,
                 FileDescriptor error_output)
      : process_(process), command_(command) {
    output_.pipe = std::move(output);
    output_.limit = command.max_output;
    error_output_.pipe = std::move(error_output);
    error_output_.limit = command.max_error_output;
  }

  // Follows it to its end; what is left of its group is killed.
  void follow(const std::stop_token& stop, CommandOutcome& outcome) {
    const Clock::time_point start = Clock::now();
    Clock::time_point deadline = start + command_.time_limit;
    while (output_.open || error_output_.open || !ended_) {
      if (!ended_ && has_ended()) {
        outcome.duration = since(start);
        deadline = std::min(deadline, Clock::now() + kLeftovers);
      }
      const bool late = Clock::now() >= deadline;
      if (late && !ended_) outcome.end = CommandOutcome::End::kTimeLimit;
      if (output_.cut) outcome.end = CommandOutcome::End::kOutputLimit;
      if (stop.stop_requested() && !ended_) outcome.end = CommandOutcome::End::kStopped;
      if (late || output_.cut || stop.stop_requested()) break;
      read_some();
    }
    // Not yet reaped, so that the number still stands for this group and no other.
    ::kill(-process_, SIGKILL);
    if (!ended_) {
      const Clock::time_point patience = Clock::now() + kReaping;
      while (!has_ended() && Clock::now() < patience) {
        std::this_thread::sleep_for(milliseconds(5));
      }
      outcome.duration = since(start);
    }
    int status = 0;
    if (ended_ && ::waitpid(process_, &status, WNOHANG) == process_) {
      if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
      if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
    }
    outcome.output = std::move(output_.bytes);
    outcome.error_output = std::move(error_output_.bytes);
    outcome.error_output_cut = error_output_.cut;
  }

 private:
  static std::chrono::microseconds since(Clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  }

  bool has_ended() {
    siginfo_t facts{};
    if (::waitid(P_PID, static_cast<id_t>(process_), &facts, WEXITED | WNOHANG | WNOWAIT) == 0) {
      ended_ = facts.si_pid == process_;
    }
    return ended_;
  }

  void read_some() {
    std::array<pollfd, 2> waiting{};
    nfds_t count = 0;
    for (const Stream* stream : {&output_, &error_output_}) {
      if (stream->open) waiting[count++] = {stream->pipe.get(), POLLIN, 0};
    }
    // With both pipes closed only the end of the process is waited for.
    const milliseconds patience = count == 0 ? milliseconds(2) : kTick;
    if (::poll(waiting.data(), count, static_cast<int>(patience.count())) <= 0) return;
    for (Stream* stream : {&output_, &error_output_}) {
      for (nfds_t i = 0; i < count; ++i) {
        if (waiting[i].fd == stream->pipe.get() && waiting[i].revents != 0) stream->drain();
      }
    }
  }

  pid_t process_;
  const HostCommand& command_;
  Stream output_;
  Stream error_output_;
  bool ended_ = false;
};

// 0 when the program runs, else the errno of the failure.
int start_failure(int pipe) {
  int number = 0;
  ssize_t count = 0;
  do {
    count = ::read(pipe, &number, sizeof number);
  } while (count < 0 && errno == EINTR);
  return count == static_cast<ssize_t>(sizeof number) ? number : 0;
}

}  // namespace

Result<CommandOutcome> LinuxCommands::run(const HostCommand& command, std::stop_token stop) {
  CommandOutcome outcome;
  std::vector<std::string> arguments = command.arguments;
  KONSEKI_ASSIGN(outcome.program, resolve(arguments.empty() ? std::string() : arguments.front()));
  std::vector<std::string> environment{"LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
  const std::vector<char*> argument_pointers = pointers(arguments);
  const std::vector<char*> environment_pointers = pointers(environment);

  const FileDescriptor input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!input) return fail(read_error(errno, "/dev/null"));
  KONSEKI_ASSIGN(Pipe output, make_pipe());
  KONSEKI_ASSIGN(Pipe error_output, make_pipe());
  KONSEKI_ASSIGN(Pipe failure, make_pipe());
  const Launch launch{
      outcome.program.c_str(), argument_pointers.data(), environment_pointers.data(), input.get(),
      output.write.get(),      error_output.write.get(), failure.write.get()};
  outcome.started = system_now();
  const pid_t process = ::fork();
  if (process < 0) return fail(read_error(errno, "fork"));
  if (process == 0) become(launch);
  ::setpgid(process, process);  // both sides set it: whoever comes first
  output.write = FileDescriptor();
  error_output.write = FileDescriptor();
  failure.write = FileDescriptor();
  if (const int number = start_failure(failure.read.get())) {
    int status = 0;
    ::waitpid(process, &status, 0);
    return fail(read_error(number, outcome.program));
  }
  RunningProgram(process, command, std::move(output.read), std::move(error_output.read))
      .follow(stop, outcome);
  return outcome;
}

}  // namespace konseki
