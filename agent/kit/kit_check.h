// Whether a rescue kit is as it was made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/kit/kit_config.h"
#include "agent/kit/kit_list.h"
#include "konseki/file_system.h"
#include "konseki/text.h"

namespace konseki {

enum class KitProblemKind {
  kMissing,         // listed, not there
  kAdditional,      // there, not listed
  kAltered,         // another size or content than listed
  kUnreadable,      // there, and could not be read
  kDamaged,         // kit.json, kit.list or its signature is not in its form
  kWrongSignature,  // kit.list is not what the kit's key signed
  kOtherKey,        // signed by another key than the one that the caller expects
};

struct KitProblem {
  KitProblemKind kind = KitProblemKind::kMissing;
  std::string path;  // inside the kit's folder
  std::string detail;

  Bilingual text() const;  // what is wrong with it, without the path
};

struct KitCheck {
  std::vector<KitProblem> problems;      // by path
  std::vector<std::string> passed_over;  // top-level folders that systems make on a stick
  std::size_t files = 0;                 // listed ones that are as listed
  std::uint64_t bytes = 0;               // of these
  std::optional<KitConfig> config;       // where kit.json could be read

  bool sound() const { return problems.empty(); }
};

// Reads every file of the kit in `folder`. The folder of the bundles may hold anything; whatever
// else is not listed is a problem, but for what systems put on a stick by themselves. With
// `expected` the kit's own key must be that one. Never fails: what cannot be read is a problem.
KitCheck check_kit(FileSystem& folder, std::span<const std::string_view> case_keys,
                   const std::optional<VerifyingKey>& expected);

// "Altered" and every problem, one a line.
std::string kit_problems_text(const KitCheck& check, Language language);

// Size and SHA-256 of `reader`; `take` is given every piece on the way and may be empty.
Result<KitFile> digest_of(ByteReader& reader,
                          const std::function<Result<void>(std::span<const std::byte>)>& take = {});

}  // namespace konseki
