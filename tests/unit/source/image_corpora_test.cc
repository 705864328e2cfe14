// Every file, stream, size, digest and time that the ground truth of the optional corpora names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/images/image_files.h"
#include "tests/support/corpora.h"

namespace konseki::testing {
namespace {

using nlohmann::json;

struct Listed {
  FileSystem* file_system;
  Entry entry;
};

// All entries by path, of the volume at `offset`.
std::multimap<std::string, Listed> list_volume(Source& source, std::uint64_t offset,
                                               bool include_deleted) {
  std::multimap<std::string, Listed> listed;
  for (const auto& file_system : source.file_systems()) {
    if (file_system->info().offset != offset) continue;
    WalkOptions options;
    options.include_deleted = include_deleted;
    options.on_error = [](std::string_view path, const Error& error) {
      ADD_FAILURE() << path << ": " << error.describe(Language::kEnglish);
    };
    auto walked = file_system->walk(options, [&](const Entry& entry) {
      listed.emplace(entry.path, Listed{file_system.get(), entry});
      return WalkAction::kContinue;
    });
    EXPECT_TRUE(walked) << walked.error().describe(Language::kEnglish);
  }
  return listed;
}

std::string content_digest(const Listed& listed, std::string_view stream = {}) {
  auto reader = listed.file_system->open(listed.entry, stream);
  return reader ? digest_of(**reader) : reader.error().describe(Language::kEnglish);
}

std::string image_digest(const std::string& path) {
  std::string digest = file_digest(path);
  for (std::string part = path; part.ends_with("01");) {
    part.back() = '2';
    if (std::filesystem::exists(part)) digest += file_digest(part);
  }
  return digest;
}

TEST(ImageCorpora, EveryAllocatedFileOfTheSleuthKitListIsFoundWithItsDigest) {
  KONSEKI_REQUIRE_CORPORA(corpora);
  const json truth = json::parse(read_file(corpora + "/_ground-truth/disk-images-tsk.json"));
  const TemporaryDirectory temporary;
  int files = 0;
  for (const auto& [name, image] : truth["images"].items()) {
    SCOPED_TRACE(name);
    std::string path = corpora + "/disk-images/" + name;
    if (name.ends_with(".bz2")) {
      ASSERT_TRUE(run_recipe(temporary.path(), "bzip2 -dc '" + path + "' > image.dd"));
      path = temporary.file("image.dd");
    }
    const std::string before = image_digest(path);
    auto source = open_image_source(path, file_opener());
    if (image["volumes"].empty() && !name.ends_with("lvm.qcow2")) {
      EXPECT_FALSE(source);
      continue;
    }
    ASSERT_TRUE(source) << source.error().describe(Language::kEnglish);
    if (image.contains("raw_size") && name.ends_with(".qcow2")) {
      EXPECT_EQ((*source)->info().size, image["raw_size"]);
    }
    for (const auto& [start, volume] : image["volumes"].items()) {
      if (name.ends_with("bdetogo.raw")) {
        ASSERT_EQ((*source)->unreadable().size(), 1u);
        EXPECT_EQ((*source)->unreadable()[0].type, "bitlocker");
        EXPECT_TRUE((*source)->file_systems().empty());
        continue;
      }
      const auto listed = list_volume(**source, std::stoull(start) * 512, false);
      for (const auto& [file, facts] : volume["allocated_regular"].items()) {
        SCOPED_TRACE(file);
        // "name:stream" where the list holds an alternate stream.
        std::string entry_path = file;
        std::string stream;
        if (!listed.contains(file) && file.find(':') != std::string::npos) {
          entry_path = file.substr(0, file.rfind(':'));
          stream = file.substr(file.rfind(':') + 1);
        }
        const auto found = listed.find(entry_path);
        ASSERT_NE(found, listed.end());
        if (stream.empty()) {
          EXPECT_EQ(found->second.entry.size, facts["size"]);
        }
        EXPECT_EQ(content_digest(found->second, stream), facts["sha256"]);
        ++files;
      }
    }
    EXPECT_EQ(image_digest(path), before);
  }
  EXPECT_GT(files, 30);
}

TEST(ImageCorpora, LogicalVolumesAreRead) {
  KONSEKI_REQUIRE_CORPORA(corpora);
  auto source = open_image_source(corpora + "/disk-images/log2timeline__dfvfs/test_data/lvm.qcow2",
                                  file_opener());
  ASSERT_TRUE(source) << source.error().describe(Language::kEnglish);
  const auto listed = list_volume(**source, 0, false);
  ASSERT_TRUE(listed.contains("a_directory/another_file"));
  EXPECT_EQ(content_digest(listed.find("a_directory/another_file")->second),
            "c7fbc0e821c0871805a99584c6a384533909f68a6bbe9a2a687d28d9f3b10c16");
}

std::string seconds_of(const std::optional<Timestamp>& time) {
  return time ? time->iso8601().substr(0, 19) + "+00:00" : "absent";
}

class ComposedImage : public ::testing::TestWithParam<const char*> {};

TEST_P(ComposedImage, HoldsExactlyWhatItsManifestSays) {
  KONSEKI_REQUIRE_CORPORA(corpora);
  const std::string base = corpora + "/disk-images/composed/" + GetParam();
  const json manifest = json::parse(read_file(base + ".manifest.json"));
  const std::string before = file_digest(base + ".E01");
  auto source = open_image_source(base + ".E01", file_opener());
  ASSERT_TRUE(source) << source.error().describe(Language::kEnglish);
  EXPECT_TRUE((*source)->unreadable().empty());
  ASSERT_EQ((*source)->file_systems().size(), 1u);
  const VolumeInfo& info = (*source)->file_systems()[0]->info();
  EXPECT_EQ(info.mount, manifest["filesystem"] == "ntfs" ? "C:" : "");
  EXPECT_EQ(info.offset, manifest["partition_offset"]);
  const auto listed = list_volume(**source, manifest["partition_offset"], true);

  std::set<std::string> expected;
  for (const json& file : manifest["files"]) {
    const std::string path = file["path"];
    SCOPED_TRACE(path);
    expected.insert(path);
    if (file.contains("deleted")) {
      // ext4 wipes the inode's size and blocks; NTFS keeps them.
      if (manifest["filesystem"] != "ntfs") continue;
      const auto found = listed.find(path);
      ASSERT_NE(found, listed.end());
      EXPECT_NE(found->second.entry.allocation, Allocation::kAllocated);
      EXPECT_EQ(found->second.entry.size, file["size"]);
      EXPECT_EQ(content_digest(found->second), file["sha256"]);
      continue;
    }
    const auto found = listed.find(path);
    ASSERT_NE(found, listed.end());
    const Entry& entry = found->second.entry;
    EXPECT_EQ(entry.allocation, Allocation::kAllocated);
    EXPECT_EQ(entry.size, file["size"]);
    EXPECT_EQ(content_digest(found->second), file["sha256"]);
    EXPECT_EQ(seconds_of(entry.times.modified), file["mtime"]);
    if (file.contains("crtime")) {
      EXPECT_EQ(seconds_of(entry.times.created), file["crtime"]);
    }
    std::size_t streams = 0;
    if (file.contains("ads")) {
      for (const auto& [stream, facts] : file["ads"].items()) {
        ++streams;
        EXPECT_EQ(content_digest(found->second, stream), facts["sha256"]);
        ASSERT_EQ(entry.streams.size(), file["ads"].size());
        EXPECT_EQ(entry.streams[0].name, stream);
        EXPECT_EQ(entry.streams[0].size, facts["size"]);
      }
    }
    EXPECT_EQ(entry.streams.size(), streams);
    if (file.contains("hardlink")) {
      const std::string second = file["hardlink"];
      expected.insert(second);
      ASSERT_TRUE(listed.contains(second));
      EXPECT_EQ(listed.find(second)->second.entry.inode, entry.inode);
      EXPECT_EQ(content_digest(listed.find(second)->second), file["sha256"]);
    }
    // The same by name, in another spelling where the volume does not care.
    std::string spelling = path;
    if (info.style == PathStyle::kWindows) {
      for (char& c : spelling) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
    auto by_name = found->second.file_system->stat(spelling);
    ASSERT_TRUE(by_name) << by_name.error().describe(Language::kEnglish);
    EXPECT_EQ(by_name->path, path);
    EXPECT_EQ(by_name->inode, entry.inode);
    EXPECT_EQ(by_name->size, entry.size);
  }
  for (const auto& [path, found] : listed) {
    if (found.entry.type != FileType::kRegular || path.starts_with('$')) continue;
    EXPECT_TRUE(expected.contains(path) || found.entry.allocation != Allocation::kAllocated)
        << path;
  }
  EXPECT_EQ(file_digest(base + ".E01"), before);
}

INSTANTIATE_TEST_SUITE_P(Hosts, ComposedImage, ::testing::Values("win-host-a", "linux-host-a"),
                         [](const auto& test) {
                           const std::string name = test.param;
                           return name.substr(0, name.find('-'));
                         });

}  // namespace
}  // namespace konseki::testing
