// EmbeddedFiles: files compiled into the program by konseki_embed() (installer/cmake/Embed.cmake).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace konseki {

struct EmbeddedFile {
  std::string_view name;
  std::string_view bytes;
};

// The files of one table, unpacked when it is made; views live as long as it does. Thread-safe.
class EmbeddedFiles {
 public:
  struct Name {
    std::string_view name;
    std::size_t size;  // in bytes, unpacked
  };

  EmbeddedFiles() = default;
  // `packed`: the contents of `names` one behind the other as one Zstandard frame, each half byte
  // of it written as another one, so that a resident scanner does not take rules for what they
  // describe. No secret. Aborts when the program itself is damaged.
  EmbeddedFiles(std::string_view packed, std::span<const Name> names);
  EmbeddedFiles(const EmbeddedFiles&) = delete;
  EmbeddedFiles& operator=(const EmbeddedFiles&) = delete;

  std::span<const EmbeddedFile> view() const { return files_; }

 private:
  std::string bytes_;
  std::vector<EmbeddedFile> files_;  // by name
};

}  // namespace konseki
