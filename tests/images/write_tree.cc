// write_tree CASE DIRECTORY: writes the evidence of a golden case (tests/golden/README.md) into a
// directory as the files it stands for, so that tests can build images of it with stock tools.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vector>

#include "agent/base/memory_reader.h"
#include "tests/support/golden.h"

namespace konseki::testing {
namespace {

namespace fs = std::filesystem;

Result<void> write_entry(FileSystem& volume, const Entry& entry, const fs::path& target) {
  if (entry.type == FileType::kDirectory) {
    fs::create_directories(target);
    return {};
  }
  fs::create_directories(target.parent_path());
  if (entry.type == FileType::kSymlink) {
    fs::create_symlink(entry.link_target, target);
    return {};
  }
  KONSEKI_ASSIGN(const auto content, volume.open(entry));
  KONSEKI_ASSIGN(const std::vector<std::byte> bytes, read_all(*content, content->size()));
  std::ofstream out(target, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) return fail(ErrorCode::kIoError, target.string());
  return {};
}

Result<void> write_tree(const std::string& folder, const fs::path& out) {
  KONSEKI_ASSIGN(const GoldenEvidence evidence, load_golden_evidence({"", "", folder}));
  for (const auto& volume : evidence.volumes) {
    Result<void> written;
    KONSEKI_TRY(volume->walk({}, [&](const Entry& entry) {
      if (written) written = write_entry(*volume, entry, out / entry.path);
      return written ? WalkAction::kContinue : WalkAction::kStop;
    }));
    KONSEKI_TRY(std::move(written));
  }
  return {};
}

}  // namespace
}  // namespace konseki::testing

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: write_tree CASE DIRECTORY\n");
    return 2;
  }
  try {
    auto written = konseki::testing::write_tree(argv[1], argv[2]);
    if (written) return 0;
    std::fprintf(stderr, "%s\n", written.error().describe(konseki::Language::kEnglish).c_str());
  } catch (const std::exception& why) {
    std::fprintf(stderr, "%s\n", why.what());
  }
  return 1;
}
