#include "agent/kit/kit_check.h"

#include <gmock/gmock.h>

#include "agent/base/digest.h"
#include "agent/seal/signature.h"
#include "tests/support/memory_file_system.h"
#include "tests/unit/kit/kit_sample.h"

namespace konseki {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kCaseKeysOfTests;

class KitCheckTest : public ::testing::Test {
 protected:
  KitCheckTest() {
    add("konseki", "program");
    add(std::string(kKitConfigName), testing::sample_config(key_).json());
    const std::string list = write_kit_list(list_);
    folder_.add_file(std::string(kKitListName), list);
    folder_.add_file(std::string(kKitSignatureName),
                     sign_digest(key_, blake2b_512(list), "of a test").text());
  }

  void add(const std::string& path, const std::string& content) {
    folder_.add_file(path, content);
    list_[path] = {content.size(), sha256_of(std::as_bytes(std::span(content)))};
  }
  // "path: kind" of every problem.
  std::vector<std::string> problems(const std::optional<VerifyingKey>& expected = {}) {
    std::vector<std::string> out;
    for (const KitProblem& problem : check_kit(folder_, kCaseKeysOfTests, expected).problems) {
      out.push_back(problem.path + ": " + problem.text().en);
    }
    return out;
  }

  SigningKey key_ = SigningKey::generate();
  KitList list_;
  testing::MemoryFileSystem folder_;
};

TEST_F(KitCheckTest, ASoundOne) {
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(problems(key_.verifying), IsEmpty());
  EXPECT_EQ(check_kit(folder_, kCaseKeysOfTests, {}).files, 2U);
}

TEST_F(KitCheckTest, EvidenceAndFoldersOfSystemsAreNoAlteration) {
  folder_.add_file("evidence/sub/bundle", "x");
  folder_.add_file("$RECYCLE.BIN/x", "x");
  folder_.add_directory("empty");
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(check_kit(folder_, kCaseKeysOfTests, {}).passed_over, ElementsAre("$RECYCLE.BIN"));
  folder_.add_file("sub/evidence/x", "x");
  EXPECT_THAT(problems(), ElementsAre("sub/evidence/x: additional: not part of the kit"));
}

TEST_F(KitCheckTest, OneMadeAnewIsToldByTheExpectedKeyAlone) {
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(problems(SigningKey::generate().verifying),
              ElementsAre("kit.list: not what the kit's key signed",
                          "kit.list.minisig: the kit's key is another than the one expected"));
}

TEST_F(KitCheckTest, AnUnlistedConfigIsAdditional) {
  list_.erase(std::string(kKitConfigName));
  const std::string list = write_kit_list(list_);
  folder_.add_file(std::string(kKitListName), list);
  folder_.add_file(std::string(kKitSignatureName),
                   sign_digest(key_, blake2b_512(list), "of a test").text());
  EXPECT_THAT(problems(), ElementsAre("kit.json: additional: not part of the kit"));
}

TEST(KitCheckOfNothing, NamesWhatIsMissing) {
  testing::MemoryFileSystem folder;
  EXPECT_EQ(check_kit(folder, kCaseKeysOfTests, {}).problems.size(), 3U);
}

}  // namespace
}  // namespace konseki
