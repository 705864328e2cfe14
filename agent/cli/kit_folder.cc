#include "agent/cli/kit_folder.h"

#include "agent/base/local_path.h"
#include "agent/base/memory_reader.h"
#include "agent/cli/case_file.h"
#include "agent/source/live/local_file.h"
#include "agent/source/live/local_tree.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMostConfig = std::uint64_t{4} << 20;

}  // namespace

std::span<const std::string_view> kit_case_keys() {
  // All but the last: what a watch shows is known only at the moment of collecting.
  static_assert(kCaseKeys.back() == "clock_reference");
  return std::span(kCaseKeys).first(kCaseKeys.size() - 1);
}

std::optional<std::string> kit_beside_program() {
  const auto program = own_executable_path();
  if (!program) return std::nullopt;
  // With its slash where it is the root of a volume: "E:" alone would be wherever one is on it.
  const std::size_t slash = program->rfind('/');
  const std::string above = program->substr(0, slash);
  const std::string folder = above.empty() || above.back() == ':' ? above + "/" : above;
  if (!local_file_facts(path_in(folder, kKitConfigName))) return std::nullopt;
  return folder;
}

Result<KitConfig> read_kit_config(const std::string& folder) {
  KONSEKI_ASSIGN(const auto reader, open_local_file(path_in(folder, kKitConfigName)));
  KONSEKI_ASSIGN(const auto bytes, read_all(*reader, kMostConfig));
  return parse_kit_config({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                          kit_case_keys());
}

Result<std::vector<KitMember>> read_kit_members(const std::string& folder, std::string_view kind) {
  KONSEKI_ASSIGN(const KitConfig config, read_kit_config(folder));
  KONSEKI_ASSIGN(auto file, open_local_file(path_in(folder, kKitDataName)));
  return read_kit_data(std::move(file), config.data_key, kind);
}

Result<KitCheck> check_kit_folder(const std::string& folder,
                                  const std::optional<VerifyingKey>& expected) {
  KONSEKI_ASSIGN(const auto tree, open_local_tree(folder));
  return check_kit(*tree, kit_case_keys(), expected);
}

}  // namespace konseki
