// libyara handles as owning pointers.
#pragma once

#include <yara.h>

#include <memory>

#include "agent/base/handles/closer.h"

namespace konseki {

inline void destroy_yara_rules(YR_RULES* rules) noexcept { yr_rules_destroy(rules); }

using YaraCompilerHandle = std::unique_ptr<YR_COMPILER, Closer<yr_compiler_destroy>>;
using YaraRulesHandle = std::unique_ptr<YR_RULES, Closer<destroy_yara_rules>>;
using YaraScannerHandle = std::unique_ptr<YR_SCANNER, Closer<yr_scanner_destroy>>;

}  // namespace konseki
