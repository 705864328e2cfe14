#include "agent/source/live/linux/device_names.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <charconv>
#include <limits>
#include <string_view>

#include "agent/source/live/linux/directory_names.h"
#include "agent/source/live/linux/file_descriptor.h"

namespace konseki {
namespace {

std::string unescaped(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size(); ++at) {
    unsigned value = 0;
    if (name.substr(at, 2) == "\\x" && at + 4 <= name.size()) {
      const char* digits = name.data() + at + 2;
      const auto [end, error] = std::from_chars(digits, digits + 2, value, 16);
      if (error == std::errc{} && end == digits + 2) {
        out += static_cast<char>(value);
        at += 3;
        continue;
      }
    }
    out += name[at];
  }
  return out;
}

}  // namespace

std::string device_name(const std::string& directory, std::uint64_t device) {
  const FileDescriptor links(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!links) return {};
  NameBatch batch;
  if (!DirectoryNames().read(links.get(), std::numeric_limits<std::size_t>::max(), batch))
    return {};
  batch.sort_by_name();
  for (std::size_t index = 0; index < batch.size(); ++index) {
    struct ::stat facts {};
    const char* name = batch.text(batch[index]);
    if (::fstatat(links.get(), name, &facts, 0) == 0 && S_ISBLK(facts.st_mode) &&
        facts.st_rdev == device) {
      return unescaped(name);
    }
  }
  return {};
}

std::uint64_t block_device_at(const std::string& path) {
  struct ::stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISBLK(facts.st_mode) ? facts.st_rdev : 0;
}

}  // namespace konseki
