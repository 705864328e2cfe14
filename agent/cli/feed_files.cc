#include "agent/cli/feed_files.h"

#include <algorithm>
#include <utility>

#include "agent/source/live/local_file.h"
#include "agent/source/live/local_tree.h"

namespace konseki {
namespace {

FeedInput input_of(std::string path) {
  FeedInput input;
  input.name = path;
  input.open = [path = std::move(path)] { return open_local_file(path); };
  return input;
}

}  // namespace

Result<std::vector<FeedInput>> feed_inputs(const std::vector<std::string>& paths) {
  std::vector<FeedInput> out;
  for (const std::string& path : paths) {
    KONSEKI_ASSIGN(const LocalFileFacts facts, local_file_facts(path));
    if (facts.kind != LocalFileKind::kDirectory) {
      out.push_back(input_of(path));
      continue;
    }
    KONSEKI_ASSIGN(const auto tree, open_local_tree(path));
    std::vector<std::string> found;
    KONSEKI_TRY(tree->walk({}, [&](const Entry& entry) {
      if (entry.type == FileType::kRegular) found.push_back(entry.path);
      return WalkAction::kContinue;
    }));
    std::sort(found.begin(), found.end());
    const std::string folder = path.ends_with('/') ? path : path + "/";
    for (const std::string& name : found) out.push_back(input_of(folder + name));
  }
  return out;
}

}  // namespace konseki
