#include "agent/source/live/parted_file.h"

#include "agent/base/joined_reader.h"
#include "agent/base/part_path.h"
#include "agent/source/live/local_file.h"

namespace konseki {
namespace {

bool is_there(const std::string& path) {
  const auto facts = local_file_facts(path);
  return facts && facts->kind == LocalFileKind::kRegular;
}

}  // namespace

Result<std::unique_ptr<ByteReader>> open_parted_file(const std::string& path) {
  std::string first = path;
  if (auto named = first_part_of(path); named && is_there(*named)) first = *std::move(named);
  std::vector<std::unique_ptr<ByteReader>> parts;
  KONSEKI_ASSIGN(auto head, open_local_file(first));
  parts.push_back(std::move(head));
  for (std::uint32_t number = 2; number <= kMostParts; ++number) {
    const std::string name = part_path(first, number);
    if (!is_there(name)) {
      if (number < kMostParts && is_there(part_path(first, number + 1))) {
        return fail(ErrorCode::kNotFound, name + ": missing, while the next part is there",
                    {"Put all parts of the bundle into one folder.",
                     "バンドルの分割ファイルをすべて同じフォルダーに置いてください。"});
      }
      break;
    }
    KONSEKI_ASSIGN(auto part, open_local_file(name));
    parts.push_back(std::move(part));
  }
  return join_parts(std::move(parts));
}

}  // namespace konseki
