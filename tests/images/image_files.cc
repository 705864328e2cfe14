#include "tests/images/image_files.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>
#include <vector>

#include "agent/base/digest.h"

namespace konseki::testing {
namespace {

class FileReader : public ByteReader {
 public:
  FileReader(std::ifstream file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(offset));
    file_.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
    if (file_.bad()) return fail(ErrorCode::kIoError, "read");
    return static_cast<std::size_t>(file_.gcount());
  }

 private:
  std::ifstream file_;
  std::uint64_t size_;
};

}  // namespace

FileOpener file_opener() {
  return [](const std::string& path) -> Result<std::unique_ptr<ByteReader>> {
    std::ifstream file(path, std::ios::binary);
    std::error_code error;
    if (!file || std::filesystem::is_directory(path, error)) {
      return fail(ErrorCode::kNotFound, path);
    }
    file.seekg(0, std::ios::end);
    const auto size = static_cast<std::uint64_t>(file.tellg());
    return std::make_unique<FileReader>(std::move(file), size);
  };
}

TemporaryDirectory::TemporaryDirectory() {
  std::random_device random;
  do {
    path_ = std::filesystem::temp_directory_path() / ("konseki-image-" + std::to_string(random()));
  } while (!std::filesystem::create_directory(path_));
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

bool run_recipe(const std::filesystem::path& directory, const std::string& script) {
  const auto log = directory / "recipe.log";
  write_file(
      directory / "recipe.sh",
      "set -eu\nexport PATH=\"$PATH:/usr/sbin:/sbin\" LC_ALL=C.UTF-8 TZ=UTC MTOOLS_SKIP_CHECK=1\n" +
          script);
  const std::string command = "cd '" + directory.string() + "' && sh recipe.sh > recipe.log 2>&1";
  if (std::system(command.c_str()) == 0) return true;
  std::cerr << "recipe failed:\n" << script << "\n" << read_file(log) << "\n";
  return false;
}

bool have_tool(const std::string& name) {
  return std::system(
             ("PATH=\"$PATH:/usr/sbin:/sbin\" command -v " + name + " > /dev/null 2>&1").c_str()) ==
         0;
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary)
      .write(content.data(), static_cast<std::streamsize>(content.size()));
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string digest_of(ByteReader& reader) {
  Sha256Pass pass;
  std::vector<std::byte> buffer(1 << 20);
  std::uint64_t offset = 0;
  std::size_t want = 1;
  while (offset < reader.size()) {
    auto count = reader.read_at(offset, std::span(buffer).first(want));
    if (!count) return "error: " + count.error().detail;
    if (*count == 0) return "short at " + std::to_string(offset);
    pass.update(std::span(buffer).first(*count));
    offset += *count;
    want = std::min(buffer.size(), want * 3 + 1);
  }
  return to_hex(pass.finish());
}

std::string digest_of(std::string_view bytes) {
  return to_hex(sha256_of(std::as_bytes(std::span(bytes))));
}

std::string file_digest(const std::filesystem::path& path) {
  auto reader = file_opener()(path.string());
  return reader ? digest_of(**reader) : "cannot open " + path.string();
}

std::string noise(std::size_t size, std::uint32_t seed) {
  std::string bytes(size, '\0');
  std::uint32_t state = seed * 2654435761u + 1;
  for (char& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

}  // namespace konseki::testing
