// The manifest's signature inside a bundle, and bundles read through encryption.
#include <gtest/gtest.h>

#include "agent/base/memory_reader.h"
#include "agent/bundle/reader.h"
#include "agent/bundle/recover.h"
#include "agent/bundle/verify.h"
#include "agent/seal/age_reader.h"
#include "agent/seal/age_writer.h"
#include "tests/unit/bundle/memory_output.h"
#include "tests/unit/bundle/sample_bundle.h"

namespace konseki {
namespace {

using testing::add_file;
using testing::bytes_of;
using testing::MemoryOutput;

std::unique_ptr<ByteReader> in_memory(std::string_view text) {
  const auto bytes = bytes_of(text);
  return std::make_unique<MemoryReader>(std::vector<std::byte>(bytes.begin(), bytes.end()));
}

// A small bundle; `announced` is the key that its run.json names.
std::string bundle(const SigningKey* key, const SigningKey* announced, std::size_t size = 500,
                   OutputStream* out = nullptr) {
  MemoryOutput output;
  BundleWriterOptions options;
  options.frames.threads = 0;
  options.signing_key = key;
  options.comment = [](const Sha256&) { return "run:1"; };
  const auto writer = make_bundle_writer(out != nullptr ? *out : output, options);
  add_file(*writer, "konseki/run.json",
           announced == nullptr
               ? "{}"
               : R"({"signing":{"public_key":")" + announced->verifying.text() + "\"}}");
  add_file(*writer, "[root]/a", testing::noise(size, 1));
  add_file(*writer, "[root]/b", testing::noise(size, 2));
  EXPECT_TRUE(writer->seal("{}").has_value());
  return output.bytes();
}

class BundleSignature : public ::testing::Test {
 protected:
  VerifyReport verify(const std::string& bytes) const {
    VerifyOptions options;
    options.expected_key = expected_;
    return verify_bundle(in_memory(bytes), options).value();
  }
  SigningKey key_ = SigningKey::generate();
  SigningKey other_ = SigningKey::generate();
  std::optional<VerifyingKey> expected_;
};

TEST_F(BundleSignature, IsCheckedAgainstTheNamedOrTheExpectedKey) {
  const std::string signed_bundle = bundle(&key_, &key_);
  VerifyReport report = verify(signed_bundle);
  EXPECT_TRUE(report.sound()) << report.problems[0].text.en;
  EXPECT_TRUE(report.sealed);
  EXPECT_EQ(report.signed_by, key_.verifying);
  EXPECT_EQ(report.trusted_comment, "run:1");
  expected_ = key_.verifying;
  EXPECT_TRUE(verify(signed_bundle).sound());
  EXPECT_TRUE(verify(bundle(&key_, nullptr)).sound());
  expected_ = other_.verifying;
  EXPECT_FALSE(verify(signed_bundle).sound());
}

TEST_F(BundleSignature, MissingForeignAndUnnamedOnesAreProblems) {
  EXPECT_FALSE(verify(bundle(nullptr, &key_)).sound());
  EXPECT_FALSE(verify(bundle(&other_, &key_)).sound());
  EXPECT_FALSE(verify(bundle(&key_, nullptr)).sound());
  // Another key under the same id.
  SigningKey twin = other_;
  twin.verifying.id = key_.verifying.id;
  EXPECT_FALSE(verify(bundle(&twin, &key_)).sound());
  const VerifyReport unsigned_report = verify(bundle(nullptr, nullptr));
  EXPECT_TRUE(unsigned_report.sound());
  EXPECT_EQ(unsigned_report.notes.size(), 1u);
  expected_ = key_.verifying;
  EXPECT_FALSE(verify(bundle(nullptr, nullptr)).sound());
}

TEST_F(BundleSignature, ASignedBundleCountsAsSealedAndReadsAsBefore) {
  const std::string bytes = bundle(&key_, &key_);
  const auto reader = open_bundle(in_memory(bytes)).value();
  EXPECT_TRUE(reader->sealed());
  EXPECT_NE(reader->find("konseki/manifest.json.minisig"), nullptr);
  MemoryOutput saved;
  const auto recovered = recover_bundle(in_memory(bytes), saved, {}).value();
  EXPECT_TRUE(recovered.had_manifest);
  EXPECT_TRUE(recovered.lost.empty());
  EXPECT_EQ(recovered.members, 3u);
  EXPECT_TRUE(verify(saved.bytes()).sound());
}

TEST_F(BundleSignature, EveryChangedByteOfTheFileIsNoticed) {
  const std::string bytes = bundle(&key_, &key_);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1 << at % 8);
    const auto report = verify_bundle(in_memory(changed));
    EXPECT_FALSE(report && report->sound()) << at;
  }
}

// The same through encryption: what an attacker does to the outside, verify tells as well.
class EncryptedBundle : public ::testing::Test {
 protected:
  std::string encrypted(std::size_t size) {
    MemoryOutput output;
    AgeTargets targets;
    targets.recipients.push_back(identities_.keys[0].recipient());
    const auto age = AgeWriter::create(output, targets).value();
    bundle(&key_, &key_, size, age.get());
    EXPECT_TRUE(age->finish().has_value());
    return output.bytes();
  }
  std::unique_ptr<ByteReader> salvage(const std::string& bytes,
                                      const std::shared_ptr<AgeDamage>& damage) const {
    auto reader = AgeReader::salvage(in_memory(bytes), identities_, damage);
    return reader ? *std::move(reader) : nullptr;
  }
  // What verify says; -1 when it cannot be opened at all.
  int problems(const std::string& bytes) const {
    const auto damage = std::make_shared<AgeDamage>();
    auto reader = salvage(bytes, damage);
    if (!reader) return -1;
    VerifyOptions options;
    options.encryption = damage;
    const auto report = verify_bundle(std::move(reader), options);
    return report ? static_cast<int>(report->problem_count) : -1;
  }

  SigningKey key_ = SigningKey::generate();
  AgeIdentities identities_{{AgeIdentity::generate()}, std::nullopt};
};

TEST_F(EncryptedBundle, EveryChangedByteIsNoticed) {
  const std::string bytes = encrypted(200);
  EXPECT_EQ(problems(bytes), 0);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1 << at % 8);
    EXPECT_NE(problems(changed), 0) << at;
  }
  EXPECT_NE(problems(bytes + "x"), 0);
  EXPECT_NE(problems(bytes.substr(0, bytes.size() - 1)), 0);
}

TEST_F(EncryptedBundle, RecoverSavesWhatIsWholeOfACutOne) {
  const std::string bytes = encrypted(300'000);
  for (const std::size_t cut : {std::size_t{450'000}, std::size_t{550'000}, bytes.size() - 1}) {
    const auto damage = std::make_shared<AgeDamage>();
    MemoryOutput saved;
    const auto report = recover_bundle(salvage(bytes.substr(0, cut), damage), saved, {});
    ASSERT_TRUE(report.has_value()) << cut;
    EXPECT_TRUE(damage->bad_end);
    const auto reader = open_bundle(in_memory(saved.bytes())).value();
    const Member* member = reader->find("[root]/a");
    ASSERT_NE(member, nullptr) << cut;
    const auto content = reader->open(*member).value();
    const auto read = read_all(*content, 1 << 20).value();
    EXPECT_TRUE(std::string(reinterpret_cast<const char*>(read.data()), read.size()) ==
                testing::noise(300'000, 1));
  }
}

}  // namespace
}  // namespace konseki
