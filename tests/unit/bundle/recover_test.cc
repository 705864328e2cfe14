#include "agent/bundle/recover.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <map>

#include "agent/base/memory_reader.h"
#include "agent/bundle/content_reader.h"
#include "agent/bundle/reader.h"
#include "agent/bundle/tar_walker.h"
#include "agent/bundle/verify.h"
#include "tests/unit/bundle/memory_output.h"
#include "tests/unit/bundle/sample_bundle.h"

namespace konseki {
namespace {

using testing::add_file;
using testing::bytes_of;
using testing::MemoryOutput;
using testing::noise;

std::unique_ptr<ByteReader> in_memory(std::string_view text) {
  const auto bytes = bytes_of(text);
  return std::make_unique<MemoryReader>(std::vector<std::byte>(bytes.begin(), bytes.end()));
}

std::string read_member(BundleReader& reader, const Member& member) {
  const auto content = reader.open(member);
  if (!content) return "unreadable";
  const auto bytes = read_all(**content, 1 << 30);
  if (!bytes) return "unreadable";
  return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

// What a bundle holds: each member's place in the tar and its content.
struct Whole {
  std::uint64_t end = 0;
  MemberType type = MemberType::kFile;
  std::string content;
};
std::map<std::string, Whole> members_of(const std::string& bundle) {
  std::map<std::string, Whole> all;
  const auto reader = open_bundle(in_memory(bundle)).value();
  const auto content = ContentReader::open(in_memory(bundle), OnDamage::kFail).value();
  TarWalker walker(*content);
  while (true) {
    const auto found = walker.next().value();
    if (!found) return all;
    const MemberHeader& header = found->member.header;
    Whole whole{found->packed_offset + found->packed_size, header.type, {}};
    if (header.type == MemberType::kFile || header.type == MemberType::kHardLink) {
      whole.content = read_member(*reader, *reader->find(header.name));
    }
    all[header.name] = whole;
  }
}

// How much of the tar zstd itself gives for the first bytes of a bundle.
std::uint64_t decoded_length(std::string_view bundle) {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  std::string out(256 * 1024, '\0');
  ZSTD_inBuffer in{bundle.data(), bundle.size(), 0};
  std::uint64_t total = 0;
  while (true) {
    ZSTD_outBuffer target{out.data(), out.size(), 0};
    const std::size_t left = ZSTD_decompressStream(context, &target, &in);
    total += target.pos;
    if (ZSTD_isError(left) || (in.pos == in.size && target.pos < target.size)) break;
  }
  ZSTD_freeDCtx(context);
  return total;
}

void expect_recovered(const std::string& bundle, std::size_t size,
                      const std::map<std::string, Whole>& all) {
  const std::uint64_t decoded = decoded_length(std::string_view(bundle).substr(0, size));
  std::size_t expected = 0;
  for (const auto& [name, whole] : all) {
    expected += whole.end <= decoded && name != "konseki/manifest.json" ? 1 : 0;
  }
  MemoryOutput output;
  const auto report = recover_bundle(in_memory(bundle.substr(0, size)), output, {});
  if (expected == 0) {
    ASSERT_FALSE(report.has_value()) << size;
    return;
  }
  ASSERT_TRUE(report.has_value()) << size;
  const auto reader = open_bundle(in_memory(output.bytes())).value();
  EXPECT_TRUE(reader->sealed());
  for (const auto& [name, whole] : all) {
    if (whole.end > decoded || name == "konseki/manifest.json") continue;
    const Member* member = reader->find(name);
    ASSERT_NE(member, nullptr) << name << " at " << size;
    ASSERT_EQ(member->header.type, whole.type);
    if (member->header.type == MemberType::kFile || member->header.type == MemberType::kHardLink) {
      ASSERT_TRUE(read_member(*reader, *member) == whole.content) << name << " at " << size;
    }
  }
}

std::string small_bundle(unsigned threads = 0) {
  MemoryOutput output;
  BundleWriterOptions options;
  options.frames.threads = threads;
  const auto writer = make_bundle_writer(output, options);
  add_file(*writer, "konseki/run.json", "{}");
  add_file(*writer, "[root]/a", noise(500, 1));
  add_file(*writer, "[root]/見", noise(500, 2));
  EXPECT_TRUE(writer->append_line("files", R"({"path":"/a","member":"[root]/a"})").has_value());
  EXPECT_TRUE(writer->audit({1, 0}, "start", "").has_value());
  EXPECT_TRUE(writer->seal("{}").has_value());
  return output.bytes();
}

TEST(Recover, EveryCutOfASmallBundle) {
  const std::string bundle = small_bundle();
  const auto all = members_of(bundle);
  for (std::size_t size = 0; size <= bundle.size(); ++size) expect_recovered(bundle, size, all);
}

// Many blocks in several frames: cuts inside a frame keep the blocks before them.
TEST(Recover, CutsInsideAndBetweenFrames) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "{}");
  for (std::uint64_t i = 0; i < 100; ++i) {
    add_file(*writer, "[root]/f" + std::to_string(i), noise(90'000, i));
  }
  ASSERT_TRUE(writer->seal("{}").has_value());
  const auto all = members_of(output.bytes());
  const std::size_t size = output.bytes().size();
  for (std::size_t cut = 100; cut < size; cut += size / 37) {
    expect_recovered(output.bytes(), cut, all);
  }
  MemoryOutput half;
  const auto report =
      recover_bundle(in_memory(output.bytes().substr(0, size / 2)), half, {{}, "b.partial"});
  EXPECT_GE(report->members, 49u);
  EXPECT_FALSE(report->had_manifest);
}

TEST(Recover, TheNewBundleIsSoundAndSaysWhatItIs) {
  const std::string bundle = small_bundle();
  MemoryOutput again;
  ASSERT_TRUE(recover_bundle(in_memory(bundle), again, {{}, "old.tar.zst"}).has_value());
  const auto verified = verify_bundle(in_memory(again.bytes())).value();
  EXPECT_TRUE(verified.sound());
  EXPECT_EQ(verified.notes.size(), 1u);
  EXPECT_NE(verified.run.find(R"("recovered":true,"original":"old.tar.zst")"), std::string::npos);
}

TEST(Recover, DamageInTheMiddleCostsItsMembersOnly) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "{}");
  for (std::uint64_t i = 0; i < 10; ++i) {
    add_file(*writer, "[root]/f" + std::to_string(i), noise(2'000'000, i));
    ASSERT_TRUE(writer->append_line("files", R"({"member":"[root]/f)" + std::to_string(i) + "\"}")
                    .has_value());
  }
  ASSERT_TRUE(writer->seal("{}").has_value());
  for (const bool cut_too : {false, true}) {
    std::string bytes = output.bytes();
    if (cut_too) bytes.resize(bytes.size() - 500'000);  // no manifest and no seek table either
    bytes[9'000'000] = static_cast<char>(bytes[9'000'000] ^ 1);
    MemoryOutput saved;
    const auto report = recover_bundle(in_memory(bytes), saved, {});
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->had_manifest, !cut_too);
    const auto reader = open_bundle(in_memory(saved.bytes())).value();
    for (const std::uint64_t i : {0u, 1u, 2u, 7u, 8u}) {
      const Member* member = reader->find("[root]/f" + std::to_string(i));
      ASSERT_NE(member, nullptr) << i;
      EXPECT_TRUE(read_member(*reader, *member) == noise(2'000'000, i)) << i;
    }
    EXPECT_FALSE(report->lost.empty());
    for (const LostMember& lost : report->lost) {
      EXPECT_EQ(reader->find(lost.name), nullptr) << lost.name;
      EXPECT_FALSE(lost.why.ja.empty());
    }
    const auto verified = verify_bundle(in_memory(saved.bytes())).value();
    EXPECT_TRUE(verified.sound()) << verified.problems[0].member << verified.problems[0].text.en;
  }
}

