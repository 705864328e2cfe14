// One disk in every container gives the same bytes; damaged or unsupported ones say why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/source/image/disk.h"
#include "agent/source/image/image_parts.h"
#include "agent/source/image/qcow_layout.h"
#include "tests/images/image_files.h"

namespace konseki::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::string_literals;

class DiskReader : public ByteReader {
 public:
  explicit DiskReader(Disk& disk) : disk_(disk) {}
  std::uint64_t size() const override { return disk_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    return disk_.read_at(offset, out);
  }

 private:
  Disk& disk_;
};

struct Container {
  const char* name;
  const char* recipe;  // makes it from disk.raw
  const char* file;
  const char* format;
  const char* tool;
};

// Unattended acquisition: no questions, segments of 1 MiB so that there are several.
#define EWF "ewfacquire -u -q -S 1048576 -c fast -C c -D d -e e -E 1 -N n -m fixed -M physical "

constexpr Container kContainers[] = {
    {"Raw", "cp disk.raw a.dd", "a.dd", "raw", "cp"},
    {"SplitNumbers", "split -b 3000000 -d -a 3 disk.raw a.", "a.000", "split raw", "split"},
    {"SplitNumbersNamedByLaterPart", "split -b 3000000 -d -a 3 disk.raw a.", "a.001", "split raw",
     "split"},
    {"SplitFromOne", "split -b 3000000 --numeric-suffixes=1 -a 3 disk.raw a.", "a.001", "split raw",
     "split"},
    {"SplitNamedByLaterPart", "split -b 3000000 --numeric-suffixes=1 -a 3 disk.raw a.", "a.002",
     "split raw", "split"},
    {"SplitLetters", "split -b 1000000 -a 2 disk.raw a.", "a.aa", "split raw", "split"},
    {"Ewf", EWF "-f encase6 -t a disk.raw", "a.E01", "ewf", "ewfacquire"},
    {"EwfNamedByLaterSegment", EWF "-f encase6 -t a disk.raw", "a.E02", "ewf", "ewfacquire"},
    {"EwfSmart", EWF "-f smart -t a disk.raw", "a.s01", "ewf", "ewfacquire"},
    {"Qcow2", "qemu-img convert -f raw -O qcow2 disk.raw a.qcow2", "a.qcow2", "qcow2", "qemu-img"},
    {"Qcow1", "qemu-img convert -f raw -O qcow disk.raw a.qcow", "a.qcow", "qcow2", "qemu-img"},
    {"Qcow2OldVersion", "qemu-img convert -f raw -O qcow2 -o compat=0.10 disk.raw a", "a", "qcow2",
     "qemu-img"},
    {"Qcow2SmallClusters", "qemu-img convert -c -f raw -O qcow2 -o cluster_size=512 disk.raw a",
     "a", "qcow2", "qemu-img"},
    {"Qcow2LargeClusters", "qemu-img convert -f raw -O qcow2 -o cluster_size=2M disk.raw a", "a",
     "qcow2", "qemu-img"},
    {"Qcow2Zstd", "qemu-img convert -c -f raw -O qcow2 -o compression_type=zstd disk.raw a", "a",
     "qcow2", "qemu-img"},
    {"Qcow2Compressed", "qemu-img convert -c -f raw -O qcow2 disk.raw a", "a", "qcow2", "qemu-img"},
    {"VmdkSparse", "qemu-img convert -f raw -O vmdk disk.raw a.vmdk && mv a.vmdk renamed.bin",
     "renamed.bin", "vmdk", "qemu-img"},
    {"VmdkSplit",
     "qemu-img convert -f raw -O vmdk -o subformat=twoGbMaxExtentSparse disk.raw a.vmdk", "a.vmdk",
     "vmdk", "qemu-img"},
    {"VmdkFlat", "qemu-img convert -f raw -O vmdk -o subformat=monolithicFlat disk.raw a.vmdk",
     "a.vmdk", "vmdk", "qemu-img"},
    {"VmdkStream", "qemu-img convert -f raw -O vmdk -o subformat=streamOptimized disk.raw a.vmdk",
     "a.vmdk", "vmdk", "qemu-img"},
    {"VhdDynamic", "qemu-img convert -f raw -O vpc -o force_size disk.raw a.vhd", "a.vhd", "vhd",
     "qemu-img"},
    {"VhdFixed", "qemu-img convert -f raw -O vpc -o force_size,subformat=fixed disk.raw a.vhd",
     "a.vhd", "vhd", "qemu-img"},
    {"Vhdx", "qemu-img convert -f raw -O vhdx disk.raw a.vhdx", "a.vhdx", "vhdx", "qemu-img"},
};

