// Every golden input and deterministic mutations of it through its collector: no crash, and an
// end within a bounded time. The quick, always-on sibling of the libFuzzer targets.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstring>
#include <random>

#include "collectors/collector_list.h"
#include "tests/support/fuzz_input.h"
#include "tests/support/golden.h"

namespace konseki::testing {

void PrintTo(const GoldenCase& golden, std::ostream* out) {
  *out << golden.collector << "/" << golden.name;
}

namespace {

constexpr std::size_t kCuts = 64;
constexpr std::size_t kFlips = 48;
constexpr std::size_t kBombs = 48;
constexpr std::size_t kMaxInput = 1U << 20;  // larger golden inputs are cut to this first
// Far above what any input of this size needs, even under sanitizers on a busy machine.
constexpr std::chrono::seconds kMaxTime{20};

using Mutant = std::string;

std::vector<Mutant> truncations(const std::string& input) {
  std::vector<Mutant> mutants;
  for (std::size_t cut = 0; cut < kCuts; ++cut) {
    const std::size_t length = input.size() * cut / kCuts;
    if (mutants.empty() || mutants.back().size() != length) {
      mutants.push_back(input.substr(0, length));
    }
  }
  if (!input.empty()) mutants.push_back(input.substr(0, input.size() - 1));
  return mutants;
}

std::vector<Mutant> bit_flips(const std::string& input, std::mt19937& random) {
  std::vector<Mutant> mutants;
  for (std::size_t i = 0; i < kFlips && !input.empty(); ++i) {
    Mutant mutant = input;
    mutant[random() % mutant.size()] ^= static_cast<char>(1U << (random() % 8));
    mutants.push_back(std::move(mutant));
  }
  return mutants;
}

// Numbers that lengths and offsets go wrong on, at places a structure may keep one.
std::vector<Mutant> length_bombs(const std::string& input, std::mt19937& random) {
  constexpr std::uint64_t kValues[] = {0,          1,          0x7FFF,     0xFFFF, 0x7FFFFFFF,
                                       0x80000000, 0xFFFFFFFF, ~0ULL >> 1, ~0ULL};
  constexpr std::size_t kWidths[] = {1, 2, 4, 8};
  std::vector<Mutant> mutants;
  for (std::size_t i = 0; i < kBombs && !input.empty(); ++i) {
    Mutant mutant = input;
    const std::size_t width = kWidths[random() % std::size(kWidths)];
    // Half of them in the first part, where headers are.
    const std::size_t reach = i % 2 == 0 ? std::min<std::size_t>(input.size(), 128) : input.size();
    const std::size_t offset = random() % reach;
    const std::uint64_t value = kValues[random() % std::size(kValues)];
    std::memcpy(mutant.data() + offset, &value, std::min(width, mutant.size() - offset));
    mutants.push_back(std::move(mutant));
  }
  if (!input.empty()) mutants.push_back(input + input + input + input);
  return mutants;
}

std::unique_ptr<Collector> fresh(std::string_view name) {
  for (auto& collector : make_all_collectors()) {
    if (collector->info().name == name) return std::move(collector);
  }
  return nullptr;
}

class FuzzSmoke : public ::testing::TestWithParam<GoldenCase> {};

TEST_P(FuzzSmoke, SurvivesMutationsInBoundedTime) {
  const GoldenCase& golden = GetParam();
  ASSERT_NE(fresh(golden.collector), nullptr) << golden.collector;
  const auto evidence = load_golden_evidence(golden);
  ASSERT_TRUE(evidence.has_value()) << evidence.error().detail;
  std::mt19937 random(20'260'102);
  for (const OfferedFile& file : offered_files(*evidence)) {
    const bool symlink = file.entry.type == FileType::kSymlink;
    std::string input = symlink ? file.entry.link_target : file.volume->content(file.entry.path);
    if (input.size() > kMaxInput) input.resize(kMaxInput);
    std::vector<Mutant> mutants = truncations(input);
    for (Mutant& mutant : bit_flips(input, random)) mutants.push_back(std::move(mutant));
    for (Mutant& mutant : length_bombs(input, random)) mutants.push_back(std::move(mutant));
    mutants.push_back(input);
    const PathHint hint{file.path, symlink};
    for (std::size_t i = 0; i < mutants.size(); ++i) {
      const auto collector = fresh(golden.collector);
      const auto begin = std::chrono::steady_clock::now();
      offer_bytes(*collector, std::as_bytes(std::span(mutants[i])), std::span(&hint, 1));
      ASSERT_LT(std::chrono::steady_clock::now() - begin, kMaxTime)
          << file.path << " mutation " << i;
    }
  }
}

std::string case_name(const ::testing::TestParamInfo<GoldenCase>& info) {
  std::string name = info.param.collector + "__" + info.param.name;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, FuzzSmoke, ::testing::ValuesIn(find_golden_cases(KONSEKI_GOLDEN)),
                         case_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(FuzzSmoke);

}  // namespace
}  // namespace konseki::testing