TEST(Recover, CutRowsAreKeptUpToTheirLastWholeLine) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "{}");
  for (std::uint64_t i = 0; i < 40'000; ++i) {
    ASSERT_TRUE(writer->append_line("findings", "{\"n\":\"" + std::to_string(i * 7919) + "\"}")
                    .has_value());
  }
  ASSERT_TRUE(writer->seal("{}").has_value());
  MemoryOutput saved;
  const auto report =
      recover_bundle(in_memory(output.bytes().substr(0, output.bytes().size() / 2)), saved, {});
  ASSERT_TRUE(report.has_value());
  ASSERT_EQ(report->lost.size(), 1u);
  const auto reader = open_bundle(in_memory(saved.bytes())).value();
  std::uint64_t lines = 0;
  ASSERT_TRUE(reader
                  ->for_each_line("findings",
                                  [&](std::string_view line) {
                                    EXPECT_EQ(line,
                                              "{\"n\":\"" + std::to_string(lines++ * 7919) + "\"}");
                                  })
                  .has_value());
  EXPECT_GT(lines, 1000u);
}

// A tar inside the evidence must not pass for the bundle's own members after damage.
TEST(Recover, TarsInsideTheEvidenceAreNotTakenApart) {
  MemoryOutput inner;
  {
    const auto writer = make_bundle_writer(inner);
    add_file(*writer, "[root]/fake", "fake");
    ASSERT_TRUE(writer->seal("{}").has_value());
  }
  const auto inner_tar = ContentReader::open(in_memory(inner.bytes()), OnDamage::kFail).value();
  const auto inner_bytes = read_all(*inner_tar, 1 << 20).value();
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "{}");
  std::string evidence = noise(6'000'000, 1);
  evidence.resize(evidence.size() / 512 * 512);
  evidence.append(reinterpret_cast<const char*>(inner_bytes.data()), inner_bytes.size());
  add_file(*writer, "[root]/archive.tar", evidence);
  add_file(*writer, "[root]/after", "after");
  ASSERT_TRUE(writer->seal("{}").has_value());
  std::string bytes = output.bytes();
  bytes[200] = static_cast<char>(bytes[200] ^ 1);  // the first frame, with archive.tar's header
  MemoryOutput saved;
  ASSERT_TRUE(recover_bundle(in_memory(bytes), saved, {}).has_value());
  const auto content = ContentReader::open(in_memory(saved.bytes()), OnDamage::kFail).value();
  TarWalker walker(*content);
  bool after = false;
  while (const auto found = walker.next().value()) {
    EXPECT_NE(found->member.header.name, "[root]/fake");
    after = after || found->member.header.name == "[root]/after";
  }
  EXPECT_TRUE(after);
}

TEST(Recover, NothingToSaveIsSaid) {
  MemoryOutput output;
  for (const std::string& bytes : {std::string(), std::string("x"), noise(10'000, 1)}) {
    const auto report = recover_bundle(in_memory(bytes), output, {});
    ASSERT_FALSE(report.has_value());
  }
}

}  // namespace
}  // namespace konseki
