// Definition files that the user names, read into memory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "konseki/artifact.h"
#include "konseki/result.h"

namespace konseki {

// Owns the texts that its NamedTexts view.
class DefinitionFiles {
 public:
  // A text that was read elsewhere.
  void add(std::string name, std::string text);
  std::vector<NamedText> texts() const;
  bool holds(std::string_view name) const;

 private:
  friend Result<DefinitionFiles> read_definition_files(const std::vector<std::string>& paths);
  struct File {
    std::string name;
    std::string text;
  };
  std::vector<File> files_;
};

// Reads each file, and each *.yaml, *.yml and *.tkape below each folder, sorted by path.
Result<DefinitionFiles> read_definition_files(const std::vector<std::string>& paths);

}  // namespace konseki
