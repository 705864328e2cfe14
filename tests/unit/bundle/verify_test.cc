#include "agent/bundle/verify.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include "agent/base/digest.h"
#include "agent/base/memory_reader.h"
#include "agent/bundle/content_reader.h"
#include "tests/unit/bundle/memory_output.h"
#include "tests/unit/bundle/sample_bundle.h"

namespace konseki {
namespace {

using testing::add_file;
using testing::bytes_of;
using testing::file_header;
using testing::MemoryOutput;
using testing::noise;
using testing::sample_bundle;

std::unique_ptr<ByteReader> in_memory(std::string_view text) {
  const auto bytes = bytes_of(text);
  return std::make_unique<MemoryReader>(std::vector<std::byte>(bytes.begin(), bytes.end()));
}

Result<VerifyReport> verify(std::string_view text) { return verify_bundle(in_memory(text)); }

std::string problems(const VerifyReport& report) {
  std::string out;
  for (const BundleProblem& problem : report.problems) {
    EXPECT_FALSE(problem.member.empty());
    EXPECT_FALSE(problem.text.en.empty());
    EXPECT_FALSE(problem.text.ja.empty());
    out += problem.member + ": " + problem.text.en + '\n';
  }
  return out;
}

std::string plain_tar(const std::string& bundle) {
  const auto content = ContentReader::open(in_memory(bundle), OnDamage::kFail).value();
  const auto bytes = read_all(*content, 1 << 30).value();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Small, yet with every kind of part: 24,000 bits to flip.
std::string small_bundle() {
  MemoryOutput output;
  BundleWriterOptions options;
  options.frames.threads = 0;
  const auto writer = make_bundle_writer(output, options);
  add_file(*writer, "konseki/run.json", "{}");
  MemberHeader root;
  root.name = "fs/C:";
  root.type = MemberType::kDirectory;
  EXPECT_TRUE(writer->add(root, {}).has_value());
  add_file(*writer, "fs/C:/a", noise(700, 5));
  add_file(*writer, "fs/C:/見.txt", std::string(2000, 'a') + "bcd");
  MemberHeader link = file_header("fs/C:/c", 700);
  link.type = MemberType::kHardLink;
  link.link_target = "fs/C:/a";
  link.sha256 = sha256_of(bytes_of(noise(700, 5)));
  EXPECT_TRUE(writer->add(link, {}).has_value());
  EXPECT_TRUE(
      writer
          ->append_line("files", R"({"path":"C:/a","member":"fs/C:/a","size":700,"sha256":")" +
                                     to_hex(sha256_of(bytes_of(noise(700, 5)))) +
                                     R"(","modified":"2023-11-14T22:13:20.123456789Z"})")
          .has_value());
  EXPECT_TRUE(writer->audit({1, 0}, "start", "").has_value());
  EXPECT_TRUE(writer->audit({2, 0}, "end", "").has_value());
  EXPECT_TRUE(writer->seal(R"({"exit_code":0})").has_value());
  return output.bytes();
}

TEST(Verify, SoundBundlesAreSound) {
  for (const std::string& bundle : {sample_bundle(), small_bundle()}) {
    const auto report = verify(bundle);
    ASSERT_TRUE(report.has_value());
    EXPECT_TRUE(report->sound()) << problems(*report);
    EXPECT_TRUE(report->sealed);
    EXPECT_EQ(report->audit_lines, 2u);
    EXPECT_EQ(report->run, R"({"exit_code":0})");
    ASSERT_EQ(report->notes.size(), 1u);
    EXPECT_EQ(report->notes[0].en, "The bundle is not signed.");
    EXPECT_EQ(report->file_bytes, bundle.size());
    const auto tar = verify(plain_tar(bundle));
    EXPECT_TRUE(tar->sound()) << problems(*tar);
    EXPECT_EQ(tar->manifest, report->manifest);
  }
}

TEST(Verify, AnswersTheDigestThatSealGave) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "{}");
  const Sha256 digest = writer->seal("").value();
  EXPECT_EQ(verify(output.bytes())->manifest, digest);
}

