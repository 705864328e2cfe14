// Where the optional third-party test data lies.
#pragma once

#include <optional>
#include <string>

namespace konseki::testing {

// KONSEKI_CORPORA, else ../shared/corpora beside the project; nothing when neither exists.
std::optional<std::string> corpora_directory();

}  // namespace konseki::testing

// Skips the test, saying why, where the corpora are absent; else defines `name` as their path.
#define KONSEKI_REQUIRE_CORPORA(name)                                            \
  const auto name##_found = ::konseki::testing::corpora_directory();             \
  if (!name##_found) GTEST_SKIP() << "test corpora absent: set KONSEKI_CORPORA"; \
  const std::string& name = *name##_found
