#include "agent/bundle/writer.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <nlohmann/json.hpp>

#include "agent/base/digest.h"
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

// The tar inside, by zstd's own one-call decompression of each frame.
std::string decompress(const std::string& bundle) {
  std::string out;
  for (std::size_t at = 0; at < bundle.size();) {
    const std::size_t size = ZSTD_findFrameCompressedSize(bundle.data() + at, bundle.size() - at);
    EXPECT_FALSE(ZSTD_isError(size));
    if (ZSTD_isError(size)) break;
    const auto content = ZSTD_getFrameContentSize(bundle.data() + at, size);
    EXPECT_LE(content, kFrameContent);
    std::string piece(content, '\0');
    const std::size_t got = ZSTD_decompress(piece.data(), piece.size(), bundle.data() + at, size);
    EXPECT_EQ(got, content);
    out += piece;
    at += size;
  }
  return out;
}

std::string big_bundle(unsigned threads) {
  MemoryOutput output;
  BundleWriterOptions options;
  options.frames.threads = threads;
  const auto writer = make_bundle_writer(output, options);
  add_file(*writer, "konseki/run.json", "{}");
  for (int i = 0; i < 40; ++i) {
    std::string content;
    for (int line = 0; line < 30'000; ++line) content += std::to_string(line * i) + '\n';
    add_file(*writer, "[root]/f" + std::to_string(i), content + noise(300'000, 3));
    EXPECT_TRUE(writer->append_line("files", "{\"n\":" + std::to_string(i) + "}").has_value());
  }
  EXPECT_TRUE(writer->seal("").has_value());
  return output.bytes();
}

TEST(BundleWriter, BytesDoNotDependOnThreads) {
  const std::string one = big_bundle(0);
  EXPECT_GT(decompress(one).size(), 4 * kFrameContent);
  EXPECT_EQ(one, big_bundle(1));
  EXPECT_EQ(one, big_bundle(2));
  EXPECT_EQ(one, big_bundle(7));
  EXPECT_EQ(sample_bundle(), sample_bundle());
}

TEST(BundleWriter, SealAnswersTheManifestsDigest) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "{}");
  add_file(*writer, "[root]/a", "abc");
  const Sha256 digest = writer->seal(R"({"exit_code":1})").value();
  const std::string tar = decompress(output.bytes());
  EXPECT_EQ(tar.size(), writer->content_bytes());
  EXPECT_EQ(output.bytes().size(), writer->written_bytes());
  EXPECT_EQ(tar.substr(tar.size() - 1024), std::string(1024, '\0'));
  const auto start = tar.find("{\"format\"");
  const std::string manifest = tar.substr(start, tar.find("}\n", start + 300) + 2 - start);
  EXPECT_EQ(sha256_of(bytes_of(manifest)), digest);
  const auto json = nlohmann::json::parse(manifest);
  EXPECT_EQ(json["run"]["exit_code"], 1);
  ASSERT_EQ(json["members"].size(), 2u);
  EXPECT_EQ(json["members"][1]["name"], "[root]/a");
  EXPECT_EQ(json["members"][1]["size"], 3);
  EXPECT_EQ(json["members"][1]["sha256"], to_hex(sha256_of(bytes_of("abc"))));
}

TEST(BundleWriter, ShrunkenFileIsPaddedAndCounted) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "{}");
  ASSERT_TRUE(writer->begin(file_header("[root]/short", 1000)).has_value());
  ASSERT_TRUE(writer->write(bytes_of("only this")).has_value());
  EXPECT_EQ(writer->end().value(), 991u);
  ASSERT_TRUE(writer->begin(file_header("[root]/next", 2)).has_value());
  EXPECT_FALSE(writer->write(bytes_of("abc")).has_value());
  ASSERT_TRUE(writer->write(bytes_of("ab")).has_value());
  EXPECT_EQ(writer->end().value(), 0u);
  ASSERT_TRUE(writer->seal("").has_value());
  const std::string tar = decompress(output.bytes());
  EXPECT_NE(tar.find(to_hex(sha256_of(bytes_of("only this" + std::string(991, '\0'))))),
            std::string::npos);
}

