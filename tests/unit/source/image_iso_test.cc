// ISO 9660 in all its dialects gives the tree it was made of, whatever the time zone here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "agent/source/image/iso_records.h"
#include "tests/images/image_files.h"
#include "tests/images/listing.h"

namespace konseki::testing {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;

std::unique_ptr<Source> open_source_of(const std::string& path) {
  auto source = open_image_source(path, file_opener());
  EXPECT_TRUE(source) << source.error().describe(Language::kEnglish);
  return source ? *std::move(source) : nullptr;
}

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

class TimeZone {
 public:
  explicit TimeZone(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  ~TimeZone() {
    unsetenv("TZ");
    tzset();
  }
};

struct Dialect {
  const char* name;
  const char* tool;
  const char* options;
  bool names;  // long and Japanese names are kept
  bool posix;  // modes and links are kept
};

constexpr Dialect kDialects[] = {
    {"RockRidge", "genisoimage", "genisoimage -quiet -R", true, true},
    {"Joliet", "genisoimage", "genisoimage -quiet -J -joliet-long -input-charset utf-8", true,
     false},
    {"Both", "genisoimage", "genisoimage -quiet -J -joliet-long -R -input-charset utf-8", true,
     true},
    {"Plain", "genisoimage", "genisoimage -quiet -iso-level 1", false, false},
    {"Xorriso", "xorriso", "xorriso -as mkisofs -quiet -J -joliet-long -R", true, true},
    {"Hybrid", "xorriso", "xorriso -as mkisofs -quiet -hfsplus", true, true},
};

class IsoImage : public ::testing::TestWithParam<Dialect> {};

TEST_P(IsoImage, GivesTheTreeItWasMadeOf) {
  const Dialect& dialect = GetParam();
  if (!have_tool(dialect.tool)) GTEST_SKIP() << dialect.tool << " absent";
  const TemporaryDirectory temporary;
  const std::string text = noise(100'000, 1);
  const std::string japanese = "日本語の長い名前 と 空白.txt";
  write_file(temporary.path() / "tree/DIR/BIG.BIN", text);
  write_file(temporary.path() / "tree/DIR/EMPTY", "");
  if (dialect.names) write_file(temporary.path() / "tree/DIR" / japanese, "証拠");
  std::string recipe = "chmod 4750 tree/DIR/BIG.BIN\n";
  if (dialect.posix)
    recipe += "ln -s '../DIR/" + japanese + "' tree/DIR/link\nln -s /a/./b tree/l\n";
  recipe += "find tree -exec touch -h -d '2026-01-02 03:04:06 UTC' {} +\n";
  // The disc itself is written in another zone, so that its distance from UTC matters.
  recipe += "export TZ=America/New_York\n"s + dialect.options + " -V VOLUME -o image tree\n";
  ASSERT_TRUE(run_recipe(temporary.path(), recipe));
  for (const char* zone : {"UTC", "Asia/Tokyo", "America/St_Johns"}) {
    SCOPED_TRACE(zone);
    const TimeZone here(zone);
    auto source = open_source_of(temporary.file("image"));
    ASSERT_TRUE(source);
    ASSERT_EQ(source->file_systems().size(), 1u);
    FileSystem& file_system = *source->file_systems()[0];
    EXPECT_EQ(file_system.info().type, "iso9660");
    EXPECT_EQ(file_system.info().label, "VOLUME");
    const auto walked = walk_all(file_system);
    ASSERT_TRUE(walked.contains("DIR/BIG.BIN"));
    const Entry& big = walked.at("DIR/BIG.BIN");
    EXPECT_EQ(big.size, text.size());
    EXPECT_EQ(content_digest(file_system, big), digest_of(text));
    ASSERT_TRUE(big.times.modified);
    EXPECT_EQ(big.times.modified->iso8601(), "2026-01-02T03:04:06.000000000Z");
    EXPECT_EQ(content_digest(file_system, walked.at("DIR/EMPTY")), digest_of(""));
    if (dialect.names) {
      ASSERT_TRUE(walked.contains("DIR/" + japanese));
      EXPECT_EQ(content_digest(file_system, walked.at("DIR/" + japanese)), digest_of("証拠"));
    }
    if (dialect.posix) {
      EXPECT_EQ(walked.at("DIR/link").type, FileType::kSymlink);
      EXPECT_EQ(walked.at("DIR/link").link_target, "../DIR/" + japanese);
      EXPECT_EQ(walked.at("l").link_target, "/a/./b");
    }
    EXPECT_EQ(list_all(file_system).size(), walked.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Dialects, IsoImage, ::testing::ValuesIn(kDialects),
                         [](const auto& test) { return std::string(test.param.name); });

struct Writer {
  const char* tool;
  const char* command;
  int link_parts;  // genisoimage spoils links of more than 255 bytes
};

// Names that fill more than a record, directories too deep for ECMA-119, many entries.
TEST(IsoRockRidge, GoesOnElsewhere) {
  for (const Writer& writer : {Writer{"genisoimage", "genisoimage -quiet -R", 15},
                               Writer{"xorriso", "xorriso -as mkisofs -quiet", 40}}) {
    SCOPED_TRACE(writer.tool);
    if (!have_tool(writer.tool)) GTEST_SKIP() << writer.tool << " absent";
    const TemporaryDirectory temporary;
    std::string name;
    for (int i = 0; i < 80; ++i) name += "名";
    std::string deep = "tree";
    for (int i = 0; i < 14; ++i) deep += "/level" + std::to_string(i);
    write_file(temporary.path() / "tree" / name, "long");
    write_file(temporary.path() / deep / "bottom", "deep");
    for (int i = 0; i < 300; ++i) {
      write_file(temporary.path() / "tree/many" / ("file number " + std::to_string(i)), "x");
    }
    std::string target;
    for (int i = 0; i < writer.link_parts; ++i) target += "component" + std::to_string(i) + "/";
    target += "end";
    ASSERT_TRUE(run_recipe(temporary.path(), "ln -s '" + target + "' tree/link\n" + writer.command +
                                                 " -o image tree\n"));
    auto source = open_source_of(temporary.file("image"));
    ASSERT_TRUE(source);
    FileSystem& file_system = *source->file_systems()[0];
    const auto walked = walk_all(file_system);
    EXPECT_TRUE(walked.contains(name));
    ASSERT_TRUE(walked.contains("link"));
    EXPECT_EQ(walked.at("link").link_target, target);
    const std::string bottom = deep.substr(5) + "/bottom";
    ASSERT_TRUE(walked.contains(bottom));
    EXPECT_EQ(content_digest(file_system, walked.at(bottom)), digest_of("deep"));
    for (int i = 0; i < 300; ++i) {
      EXPECT_TRUE(walked.contains("many/file number " + std::to_string(i)));
    }
  }
}

TEST(IsoFiles, SectionsMakeOneFile) {
  if (!have_tool("genisoimage")) GTEST_SKIP() << "genisoimage absent";
  const TemporaryDirectory temporary;
  write_file(temporary.path() / "tree/AA.BIN", noise(2048, 1));
  write_file(temporary.path() / "tree/AB.BIN", noise(3000, 2));
  ASSERT_TRUE(run_recipe(temporary.path(), "genisoimage -quiet -o image tree\n"));
  // The second record becomes the rest of the first one's file.
  std::string image = read_file(temporary.file("image"));
  const auto second = image.find("AB.BIN;1");
  const auto first = image.find("AA.BIN;1");
  ASSERT_NE(second, std::string::npos);
  ASSERT_NE(first, std::string::npos);
  image[second + 1] = 'A';
  image[first - 33 + 25] = static_cast<char>(0x80);
  write_file(temporary.file("image"), image);
  auto source = open_source_of(temporary.file("image"));
  ASSERT_TRUE(source);
  FileSystem& file_system = *source->file_systems()[0];
  const auto walked = walk_all(file_system);
  ASSERT_EQ(walked.size(), 1u);
  EXPECT_EQ(walked.at("AA.BIN").size, 5048u);
  EXPECT_EQ(content_digest(file_system, walked.at("AA.BIN")),
            digest_of(noise(2048, 1) + noise(3000, 2)));
}

TEST(IsoUdf, ABridgeIsNamed) {
  if (!have_tool("genisoimage")) GTEST_SKIP() << "genisoimage absent";
  const TemporaryDirectory temporary;
  write_file(temporary.path() / "tree/file", "x");
  ASSERT_TRUE(run_recipe(temporary.path(), "genisoimage -quiet -udf -R -o image tree\n"));
  auto source = open_source_of(temporary.file("image"));
  ASSERT_TRUE(source);
  EXPECT_TRUE(walk_all(*source->file_systems()[0]).contains("file"));
  ASSERT_EQ(source->unreadable().size(), 1u);
  EXPECT_EQ(source->unreadable()[0].type, "udf");
  EXPECT_THAT(source->unreadable()[0].detail, HasSubstr("may hold less"));
}

TEST(IsoTimes, CountTheirOwnDistanceFromUtc) {
  const auto time = decode_iso_time(bytes_of("\x7e\x01\x02\x0c\x04\x06\x24"s));  // UTC+9
  ASSERT_TRUE(time);
  EXPECT_EQ(time->iso8601(), "2026-01-02T03:04:06.000000000Z");
  const auto west = decode_iso_time(bytes_of("\x7e\x01\x01\x16\x04\x06\xec"s));  // UTC-5
  ASSERT_TRUE(west);
  EXPECT_EQ(west->iso8601(), "2026-01-02T03:04:06.000000000Z");
  EXPECT_FALSE(decode_iso_time(bytes_of(std::string(7, '\0'))));
  EXPECT_FALSE(decode_iso_time(bytes_of("\x7e\x02\x1e\x0c\x04\x06\x00"s)));  // 30 February
}

TEST(IsoNamesOf, Dialects) {
  EXPECT_EQ(decode_iso_name(bytes_of("NAME.;1"), IsoNames::kPlain), "NAME");
  EXPECT_EQ(decode_iso_name(bytes_of("A;B;12"), IsoNames::kPlain), "A;B");
  EXPECT_EQ(decode_iso_name(bytes_of("\x65\xe5\0;\0\x31"s), IsoNames::kJoliet), "日");
  EXPECT_EQ(decode_iso_name(bytes_of("a/b"), IsoNames::kPlain), "a_b");
}

TEST(IsoRecords, LengthsAreChecked) {
  EXPECT_FALSE(decode_iso_record(bytes_of(std::string(32, '\x20'))));
  std::string record(40, '\0');
  record[0] = 40;
  record[32] = 8;  // one byte past the record
  EXPECT_FALSE(decode_iso_record(bytes_of(record)));
  record[32] = 7;
  EXPECT_TRUE(decode_iso_record(bytes_of(record)));
}

}  // namespace
}  // namespace konseki::testing
