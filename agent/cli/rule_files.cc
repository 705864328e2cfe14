#include "agent/cli/rule_files.h"

#include <algorithm>
#include <string_view>

#include "agent/base/memory_reader.h"
#include "agent/base/unicode.h"
#include "agent/source/live/local_file.h"
#include "agent/source/live/local_tree.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxRuleFile = std::uint64_t{256} << 20;

Result<std::string> read_text(ByteReader& reader) {
  KONSEKI_ASSIGN(const auto bytes, read_all(reader, kMaxRuleFile));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

bool is_rule_file(std::string_view name) {
  const std::string folded = fold_case(name);
  constexpr std::string_view kEndings[] = {".yar", ".yara", ".rule", ".rules", ".yac"};
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return folded.ends_with(ending); });
}

// "rules/a.yar" -> "rules/"; empty where the path names no folder.
std::string folder_of(const std::string& path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

Result<void> read_folder(const std::string& folder, std::vector<yara::RuleFile>& files) {
  KONSEKI_ASSIGN(auto tree, open_local_tree(folder));
  std::vector<Entry> entries;
  KONSEKI_TRY(tree->walk({}, [&](const Entry& entry) {
    if (entry.type == FileType::kRegular && is_rule_file(entry.path)) entries.push_back(entry);
    return WalkAction::kContinue;
  }));
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.path < b.path; });
  const std::string base = folder.ends_with('/') ? folder : folder + "/";
  for (const Entry& entry : entries) {
    KONSEKI_ASSIGN(auto reader, tree->open(entry));
    KONSEKI_ASSIGN(std::string text, read_text(*reader));
    files.push_back({base + entry.path, std::move(text), base});
  }
  return {};
}

}  // namespace

Result<std::vector<yara::RuleFile>> read_rule_files(const std::vector<std::string>& paths) {
  std::vector<yara::RuleFile> files;
  for (const std::string& path : paths) {
    KONSEKI_ASSIGN(const LocalFileFacts facts, local_file_facts(path));
    const std::size_t before = files.size();
    if (facts.kind == LocalFileKind::kDirectory) {
      KONSEKI_TRY(read_folder(path, files));
    } else {
      KONSEKI_ASSIGN(std::string text, read_included_rules(path));
      const std::string folder = folder_of(path);
      files.push_back(folder.empty() ? yara::RuleFile{"./" + path, std::move(text), "./"}
                                     : yara::RuleFile{path, std::move(text), folder});
    }
    if (files.size() == before) {
      return fail(ErrorCode::kNotFound, path,
                  {"The folder holds no rule file (*.yar, *.yara, *.rule, *.rules, *.yac).",
                   "ルール ファイル (*.yar、*.yara、*.rule、*.rules、*.yac) がありません。"});
    }
  }
  return files;
}

Result<std::string> read_included_rules(const std::string& path) {
  KONSEKI_ASSIGN(auto reader, open_local_file(path));
  return read_text(*reader);
}

}  // namespace konseki