TEST(Verify, EveryFlippedBitIsFound) {
  const std::string sound = small_bundle();
  for (std::size_t at = 0; at < sound.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = sound;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      const auto report = verify(changed);
      if (!report) continue;  // no longer a bundle at all: found as well
      ASSERT_FALSE(report->sound()) << "byte " << at << " bit " << bit;
      ASSERT_FALSE(report->problems[0].member.empty());
    }
  }
}

// In the plain tar the manifest vouches for all other bytes, and its digest, which the witness
// wrote down, for itself.
TEST(Verify, EveryFlippedBitOfThePlainTarIsFound) {
  const std::string sound = plain_tar(small_bundle());
  const auto digest = verify(sound)->manifest;
  for (std::size_t at = 0; at < sound.size(); ++at) {
    std::string changed = sound;
    changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
    const auto report = verify(changed);
    if (!report) continue;
    // Headers are covered as a whole: the difference is told as a note, for exports differ there.
    ASSERT_TRUE(!report->sound() || !report->notes.empty() || report->manifest != digest)
        << "byte " << at;
  }
}

TEST(Verify, EveryCutIsFound) {
  const std::string sound = small_bundle();
  for (std::size_t size = 0; size < sound.size(); ++size) {
    const auto report = verify(std::string_view(sound).substr(0, size));
    ASSERT_TRUE(!report || !report->sound()) << size;
  }
}

TEST(Verify, AnythingAfterTheEndIsFound) {
  EXPECT_FALSE(verify(small_bundle() + "x")->sound());
  EXPECT_FALSE(verify(small_bundle() + small_bundle())->sound());
  // A skippable frame is invisible to every zstd tool.
  EXPECT_FALSE(verify(small_bundle() + std::string("\x50\x2A\x4D\x18\x01\0\0\0z", 9))->sound());
  EXPECT_FALSE(verify(plain_tar(small_bundle()) + std::string(600, 'x'))->sound());
  EXPECT_TRUE(verify(plain_tar(small_bundle()) + std::string(10'240, '\0'))->sound());
}

TEST(Verify, DamageIsNamedByMember) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "{}");
  for (std::uint64_t i = 0; i < 5; ++i) {
    add_file(*writer, "[root]/big" + std::to_string(i), noise(6'000'000, i));
  }
  ASSERT_TRUE(writer->seal("").has_value());
  std::string bytes = output.bytes();
  bytes[15'000'000] = static_cast<char>(bytes[15'000'000] ^ 4);
  const auto report = verify(bytes);
  ASSERT_TRUE(report.has_value());
  const std::string told = problems(*report);
  EXPECT_NE(told.find("[root]/big2: content differs"), std::string::npos) << told;
  EXPECT_NE(told.find("(frame 3)"), std::string::npos) << told;
  EXPECT_EQ(told.find("[root]/big0"), std::string::npos) << told;
}

// ---- bundles that are wrong from the start: what a forger might hand over ----

std::string sealed_with(const std::function<void(BundleWriter&)>& fill) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "{}");
  fill(*writer);
  EXPECT_TRUE(writer->seal("{}").has_value());
  return output.bytes();
}

void expect_problem(const std::string& bundle, const std::string& member, const std::string& text) {
  const auto report = verify(bundle);
  ASSERT_TRUE(report.has_value());
  const std::string told = problems(*report);
  EXPECT_NE(told.find(member + ": " + text), std::string::npos) << told;
}

TEST(Verify, NamesMustKeepTheRules) {
  MemberHeader root;
  root.name = "fs/C:";
  root.type = MemberType::kDirectory;
  expect_problem(sealed_with([](BundleWriter& w) { add_file(w, "fs/C:/a", ""); }), "fs/C:/a",
                 "comes before its volume");
  expect_problem(sealed_with([&](BundleWriter& w) {
                   EXPECT_TRUE(w.add(root, {}).has_value());
                   add_file(w, "fs/C:/a", "");
                   add_file(w, "fs/C:/A", "");
                 }),
                 "fs/C:/A", "has the name of another");
  expect_problem(sealed_with([&](BundleWriter& w) {
                   EXPECT_TRUE(w.add(root, {}).has_value());
                   EXPECT_TRUE(w.add(root, {}).has_value());
                 }),
                 "fs/C:", "is there twice");
  expect_problem(sealed_with([](BundleWriter& w) { add_file(w, "elsewhere", ""); }), "elsewhere",
                 "lies outside");
}

