#include "agent/bundle/reader.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include "agent/base/digest.h"
#include "agent/base/memory_reader.h"
#include "agent/bundle/tar_header.h"
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
using testing::sample_files;

std::unique_ptr<ByteReader> in_memory(std::string_view text) {
  const auto bytes = bytes_of(text);
  return std::make_unique<MemoryReader>(std::vector<std::byte>(bytes.begin(), bytes.end()));
}

Result<std::unique_ptr<BundleReader>> open_text(std::string_view text) {
  return open_bundle(in_memory(text));
}

std::string content_of(BundleReader& reader, const Member& member) {
  const auto content = reader.open(member).value();
  const auto bytes = read_all(*content, 1 << 30).value();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// One frame of unknown size, as `tar | zstd` makes it.
std::string as_one_stream(std::string_view content) {
  ZSTD_CStream* stream = ZSTD_createCStream();
  std::string out(ZSTD_compressBound(content.size()) + 1024, '\0');
  ZSTD_outBuffer target{out.data(), out.size(), 0};
  ZSTD_inBuffer in{content.data(), content.size(), 0};
  while (in.pos < in.size) ZSTD_compressStream2(stream, &target, &in, ZSTD_e_continue);
  ZSTD_compressStream2(stream, &target, &in, ZSTD_e_end);
  ZSTD_freeCStream(stream);
  out.resize(target.pos);
  return out;
}

std::string plain_tar(const std::string& bundle) {
  const auto content = ContentReader::open(in_memory(bundle), OnDamage::kFail).value();
  const auto bytes = read_all(*content, 1 << 30).value();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string with_big_members() {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "{}");
  for (std::uint64_t i = 0; i < 8; ++i) {
    add_file(*writer, "[root]/big" + std::to_string(i), noise(3'000'000, i));
    EXPECT_TRUE(writer->append_line("files", "{\"n\":" + std::to_string(i) + "}").has_value());
  }
  EXPECT_TRUE(writer->seal("{}").has_value());
  return output.bytes();
}

void expect_sample(BundleReader& reader) {
  EXPECT_TRUE(reader.sealed());
  EXPECT_EQ(reader.members().front().header.name, "konseki/run.json");
  EXPECT_EQ(reader.members().back().header.name, "konseki/manifest.json");
  for (const auto& [name, content] : sample_files()) {
    const Member* member = reader.find(name);
    ASSERT_NE(member, nullptr) << name;
    EXPECT_EQ(member->header.size, content.size()) << name;
    EXPECT_EQ(member->header.modified, (Timestamp{1'700'000'000, 123'456'789}));
    EXPECT_TRUE(content_of(reader, *member) == content) << name;
  }
  EXPECT_EQ(reader.find("fs/C:/Documents and Settings")->header.link_target, "C:/ユーザー");
  EXPECT_EQ(reader.find("fs/C:")->header.type, MemberType::kDirectory);
  EXPECT_EQ(reader.find("fs/C:/second.bin")->header.type, MemberType::kHardLink);
  EXPECT_EQ(reader.find("fs/C:/absent"), nullptr);
  int rows = 0;
  EXPECT_TRUE(reader.for_each_line("files", [&](std::string_view) { ++rows; }).has_value());
  EXPECT_EQ(rows, static_cast<int>(sample_files().size()));
}

TEST(BundleReader, ReadsBackWhatWasWritten) {
  auto reader = open_text(sample_bundle());
  ASSERT_TRUE(reader.has_value());
  expect_sample(**reader);
}

TEST(BundleReader, ReadsPlainTar) {
  auto reader = open_text(plain_tar(sample_bundle()));
  ASSERT_TRUE(reader.has_value());
  expect_sample(**reader);
}

TEST(BundleReader, ReadsOneLongFrame) {
  auto reader = open_text(as_one_stream(plain_tar(sample_bundle())));
  ASSERT_TRUE(reader.has_value());
  expect_sample(**reader);
}

// Back and forth in a frame of 24 MB, which is never held in memory as a whole.
TEST(BundleReader, LongFramesAllowAnyOrder) {
  auto reader = open_text(as_one_stream(plain_tar(with_big_members())));
  ASSERT_TRUE(reader.has_value());
  for (std::uint64_t i : {7, 0, 3, 6, 1, 1, 5}) {
    const Member* member = (*reader)->find("[root]/big" + std::to_string(i));
    ASSERT_NE(member, nullptr);
    EXPECT_TRUE(content_of(**reader, *member) == noise(3'000'000, i)) << i;
  }
}

TEST(BundleReader, SparseMembersKnowTheirHoles) {
  auto reader = open_text(sample_bundle());
  const auto content = (*reader)->open(*(*reader)->find("fs/C:/pagefile.sys")).value();
  EXPECT_EQ(content->next_data(0), (ByteRange{4096, 4096}));
  EXPECT_EQ(content->next_data(5000), (ByteRange{5000, 3192}));
  EXPECT_EQ(content->next_data(9000), (ByteRange{10 * 1024 * 1024, 512}));
  EXPECT_EQ(content->next_data(15 * 1024 * 1024).length, 0u);
}

// A reader that counts what is asked of it.
class CountingReader : public SpanReader {
 public:
  CountingReader(std::span<const std::byte> bytes, std::uint64_t& read)
      : SpanReader(bytes), read_(read) {}
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    auto got = SpanReader::read_at(offset, out);
    read_ += got.value_or(0);
    return got;
  }

 private:
  std::uint64_t& read_;
};

TEST(BundleReader, OneMemberCostsItsFramesOnly) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "{}");
  add_file(*writer, "[root]/huge", noise(60'000'000, 1));
  add_file(*writer, "[root]/small", "small");
  ASSERT_TRUE(writer->seal("").has_value());
  std::uint64_t read = 0;
  auto reader = open_bundle(std::make_unique<CountingReader>(bytes_of(output.bytes()), read));
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ(content_of(**reader, *(*reader)->find("[root]/small")), "small");
  EXPECT_LT(read, 16'000'000u);
}

TEST(BundleReader, CutBundlesGiveTheWholeMembers) {
  const std::string whole = with_big_members();
  auto reader = open_text(std::string_view(whole).substr(0, whole.size() / 2));
  ASSERT_TRUE(reader.has_value());
  EXPECT_FALSE((*reader)->sealed());
  ASSERT_NE((*reader)->find("[root]/big2"), nullptr);
  EXPECT_TRUE(content_of(**reader, *(*reader)->find("[root]/big2")) == noise(3'000'000, 2));
  EXPECT_EQ((*reader)->find("[root]/big7"), nullptr);
}

TEST(BundleReader, ADamagedFrameCostsItsMembersOnly) {
  std::string bytes = with_big_members();
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  auto reader = open_text(bytes);
  ASSERT_TRUE(reader.has_value());
  EXPECT_TRUE(content_of(**reader, *(*reader)->find("[root]/big0")) == noise(3'000'000, 0));
  EXPECT_TRUE(content_of(**reader, *(*reader)->find("[root]/big7")) == noise(3'000'000, 7));
  int failed = 0;
  for (const Member& member : (*reader)->members()) {
    const auto content = (*reader)->open(member).value();
    failed += read_all(*content, 1 << 30).has_value() ? 0 : 1;
  }
  EXPECT_GE(failed, 1);
  EXPECT_LE(failed, 3);
}

TEST(BundleReader, OtherFilesAreSaidToBeNoBundle) {
  for (const std::string& text : {std::string(), std::string("hello"), noise(5000, 3),
                                  as_one_stream("text"), std::string(10'240, '\0')}) {
    const auto reader = open_text(text);
    ASSERT_FALSE(reader.has_value());
    EXPECT_NE(reader.error().code, ErrorCode::kInternal);
    const auto file = in_memory(text);
    EXPECT_FALSE(is_bundle(*file).value_or(false));
  }
  for (const std::string& text :
       {sample_bundle(), plain_tar(sample_bundle()), as_one_stream(plain_tar(sample_bundle()))}) {
    const auto file = in_memory(text);
    EXPECT_TRUE(is_bundle(*file).value());
  }
}

// ---- hostile tars ----

std::string tar_of(const std::vector<std::pair<MemberHeader, std::string>>& members) {
  std::string out;
  for (const auto& [header, content] : members) {
    append_tar_header(out, header);
    out += content;
    out.append(static_cast<std::size_t>(tar_padding(content.size())), '\0');
  }
  return out + std::string(1024, '\0');
}

MemberHeader link_to(std::string name, std::string target) {
  MemberHeader header = file_header(std::move(name), 0);
  header.type = MemberType::kHardLink;
  header.link_target = std::move(target);
  return header;
}

TEST(BundleReader, LinksInACircleEnd) {
  auto reader = open_text(tar_of({{file_header("konseki/run.json", 2), "{}"},
                                  {link_to("a", "b"), ""},
                                  {link_to("b", "a"), ""},
                                  {link_to("c", "c"), ""},
                                  {link_to("d", "nowhere"), ""}}));
  ASSERT_TRUE(reader.has_value());
  for (const char* name : {"a", "b", "c", "d"}) {
    EXPECT_EQ((*reader)->open(*(*reader)->find(name)).error().code, ErrorCode::kCorrupt);
  }
}

TEST(BundleReader, LaterTwinsHideNothing) {
  auto reader = open_text(tar_of({{file_header("konseki/run.json", 2), "{}"},
                                  {file_header("[root]/a", 5), "first"},
                                  {file_header("[root]/a", 6), "second"}}));
  EXPECT_EQ(content_of(**reader, *(*reader)->find("[root]/a")), "first");
}

std::string sparse_tar(const std::string& map, std::uint64_t real_size) {
  // The encoder writes sound maps only: a bad one takes the place of a sound one's first block.
  MemberHeader header = file_header("[root]/s", real_size);
  header.data = {{0, 512}};
  std::string tar = tar_of({{file_header("konseki/run.json", 2), "{}"}});
  tar.resize(tar.size() - 1024);
  std::string member;
  append_tar_header(member, header);
  member.replace(member.size() - 512, map.size(), map);
  return tar + member + std::string(512, 'x') + std::string(1024, '\0');
}

TEST(BundleReader, HostileSparseMapsAreRefused) {
  EXPECT_NE((*open_text(sparse_tar("1\n0\n512\n", 512)))->find("[root]/s"), nullptr);
  for (const char* map :
       {"1\n0\n1024\n", "2\n512\n0\n0\n512\n", "1\n18446744073709551615\n512\n", "99999999999\n",
        "1\n-5\n512\n", "x", "1\n0\n99999999999999999999999\n", "0\n", "1\n512\n512\n"}) {
    auto reader = open_text(sparse_tar(map, 512));
    ASSERT_TRUE(reader.has_value());
    EXPECT_EQ((*reader)->find("[root]/s"), nullptr) << map;
  }
}

TEST(BundleReader, ApparentSizesHaveABound) {
  auto reader = open_text(sparse_tar("1\n0\n512\n", std::uint64_t{1} << 60));
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ((*reader)->find("[root]/s"), nullptr);
}

TEST(BundleReader, HugeExtendedHeadersAreRefused) {
  MemberHeader header = file_header("[root]/" + std::string(2'000'000, 'n'), 0);
  auto reader = open_text(tar_of({{file_header("konseki/run.json", 2), "{}"}, {header, ""}}));
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ((*reader)->members().size(), 1u);
}

// A frame that claims more than it may hold is read as a stream and not believed.
TEST(BundleReader, FramesThatLieCostNothing) {
  std::string tar = tar_of({{file_header("konseki/run.json", 2), "{}"}});
  std::string frame(ZSTD_compressBound(tar.size()), '\0');
  frame.resize(ZSTD_compress(frame.data(), frame.size(), tar.data(), tar.size(), 3));
  std::string bomb = frame;
  // Frame header: magic, descriptor 0x60 (single segment, 2-byte size), size - 256.
  bomb[4] = static_cast<char>(0xE0);
  bomb.replace(5, 2, std::string("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 8));
  EXPECT_FALSE(open_text(bomb).has_value());
  bomb.replace(5, 8, std::string("\x00\x00\x00\x00\xFF\x00\x00\x00", 8));
  EXPECT_FALSE(open_text(bomb).has_value());
}

TEST(BundleReader, LinesAreServedWithinTheirLimit) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "{}");
  const std::string row(3'000'000, 'r');
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(writer->append_line("files", row).has_value());
  ASSERT_TRUE(writer->append_line("files", "last").has_value());
  add_file(*writer, "konseki/findings.jsonl", std::string(17 * 1024 * 1024, 'x'));
  ASSERT_TRUE(writer->seal("").has_value());
  auto reader = open_text(output.bytes());
  std::vector<std::size_t> sizes;
  EXPECT_TRUE((*reader)
                  ->for_each_line("files", [&](std::string_view l) { sizes.push_back(l.size()); })
                  .has_value());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{3'000'000, 3'000'000, 3'000'000, 3'000'000, 4}));
  EXPECT_EQ((*reader)->for_each_line("findings", [](std::string_view) {}).error().code,
            ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace konseki
