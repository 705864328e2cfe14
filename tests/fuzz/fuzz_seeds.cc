// fuzz_seeds COLLECTOR DIRECTORY: writes the golden inputs of a collector, decoded, as a starting
// corpus for its libFuzzer target.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/support/golden.h"

int main(int argc, char** argv) {
  using namespace konseki::testing;
  if (argc != 3) {
    std::fputs("usage: fuzz_seeds COLLECTOR DIRECTORY\n", stderr);
    return 2;
  }
  std::filesystem::create_directories(argv[2]);
  std::size_t written = 0;
  for (const GoldenCase& golden : find_golden_cases(KONSEKI_GOLDEN)) {
    if (golden.collector != argv[1]) continue;
    const auto evidence = load_golden_evidence(golden);
    if (!evidence) continue;
    for (const OfferedFile& file : offered_files(*evidence)) {
      std::ofstream out(std::filesystem::path(argv[2]) / ("seed" + std::to_string(written++)),
                        std::ios::binary);
      out << file.volume->content(file.entry.path);
    }
  }
  std::printf("%zu seeds\n", written);
  return written > 0 ? 0 : 1;
}
