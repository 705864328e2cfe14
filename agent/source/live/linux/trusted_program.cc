// LinuxCommands::resolve: which file a command's name means, and whether it may be run.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "agent/source/live/linux/linux_commands.h"
#include "agent/source/live/linux/read_error.h"
#include "agent/source/live/linux/real_path.h"

namespace konseki {
namespace {

const Bilingual& trust_advice() {
  static const Bilingual kAdvice{
      "only programs of the system's own folders (/usr/bin, /usr/sbin, /bin, /sbin) are run",
      "実行するのはシステムのフォルダー（/usr/bin、/usr/sbin、/bin、/sbin）のプログラムだけです"};
  return kAdvice;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

bool is_below_any(const std::string& path, const std::vector<std::string>& folders) {
  return std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
    return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
  });
}

// The file and every folder above it belong to root and nobody else may change them; so what was
// looked at is what will be run.
Result<void> check_owners(const std::string& program) {
  for (std::string path = program; !path.empty(); path = folder_of(path)) {
    struct ::stat facts {};
    if (::stat(path.c_str(), &facts) != 0) return fail(read_error(errno, path));
    if (facts.st_uid != 0 || (facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
      return fail(ErrorCode::kPermissionDenied, path + ": others than root may change it",
                  trust_advice());
    }
  }
  return {};
}

}  // namespace

Result<std::string> LinuxCommands::resolve(const std::string& name) const {
  if (name.empty()) return fail(ErrorCode::kInvalidArgument, "a command without a program");
  std::string path;
  if (name.find('/') == std::string::npos) {
    for (const std::string& folder : trust_.named_in) {
      path = folder + "/" + name;
      if (::access(path.c_str(), F_OK) == 0) break;
      path.clear();
    }
    if (path.empty()) return fail(ErrorCode::kNotFound, name + ": no such program");
  } else {
    path = name;
    const std::string folder = folder_of(path);
    if (std::find(trust_.named_in.begin(), trust_.named_in.end(), folder) ==
        trust_.named_in.end()) {
      return fail(ErrorCode::kPermissionDenied, name + ": not in a folder of the system",
                  trust_advice());
    }
  }
  KONSEKI_ASSIGN(const std::string program, real_path(path));
  if (!is_below_any(program, trust_.below) || is_below_any(program, trust_.never_below)) {
    return fail(ErrorCode::kPermissionDenied, path + ": leads to " + program, trust_advice());
  }
  KONSEKI_TRY(check_owners(program));
  struct ::stat facts {};
  if (::stat(program.c_str(), &facts) != 0) return fail(read_error(errno, program));
  if (!S_ISREG(facts.st_mode) || ::access(program.c_str(), X_OK) != 0) {
    return fail(ErrorCode::kPermissionDenied, program + ": not a program that may be run");
  }
  return program;
}

}  // namespace konseki
