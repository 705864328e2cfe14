// What this room writes in the hands of age and minisign, and the other way round.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "agent/seal/signature.h"
#include "tests/unit/seal/age_file.h"

namespace konseki {
namespace {

namespace fs = std::filesystem;
using testing::clear_text;
using testing::decrypt;
using testing::encrypt;
using testing::to_recipient;
using testing::with_identity;

class SealStockTools : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) /
              ("seal_tools_" +
               std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  int run(const std::string& line) const {
    const std::string command =
        "cd '" + folder_.string() + "' && ( " + line + " ) >log 2>&1 </dev/null";
    return std::system(command.c_str());
  }
  bool have(const std::string& program) const { return run("command -v " + program) == 0; }
  std::string read(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  fs::path folder_;
};

TEST_F(SealStockTools, AgeOpensWhatWeEncrypt) {
  if (!have("age")) GTEST_SKIP() << "age is not installed";
  const AgeIdentity identity = AgeIdentity::generate();
  write("key", identity_file(identity, "2026-01-01T00:00:00Z").view());
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kAgeChunk, 3 * kAgeChunk + 5}) {
    AgeTargets targets = to_recipient(AgeIdentity::generate());
    targets.recipients.push_back(identity.recipient());
    write("sealed", encrypt(clear_text(size), targets));
    ASSERT_EQ(run("age -d -i key -o plain sealed"), 0) << read("log");
    EXPECT_TRUE(read("plain") == clear_text(size)) << size;
  }
  ASSERT_EQ(run("age-keygen -y key"), 0) << read("log");
  EXPECT_EQ(read("log"), identity.recipient().text() + "\n");
}

TEST_F(SealStockTools, WeOpenWhatAgeEncrypts) {
  if (!have("age")) GTEST_SKIP() << "age is not installed";
  ASSERT_EQ(run("age-keygen -o key"), 0) << read("log");
  const auto identities = parse_identities_file(read("key"), "key");
  ASSERT_TRUE(identities.has_value());
  const std::string recipient = identities->front().recipient().text();
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kAgeChunk, 3 * kAgeChunk + 5}) {
    write("plain", clear_text(size));
    ASSERT_EQ(run("age -r " + recipient + " -o sealed plain"), 0) << read("log");
    const auto opened = decrypt(read("sealed"), with_identity(identities->front()));
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    EXPECT_TRUE(*opened == clear_text(size)) << size;
  }
}

TEST_F(SealStockTools, MinisignVerifiesWhatWeSign) {
  if (!have("minisign")) GTEST_SKIP() << "minisign is not installed";
  const SigningKey key = SigningKey::generate();
  write("message", clear_text(1000));
  write("message.minisig",
        sign_digest(key, blake2b_512(clear_text(1000)), "host:PC-01\trun:1").text());
  ASSERT_EQ(run("minisign -Vm message -P " + key.verifying.text()), 0) << read("log");
  EXPECT_NE(read("log").find("host:PC-01\trun:1"), std::string::npos) << read("log");
  write("pub", key.verifying.file());
  EXPECT_EQ(run("minisign -Vm message -p pub"), 0) << read("log");
  write("message", clear_text(1001));
  EXPECT_NE(run("minisign -Vm message -p pub"), 0);
}

TEST_F(SealStockTools, MinisignSignsWithOurKeysAndWeWithIts) {
  if (!have("minisign")) GTEST_SKIP() << "minisign is not installed";
  write("message", "hello");
  const SigningKey ours = SigningKey::generate();
  write("ours", ours.file().view());
  // -W: without a password; older versions cannot read such keys.
  if (run("minisign -S -s ours -m message -t comment") == 0) {
    const auto signature = parse_signature(read("message.minisig"));
    ASSERT_TRUE(signature.has_value());
    EXPECT_TRUE(verify_signature(ours.verifying, blake2b_512("hello"), *signature));
    EXPECT_EQ(signature->trusted_comment, "comment");
  } else {
    ADD_FAILURE() << read("log");
  }
  ASSERT_EQ(run("minisign -G -W -p pub -s sec"), 0) << read("log");
  const auto theirs = parse_signing_key(read("sec"), std::nullopt);
  ASSERT_TRUE(theirs.has_value()) << theirs.error().detail;
  EXPECT_EQ(parse_verifying_key(read("pub")).value(), theirs->verifying);
  write("message.minisig", sign_digest(*theirs, blake2b_512("hello"), "x").text());
  EXPECT_EQ(run("minisign -Vm message -p pub"), 0) << read("log");
}

}  // namespace
}  // namespace konseki
