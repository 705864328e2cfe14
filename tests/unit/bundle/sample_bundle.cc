#include "tests/unit/bundle/sample_bundle.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "agent/base/digest.h"
#include "tests/unit/bundle/memory_output.h"

namespace konseki::testing {
namespace {

constexpr std::uint64_t kSparseSize = 20 * 1024 * 1024;

void check(const Result<void>& result) {
  if (!result) {
    ADD_FAILURE() << result.error().describe(Language::kEnglish);
    std::abort();
  }
}

std::string sparse_content() {
  std::string out(kSparseSize, '\0');
  out.replace(4096, 3, "abc");
  out.replace(kSparseSize / 2, 3, "xyz");
  return out;
}

}  // namespace

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

MemberHeader file_header(std::string name, std::uint64_t size) {
  MemberHeader header;
  header.name = std::move(name);
  header.size = size;
  header.modified = Timestamp{1'700'000'000, 123'456'789};
  return header;
}

void add_file(BundleWriter& writer, const std::string& name, std::string_view content) {
  check(writer.add(file_header(name, content.size()), bytes_of(content)));
}

std::vector<std::pair<std::string, std::string>> sample_files() {
  return {{"fs/C:/Windows/System32/config/SYSTEM", noise(3000, 1)},
          {"fs/C:/Users/山田/デスクトップ/見積書.pdf", "quote"},
          {"fs/C:/Users/" + std::string(120, 'd') + '/' + std::string(200, 'f') + ".txt", "long"},
          {"fs/C:/empty.log", ""},
          {"fs/C:/linked.bin", noise(70'000, 2).substr(0, 600)},
          {"fs/C:/second.bin", noise(70'000, 2).substr(0, 600)},
          {"fs/C:/pagefile.sys", sparse_content()}};
}

std::string sample_bundle(const BundleWriterOptions& options) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output, options);
  add_file(*writer, "konseki/run.json", R"({"tool":"konseki","volumes":[{"mount":"C:"}]})");
  check(writer->audit({1'700'000'000, 0}, "start", R"({"a":1})"));
  MemberHeader root;
  root.name = "fs/C:";
  root.type = MemberType::kDirectory;
  root.mode = 0755;
  check(writer->add(root, {}));
  for (const auto& [name, content] : sample_files()) {
    MemberHeader header = file_header(name, content.size());
    if (name == "fs/C:/pagefile.sys") {
      header.data = {{4096, 4096}, {kSparseSize / 2, 512}};
      check(writer->begin(header));
      check(writer->write(bytes_of(std::string_view(content).substr(4096, 4096))));
      check(writer->write(bytes_of(std::string_view(content).substr(kSparseSize / 2, 512))));
      EXPECT_EQ(writer->end().value(), 0u);
    } else if (name == "fs/C:/second.bin") {
      header.type = MemberType::kHardLink;
      header.link_target = "fs/C:/linked.bin";
      header.sha256 = sha256_of(bytes_of(content));
      check(writer->add(header, {}));
    } else {
      check(writer->add(header, bytes_of(content)));
    }
    check(writer->append_line("files", R"({"path":")" + name.substr(3) + R"(","member":")" + name +
                                           R"(","size":)" + std::to_string(content.size()) + "}"));
  }
  MemberHeader link = file_header("fs/C:/Documents and Settings", 0);
  link.type = MemberType::kSymlink;
  link.link_target = "C:/ユーザー";
  check(writer->add(link, {}));
  MemberHeader folder = file_header("fs/C:/Temp", 0);
  folder.type = MemberType::kDirectory;
  folder.mode = 0755;
  check(writer->add(folder, {}));
  check(writer->append_line("findings", R"({"rule":"x"})"));
  check(writer->append_line("records/linux.cron", R"({"schema":"linux.cron"})"));
  check(writer->audit({1'700'000'001, 5}, "end", ""));
  EXPECT_TRUE(writer->seal(R"({"exit_code":0})").has_value());
  return output.bytes();
}

std::string noise(std::size_t size, std::uint64_t seed) {
  std::string out(size, '\0');
  for (char& byte : out) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    byte = static_cast<char>(seed >> 56);
  }
  return out;
}

}  // namespace konseki::testing
