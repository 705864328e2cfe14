// A rescue kit's folder as the verbs meet it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/kit/kit_check.h"
#include "agent/kit/kit_data.h"

namespace konseki {

// The case fields that a kit may carry.
std::span<const std::string_view> kit_case_keys();

// The folder of this program where a kit.json lies beside it; nothing else.
std::optional<std::string> kit_beside_program();

Result<KitConfig> read_kit_config(const std::string& folder);

// Members of data.kon, see read_kit_data().
Result<std::vector<KitMember>> read_kit_members(const std::string& folder, std::string_view kind);

// check_kit() of a folder; fails only when there is no such folder.
Result<KitCheck> check_kit_folder(const std::string& folder,
                                  const std::optional<VerifyingKey>& expected);

}  // namespace konseki
