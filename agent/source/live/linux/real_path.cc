#include "agent/source/live/linux/real_path.h"

#include <cerrno>
#include <cstdlib>
#include <memory>

#include "agent/source/live/linux/read_error.h"

namespace konseki {

Result<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> found(::realpath(path.c_str(), nullptr),
                                                          &std::free);
  if (!found) return fail(read_error(errno, path));
  return std::string(found.get());
}

std::string real_path_of_future(const std::string& path) {
  std::string head = path.empty() ? "." : path;
  std::string tail;
  while (true) {
    if (auto found = real_path(head)) {
      if (tail.empty()) return *found;
      return *found == "/" ? "/" + tail : *found + "/" + tail;
    }
    while (head.size() > 1 && head.back() == '/') head.pop_back();
    const auto slash = head.rfind('/');
    const std::string name = head.substr(slash == std::string::npos ? 0 : slash + 1);
    if (name.empty()) return path;  // not even "/" can be resolved
    if (name != ".") tail = tail.empty() ? name : name + "/" + tail;
    head = slash == std::string::npos ? "." : slash == 0 ? "/" : head.substr(0, slash);
  }
}

}  // namespace konseki