TEST(Verify, RowsMustBeTrue) {
  const auto with_row = [](const std::string& row) {
    return sealed_with([&](BundleWriter& w) {
      add_file(w, "[root]/a", "abc");
      EXPECT_TRUE(w.append_line("files", row).has_value());
    });
  };
  expect_problem(with_row("{oops"), "konseki/files.0001.jsonl", "line 1 is not a JSON object");
  expect_problem(with_row("[]"), "konseki/files.0001.jsonl", "line 1 is not a JSON object");
  expect_problem(with_row(R"({"member":"[root]/b"})"), "[root]/b", "files.jsonl speaks of it");
  expect_problem(with_row(R"({"member":"[root]/a","sha256":"00"})"), "[root]/a",
                 "content differs from the SHA-256 in files.jsonl");
  expect_problem(with_row(R"({"member":"[root]/a","size":4})"), "[root]/a", "size differs");
  expect_problem(with_row(R"({"member":"[root]/a","modified":"2020-01-01T00:00:00.000000000Z"})"),
                 "[root]/a", "modification time differs");
  EXPECT_TRUE(verify(with_row(R"({"member":"[root]/a","size":3})"))->sound());
}

TEST(Verify, ABrokenAuditChainIsTold) {
  expect_problem(sealed_with([](BundleWriter& w) {
                   add_file(w, "konseki/audit.0001.jsonl",
                            R"({"seq":1,"event":"x","prev":")" + std::string(64, '0') + "\"}\n" +
                                R"({"seq":2,"event":"y","prev":")" + std::string(64, '0') +
                                "\"}\n");
                 }),
                 "konseki/audit.0001.jsonl", "the audit chain breaks at entry 2");
}

TEST(Verify, AWrongDigestFromTheCallerIsTold) {
  expect_problem(sealed_with([](BundleWriter& w) {
                   MemberHeader header = file_header("[root]/a", 3);
                   header.sha256 = Sha256{};
                   EXPECT_TRUE(w.add(header, bytes_of("abc")).has_value());
                 }),
                 "[root]/a", "content differs from the SHA-256 in the manifest");
}

TEST(Verify, LinksMustLeadToAnEarlierFile) {
  expect_problem(sealed_with([](BundleWriter& w) {
                   MemberHeader header = file_header("[root]/a", 3);
                   header.type = MemberType::kHardLink;
                   header.link_target = "[root]/b";
                   header.sha256 = Sha256{};
                   EXPECT_TRUE(w.add(header, {}).has_value());
                   add_file(w, "[root]/b", "abc");
                 }),
                 "[root]/a", "repeats a file that does not come before it");
}

// `zstd -d` and `zstd` again: the container is another one, the members are the same.
TEST(Verify, PackedAgainIsToldAsANote) {
  const std::string bundle =
      sealed_with([](BundleWriter& w) { add_file(w, "[root]/big", noise(5'000'000, 1)); });
  const std::string tar = plain_tar(bundle);
  std::string again(ZSTD_compressBound(tar.size()), '\0');
  again.resize(ZSTD_compress(again.data(), again.size(), tar.data(), tar.size(), 3));
  const auto report = verify(again);
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->sound()) << problems(*report);
  ASSERT_EQ(report->notes.size(), 2u);
  EXPECT_EQ(report->notes[0].en.find("The bundle was packed again"), 0u);
  EXPECT_EQ(report->notes[1].en, "The bundle is not signed.");
}

TEST(Verify, OtherFilesAreNoBundle) {
  EXPECT_FALSE(verify("").has_value());
  EXPECT_FALSE(verify(noise(10'000, 4)).has_value());
}

}  // namespace
}  // namespace konseki