class ImageContainer : public ::testing::TestWithParam<Container> {};

TEST_P(ImageContainer, GivesTheBytesOfTheDisk) {
  const Container& container = GetParam();
  if (!have_tool(container.tool)) GTEST_SKIP() << container.tool << " absent";
  const TemporaryDirectory temporary;
  // Noise, a hole, text: compression, sparse parts and plain parts.
  std::string disk = noise(2'000'000, 7);
  disk.append(3'000'000, '\0');
  for (int i = 0; i < 50'000; ++i) disk += "line " + std::to_string(i) + "\n";
  disk.resize(8 << 20);
  write_file(temporary.file("disk.raw"), disk);
  ASSERT_TRUE(run_recipe(temporary.path(), container.recipe));
  auto opened = open_disk(temporary.file(container.file), file_opener());
  ASSERT_TRUE(opened) << opened.error().describe(Language::kEnglish);
  EXPECT_EQ((*opened)->format(), container.format);
  EXPECT_EQ((*opened)->size(), disk.size());
  DiskReader reader(**opened);
  EXPECT_EQ(digest_of(reader), digest_of(disk));
}

INSTANTIATE_TEST_SUITE_P(All, ImageContainer, ::testing::ValuesIn(kContainers),
                         [](const auto& test) { return std::string(test.param.name); });

std::string open_error(const std::string& path) {
  auto source = open_image_source(path, file_opener());
  return source ? "opened" : source.error().describe(Language::kEnglish);
}

TEST(ImageErrors, NameTheFileAndTheReason) {
  const TemporaryDirectory temporary;
  const auto make = [&](const char* name, std::string_view content) {
    write_file(temporary.file(name), content);
    return temporary.file(name);
  };
  EXPECT_THAT(open_error(temporary.file("absent.dd")), HasSubstr("absent.dd"));
  EXPECT_THAT(open_error(make("empty.dd", "")), HasSubstr("empty.dd: the file is empty"));
  EXPECT_THAT(open_error(make("text.dd", "this is no disk\n")),
              HasSubstr("text.dd: neither a partition table nor a file system"));
  EXPECT_THAT(open_error(make("noise.dd", noise(1 << 20, 3))), HasSubstr("perhaps encrypted"));
  EXPECT_THAT(open_error(make("zero.dd", std::string(1 << 20, '\0'))), HasSubstr("only zeros"));
  EXPECT_THAT(open_error(make("a.dd.gz", "\x1f\x8b\x08")), HasSubstr("compressed (gzip)"));
  EXPECT_THAT(open_error(make("a.ad1", "ADSEGMENTEDFILE")), HasSubstr("ad1 image"));
  EXPECT_THAT(open_error(make("a.Ex01", "EVF2\x0d\x0a\x81"s + '\0')), HasSubstr("ex01 image"));
  EXPECT_THAT(open_error(temporary.file("a.Ex01")), HasSubstr("Export it as E01 or raw"));
  EXPECT_THAT(open_error(temporary.file("a.ad1")), HasSubstr("pass the directory"));
  EXPECT_THAT(open_error(make("a.E01", "EVF\x09\x0d\x0a\xff\x01 and no more")), HasSubstr("a.E01"));
  EXPECT_THAT(open_error(make("a.qcow2", "QFI\xfb and no more")), HasSubstr("a.qcow2"));
  EXPECT_THAT(open_error(make("a.vmdk", "KDMV and no more")), HasSubstr("a.vmdk"));
  EXPECT_THAT(open_error(make("a.vhdx", "vhdxfile and no more")), HasSubstr("a.vhdx"));
}

TEST(ImageErrors, EveryErrorHasAdviceInBothLanguages) {
  const TemporaryDirectory temporary;
  write_file(temporary.file("noise.dd"), noise(1 << 20, 3));
  auto source = open_image_source(temporary.file("noise.dd"), file_opener());
  ASSERT_FALSE(source);
  EXPECT_THAT(source.error().advice.en, HasSubstr("read-only"));
  EXPECT_THAT(source.error().advice.ja, HasSubstr("読み取り専用"));
}

TEST(ImageErrors, AMissingSegmentOrExtentIsNamed) {
  if (!have_tool("ewfacquire") || !have_tool("qemu-img")) GTEST_SKIP() << "tools absent";
  const TemporaryDirectory temporary;
  write_file(temporary.file("disk.raw"), noise(4 << 20, 5));
  ASSERT_TRUE(run_recipe(temporary.path(),
                         EWF "-f encase6 -t a disk.raw\nrm a.E03\n"
                             "qemu-img convert -f raw -O vmdk -o subformat=monolithicFlat disk.raw "
                             "b.vmdk\nrm b-flat.vmdk\n"
                             "qemu-img create -f qcow2 -b disk.raw -F raw over.qcow2"));
  EXPECT_THAT(open_error(temporary.file("a.E01")), HasSubstr("segment 3 is missing"));
  EXPECT_THAT(open_error(temporary.file("b.vmdk")), HasSubstr("b-flat.vmdk"));
  EXPECT_THAT(open_error(temporary.file("over.qcow2")), HasSubstr("backing file"));
}

TEST(ImageParts, FollowTheSchemesOfTheField) {
  EXPECT_EQ(part_name("d/x.E01", 1), "d/x.E02");
  EXPECT_EQ(part_name("d/x.E01", 98), "d/x.E99");
  EXPECT_EQ(part_name("d/x.E01", 99), "d/x.EAA");
  EXPECT_EQ(part_name("d/x.E01", 99 + 675), "d/x.EZZ");
  EXPECT_EQ(part_name("d/x.E01", 99 + 676), "d/x.FAA");
  EXPECT_EQ(part_name("x.Ex01", 99), "x.ExAA");
  EXPECT_EQ(part_name("x.Ex01", 99 + 676), "x.EyAA");
  EXPECT_EQ(part_name("x.Ex01", 99 + 3 * 676), std::nullopt);
  EXPECT_EQ(part_name("x.e01", 99), "x.eaa");
  EXPECT_EQ(part_name("x.dd.001", 1), "x.dd.002");
  EXPECT_EQ(part_name("x.dd.001", 998), "x.dd.999");
  EXPECT_EQ(part_name("x.000", 1), "x.001");
  EXPECT_EQ(part_name("x.aa", 26), "x.ba");
  EXPECT_EQ(part_name("x.aa", 676), std::nullopt);
  EXPECT_EQ(part_name("x.dd", 1), std::nullopt);
  EXPECT_EQ(part_name("dir.001/x", 1), std::nullopt);
  EXPECT_THAT(first_part_names("x.E07"), ElementsAre("x.E01", "x.E07"));
  EXPECT_THAT(first_part_names("x.E01"), ElementsAre("x.E01"));
  EXPECT_THAT(first_part_names("x.017"), ElementsAre("x.000", "x.001", "x.017"));
  EXPECT_THAT(first_part_names("x.dd"), ElementsAre("x.dd"));
}

TEST(ImageDetection, GoesByContent) {
  const TemporaryDirectory temporary;
  const auto looks = [&](std::string_view name, std::string_view content) {
    write_file(temporary.file(name), content);
    auto reader = file_opener()(temporary.file(name));
    return looks_like_image(**reader, name);
  };
  EXPECT_TRUE(looks("x", "EVF\x09\x0d\x0a\xff" + std::string(100, '\0')));
  EXPECT_TRUE(looks("y", "QFI\xfb"));
  EXPECT_TRUE(looks("truncated.E01", "EVF"));
  EXPECT_TRUE(looks("x.dd.gz", "\x1f\x8b\x08"));
  EXPECT_FALSE(looks("x.tar.gz", "\x1f\x8b\x08"));
  EXPECT_FALSE(looks("notes.txt", "hello\n"));
  EXPECT_FALSE(looks("archive.zip", "PK\x03\x04"));
}

// qemu-img cannot make one of data that does not shrink, hence by hand.
TEST(Qcow, CompressedClusterOfVersionOne) {
  QcowLayout layout;
  layout.version = 1;
  layout.cluster_bits = 12;
  const QcowCluster cluster =
      qcow_cluster(layout, std::uint64_t{1} << 63 | std::uint64_t{700} << 51 | 0x12345);
  EXPECT_EQ(cluster.kind, QcowCluster::Kind::kCompressed);
  EXPECT_EQ(cluster.offset, 0x12345u);
  EXPECT_EQ(cluster.length, 700u);
}

TEST(Qcow, CompressedClusterOfVersionTwoEndsWithItsSector) {
  QcowLayout layout;
  layout.version = 3;
  layout.cluster_bits = 16;
  const QcowCluster cluster =
      qcow_cluster(layout, std::uint64_t{1} << 62 | std::uint64_t{3} << 54 | 0x10010);
  EXPECT_EQ(cluster.kind, QcowCluster::Kind::kCompressed);
  EXPECT_EQ(cluster.offset, 0x10010u);
  EXPECT_EQ(cluster.length, 4 * 512u - 0x10);
}

}  // namespace
}  // namespace konseki::testing
