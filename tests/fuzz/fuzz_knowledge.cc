// libFuzzer: hostile files that the knowledge base is read from. The first byte chooses which.
#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "konseki/artifact.h"
#include "tests/support/memory_file_system.h"
#include "tests/unit/artifact/memory_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using konseki::testing::MemoryFileSystem;
  constexpr std::array<const char*, 4> kLinux = {"etc/passwd", "etc/os-release", "etc/hostname",
                                                 "etc/timezone"};
  constexpr std::array<const char*, 2> kWindows = {"Windows/System32/config/SYSTEM",
                                                   "Windows/System32/config/SOFTWARE"};
  if (size == 0) return 0;
  const std::size_t choice = data[0] % (kLinux.size() + kWindows.size());
  const std::string content(reinterpret_cast<const char*>(data) + 1, size - 1);
  konseki::testing::MemorySource source;
  if (choice < kLinux.size()) {
    source.add(konseki::PathStyle::kPosix, "").add_file(kLinux[choice], content);
  } else {
    source.add(konseki::PathStyle::kWindows, "C:")
        .add_file(kWindows[choice - kLinux.size()], content);
  }
  (void)konseki::build_knowledge_base(source);
  return 0;
}
