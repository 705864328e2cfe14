// What tests of disk images share: recipes run with stock tools, files as ByteReaders, digests.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "agent/source/image/image_source.h"

namespace konseki::testing {

// Opens files of this machine; kNotFound where there is none.
FileOpener file_opener();

// A directory that goes away with it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string file(std::string_view name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Runs a shell recipe in `directory`; what it prints goes to the test's log only on failure.
// Answers whether it succeeded.
bool run_recipe(const std::filesystem::path& directory, const std::string& script);

// Is the tool on this machine? Recipes that need an absent one are skipped, saying so.
bool have_tool(const std::string& name);

void write_file(const std::filesystem::path& path, std::string_view content);
std::string read_file(const std::filesystem::path& path);

// Lower-case hex SHA-256 of what a reader gives, read in pieces of uneven size.
std::string digest_of(ByteReader& reader);
std::string digest_of(std::string_view bytes);
std::string file_digest(const std::filesystem::path& path);

// Bytes that no compressor or hole finder can shorten, the same on each run.
std::string noise(std::size_t size, std::uint32_t seed);

}  // namespace konseki::testing