TEST(BundleWriter, KnownDigestIsNotComputedAgain) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  Sha256 known{};
  known.fill(std::byte{0x5A});
  MemberHeader header = file_header("[root]/a", 3);
  header.sha256 = known;
  ASSERT_TRUE(writer->add(header, bytes_of("abc")).has_value());
  header = file_header("[root]/b", 3);
  header.digest_follows = true;
  ASSERT_TRUE(writer->begin(header).has_value());
  ASSERT_TRUE(writer->write(bytes_of("abc")).has_value());
  ASSERT_TRUE(writer->end(known).has_value());
  header.name = "[root]/c";
  ASSERT_TRUE(writer->begin(header).has_value());
  ASSERT_TRUE(writer->write(bytes_of("abc")).has_value());
  EXPECT_FALSE(writer->end().has_value());  // promised and not given
  ASSERT_TRUE(writer->seal("").has_value());
  const std::string tar = decompress(output.bytes());
  const auto first = tar.find(to_hex(known));
  ASSERT_NE(first, std::string::npos);
  EXPECT_NE(tar.find(to_hex(known), first + 1), std::string::npos);
}

TEST(BundleWriter, BadHeadersAreRefusedAndDoNoHarm) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  for (const char* name : {"", "/abs", "a/../b", "a//b", "a/", "bad\xff", "."}) {
    const auto result = writer->add(file_header(name, 0), {});
    ASSERT_FALSE(result.has_value()) << name;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  }
  MemberHeader header = file_header("sparse", 10'000);
  header.data = {{0, 100}, {4096, 512}};
  EXPECT_FALSE(writer->begin(header).has_value());
  header.data = {{4096, 512}, {0, 512}};
  EXPECT_FALSE(writer->begin(header).has_value());
  header = file_header("link", 5);
  header.type = MemberType::kHardLink;
  header.link_target = "x";
  EXPECT_FALSE(writer->add(header, {}).has_value());
  EXPECT_FALSE(writer->append_line("Bad Name", "{}").has_value());
  EXPECT_FALSE(writer->append_line("audit", "{}").has_value());
  EXPECT_FALSE(writer->append_line("files", "{}\n{}").has_value());
  EXPECT_EQ(writer->content_bytes(), 0u);
  EXPECT_TRUE(writer->seal("").has_value());
}

TEST(BundleWriter, AFullDiskIsSaidOnEveryLaterCall) {
  for (unsigned threads : {0u, 2u}) {
    MemoryOutput output(5'000'000);
    BundleWriterOptions options;
    options.frames.threads = threads;
    const auto writer = make_bundle_writer(output, options);
    bool failed = false;
    for (std::uint64_t i = 0; i < 20 && !failed; ++i) {
      const std::string content = noise(1'000'000, i);
      failed = !writer->add(file_header("[root]/f" + std::to_string(i), content.size()),
                            bytes_of(content));
    }
    ASSERT_TRUE(failed || !writer->seal("").has_value());
    const auto again = writer->seal("");
    ASSERT_FALSE(again.has_value());
  }
}

TEST(BundleWriter, LongStreamsBecomeNumberedSegments) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  const std::string row = "{\"path\":\"" + std::string(1000, 'x') + "\"}";
  ASSERT_TRUE(writer->begin(file_header("[root]/open", 1)).has_value());
  for (int i = 0; i < 9000; ++i) ASSERT_TRUE(writer->append_line("files", row).has_value());
  EXPECT_LT(writer->content_bytes(), 100'000u);  // nothing may cut an open member in two
  ASSERT_TRUE(writer->end().has_value());
  EXPECT_GT(writer->content_bytes(), 8'000'000u);
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(writer->append_line("files", row).has_value());
  ASSERT_TRUE(writer->seal("").has_value());
  const std::string tar = decompress(output.bytes());
  EXPECT_NE(tar.find("konseki/files.0001.jsonl"), std::string::npos);
  EXPECT_NE(tar.find("konseki/files.0002.jsonl"), std::string::npos);
}

TEST(BundleWriter, AuditLinesAreChained) {
  const std::string tar = decompress(sample_bundle());
  const auto start = tar.find("{\"seq\":1");
  ASSERT_NE(start, std::string::npos);
  const auto end = tar.find('\n', start);
  const std::string first = tar.substr(start, end - start);
  const std::string second = tar.substr(end + 1, tar.find('\n', end + 1) - end - 1);
  EXPECT_EQ(first,
            R"({"seq":1,"time":"2023-11-14T22:13:20.000000000Z","event":"start","details":{"a":1},)"
            R"("prev":")" +
                std::string(64, '0') + "\"}");
  EXPECT_EQ(second, R"({"seq":2,"time":"2023-11-14T22:13:21.000000005Z","event":"end","prev":")" +
                        to_hex(sha256_of(bytes_of(first))) + "\"}");
}

TEST(BundleWriter, NothingAfterSeal) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  ASSERT_TRUE(writer->seal("").has_value());
  EXPECT_FALSE(writer->seal("").has_value());
  EXPECT_FALSE(writer->add(file_header("a", 0), {}).has_value());
  EXPECT_FALSE(writer->append_line("files", "{}").has_value());
}

}  // namespace
}  // namespace konseki
