#include "agent/cli/definition_files.h"

#include <algorithm>

#include "agent/base/memory_reader.h"
#include "agent/base/unicode.h"
#include "agent/source/live/local_file.h"
#include "agent/source/live/local_tree.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxDefinitionFile = std::uint64_t{16} << 20;

Result<std::string> read_text(ByteReader& reader) {
  KONSEKI_ASSIGN(const auto bytes, read_all(reader, kMaxDefinitionFile));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

bool is_definition(std::string_view name) {
  const std::string folded = fold_case(name);
  return folded.ends_with(".yaml") || folded.ends_with(".yml") || folded.ends_with(".tkape");
}

}  // namespace

void DefinitionFiles::add(std::string name, std::string text) {
  files_.push_back({std::move(name), std::move(text)});
}

std::vector<NamedText> DefinitionFiles::texts() const {
  std::vector<NamedText> texts;
  for (const File& file : files_) texts.push_back({file.name, file.text});
  return texts;
}

bool DefinitionFiles::holds(std::string_view name) const {
  return std::any_of(files_.begin(), files_.end(),
                     [&](const File& file) { return file.name == name; });
}

Result<DefinitionFiles> read_definition_files(const std::vector<std::string>& paths) {
  DefinitionFiles out;
  for (const std::string& path : paths) {
    KONSEKI_ASSIGN(const LocalFileFacts facts, local_file_facts(path));
    if (facts.kind != LocalFileKind::kDirectory) {
      KONSEKI_ASSIGN(auto reader, open_local_file(path));
      KONSEKI_ASSIGN(std::string text, read_text(*reader));
      out.files_.push_back({path, std::move(text)});
      continue;
    }
    KONSEKI_ASSIGN(auto tree, open_local_tree(path));
    std::vector<Entry> entries;
    KONSEKI_TRY(tree->walk({}, [&](const Entry& entry) {
      if (entry.type == FileType::kRegular && is_definition(entry.path)) entries.push_back(entry);
      return WalkAction::kContinue;
    }));
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.path < b.path; });
    for (const Entry& entry : entries) {
      KONSEKI_ASSIGN(auto reader, tree->open(entry));
      KONSEKI_ASSIGN(std::string text, read_text(*reader));
      out.files_.push_back({path + "/" + entry.path, std::move(text)});
    }
  }
  return out;
}

}  // namespace konseki
