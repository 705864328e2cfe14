#include "agent/source/bundle/bundle_source.h"

#include <gtest/gtest.h>

#include <map>

#include "agent/base/json_writer.h"
#include "agent/base/memory_reader.h"
#include "agent/bundle/member_names.h"
#include "tests/unit/bundle/memory_output.h"
#include "tests/unit/bundle/sample_bundle.h"

namespace konseki {
namespace {

using testing::add_file;
using testing::bytes_of;
using testing::MemoryOutput;

std::unique_ptr<ByteReader> in_memory(const std::string& text) {
  const auto bytes = bytes_of(text);
  return std::make_unique<MemoryReader>(std::vector<std::byte>(bytes.begin(), bytes.end()));
}

// A Windows volume and what a collection of it wrote.
class Collected {
 public:
  Collected() : writer_(make_bundle_writer(output_)) {
    add_file(*writer_, "konseki/run.json",
             R"({"tool":"konseki","host":{"os":"windows","hostname":"PC1","host_id":"h",)"
             R"("system_drive":"C:","users":[{"name":"a","id":"S-1","home":"C:/Users/a"}]},)"
             R"("volumes":[{"mount":"C:","type":"ntfs","label":"OS","serial":"AB-CD",)"
             R"("offset":1048576,"size":5},{"mount":"D:","type":"ntfs"}],)"
             R"("unreadable":[{"name":"partition 2","type":"bitlocker","offset":9,"size":8,)"
             R"("detail":"x","advice":{"en":"unlock","ja":"解除"}}]})");
    volume_.mount = "C:";
    volume_.style = PathStyle::kWindows;
    EXPECT_TRUE(writer_->add(names_.volume_root(volume_), {}).has_value());
  }

  // Adds the content and, unless told not to, its row.
  void add(const std::string& path, const std::string& stream, std::string_view content,
           const std::string& more, bool row = true) {
    Entry entry;
    entry.path = path;
    entry.type = FileType::kRegular;
    entry.size = content.size();
    entry.streams = {{stream, content.size()}};
    const MemberHeader header = names_.header(volume_, entry, stream);
    EXPECT_TRUE(writer_->add(header, bytes_of(content)).has_value());
    if (row) add_row(path, stream, more + ",\"member\":\"" + header.name + "\"", content.size());
  }

  void add_row(const std::string& path, const std::string& stream, const std::string& more,
               std::size_t size) {
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.field("path", "C:/" + path);
    if (!stream.empty()) json.field("stream", stream);
    json.field("volume", "C:");
    json.field("size", std::uint64_t{size});
    json.end_object();
    line.pop_back();
    line += more + "}";
    EXPECT_TRUE(writer_->append_line("files", line).has_value());
  }

  std::unique_ptr<Source> sealed() {
    EXPECT_TRUE(writer_->seal("{}").has_value());
    auto source = open_bundle_source(in_memory(output_.bytes()), "b.tar.zst");
    EXPECT_TRUE(source.has_value());
    return std::move(*source);
  }

  BundleWriter& writer() { return *writer_; }

 private:
  MemoryOutput output_;
  std::unique_ptr<BundleWriter> writer_;
  MemberNames names_;
  VolumeInfo volume_;
};

std::string read(FileSystem& volume, const Entry& entry, std::string_view stream = {}) {
  auto content = volume.open(entry, stream);
  if (!content) return "error: " + std::string(error_code_name(content.error().code));
  const auto bytes = read_all(**content, 1 << 20).value();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::map<std::string, Entry> walked(FileSystem& volume, WalkOptions options = {}) {
  std::map<std::string, Entry> all;
  EXPECT_TRUE(volume
                  .walk(options,
                        [&](const Entry& entry) {
                          EXPECT_TRUE(all.emplace(entry.path, entry).second) << entry.path;
                          return WalkAction::kContinue;
                        })
                  .has_value());
  return all;
}

TEST(BundleSource, RunRecordIsKept) {
  Collected collected;
  const auto source = collected.sealed();
  EXPECT_EQ(source->info().kind, SourceKind::kBundle);
  EXPECT_EQ(source->info().location, "b.tar.zst");
  ASSERT_EQ(source->file_systems().size(), 2u);
  const VolumeInfo& volume = source->file_systems()[0]->info();
  EXPECT_EQ(volume.mount, "C:");
  EXPECT_EQ(volume.style, PathStyle::kWindows);
  EXPECT_EQ(volume.serial, "AB-CD");
  EXPECT_EQ(volume.offset, 1048576u);
  ASSERT_TRUE(source->recorded_host().has_value());
  EXPECT_EQ(source->recorded_host()->os, OperatingSystem::kWindows);
  EXPECT_EQ(source->recorded_host()->users.at(0).home, "C:/Users/a");
  ASSERT_EQ(source->unreadable().size(), 1u);
  EXPECT_EQ(source->unreadable()[0].advice.ja, "解除");
}

TEST(BundleSource, EveryFactComesBack) {
  Collected collected;
  collected.add(
      "Users/a/x.txt", "", "hello",
      R"(,"type":"file","modified":"2024-01-02T03:04:05.123456700Z",)"
      R"("accessed":"2024-01-02T03:04:06.000000000Z","changed":"1969-12-31T23:59:59.500000000Z",)"
      R"("created":"1601-01-01T00:00:00.000000000Z","fn_modified":"2020-01-01T00:00:00.000000000Z",)"
      R"("inode":77,"sequence":3,"mode":"4755","uid":1,"gid":2,"owner":"S-1-5","links":2,)"
      R"("attributes":32,"reparse_tag":5,"streams":[{"name":"Zone.Identifier","size":9}])");
  collected.add("Users/a/x.txt", "Zone.Identifier", "[Zone]3",
                R"(,"type":"file","inode":77,"sequence":3)");
  const auto source = collected.sealed();
  FileSystem& volume = *source->file_systems()[0];
  const Entry entry = volume.stat("users/A/X.TXT").value();
  EXPECT_EQ(entry.path, "Users/a/x.txt");
  EXPECT_EQ(entry.size, 5u);
  EXPECT_EQ(entry.times.modified, (Timestamp{1704164645, 123456700}));
  EXPECT_EQ(entry.times.changed, (Timestamp{-1, 500000000}));
  EXPECT_EQ(entry.times.created, Timestamp::from_filetime(0));
  EXPECT_FALSE(entry.times.deleted.has_value());
  EXPECT_EQ(entry.name_times.modified, (Timestamp{1577836800, 0}));
  EXPECT_EQ(entry.inode, 77u);
  EXPECT_EQ(entry.sequence, 3u);
  EXPECT_EQ(entry.mode, 04755u);
  EXPECT_EQ(entry.uid, 1u);
  EXPECT_EQ(entry.gid, 2u);
  EXPECT_EQ(entry.owner, "S-1-5");
  EXPECT_EQ(entry.link_count, 2u);
  EXPECT_EQ(entry.attributes, 32u);
  EXPECT_EQ(entry.reparse_tag, 5u);
  ASSERT_EQ(entry.streams.size(), 1u);
  EXPECT_EQ(read(volume, entry), "hello");
  EXPECT_EQ(read(volume, entry, "Zone.Identifier"), "[Zone]3");
  EXPECT_EQ(read(volume, entry, "absent"), "error: not_found");
}

TEST(BundleSource, FoldersAreKnownByWhatTheyHold) {
  Collected collected;
  collected.add("Users/a/x.txt", "", "1", R"(,"type":"file")");
  collected.add("Users/b/y.txt", "", "2", R"(,"type":"file")");
  collected.add_row("Users", "", R"(,"type":"directory","inode":5)", 0);
  const auto source = collected.sealed();
  FileSystem& volume = *source->file_systems()[0];
  const auto all = walked(volume);
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all.at("Users").inode, 5u);
  EXPECT_EQ(all.at("Users/a").type, FileType::kDirectory);
  EXPECT_EQ(all.at("Users/b/y.txt").type, FileType::kRegular);
  std::vector<std::string> names;
  const auto collect = [&](const Entry& entry) {
    names.push_back(entry.path);
    return WalkAction::kContinue;
  };
  ASSERT_TRUE(volume.list("users", collect).has_value());
  EXPECT_EQ(names, (std::vector<std::string>{"Users/a", "Users/b"}));
  names.clear();
  ASSERT_TRUE(volume.list("", collect).has_value());
  EXPECT_EQ(names, (std::vector<std::string>{"Users"}));
  EXPECT_EQ(volume.list("nowhere", collect).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(volume.stat("").value().type, FileType::kDirectory);
  EXPECT_EQ(volume.stat("Users/c").error().code, ErrorCode::kNotFound);
  WalkOptions below;
  below.start = "users/A";
  EXPECT_EQ(walked(volume, below).size(), 1u);
}

TEST(BundleSource, ListedFilesSayThatTheirContentIsElsewhere) {
  Collected collected;
  collected.add_row("big.iso", "", R"(,"type":"file","status":"skipped","reason":"max_file_size")",
                    7);
  collected.add_row("cloud.doc", "",
                    R"(,"type":"file","status":"skipped","reason":"cloud_placeholder")", 7);
  const auto source = collected.sealed();
  FileSystem& volume = *source->file_systems()[0];
  const auto opened = volume.open(volume.stat("big.iso").value(), {});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kUnsupported);
  EXPECT_FALSE(opened.error().advice.ja.empty());
  EXPECT_TRUE(volume.stat("cloud.doc")->cloud_placeholder);
  EXPECT_EQ(read(volume, volume.stat("cloud.doc").value()), "error: unsupported");
}

TEST(BundleSource, DeletedTwinsAreKeptApart) {
  Collected collected;
  collected.add("a.txt", "", "old", R"(,"type":"file","inode":5,"allocation":"deleted")");
  collected.add("A.txt", "", "new", R"(,"type":"file","inode":6)");
  const auto source = collected.sealed();
  FileSystem& volume = *source->file_systems()[0];
  const Entry now = volume.stat("a.txt").value();
  EXPECT_EQ(now.inode, 6u);
  EXPECT_EQ(read(volume, now), "new");
  EXPECT_EQ(walked(volume).size(), 1u);
  WalkOptions options;
  options.include_deleted = true;
  const auto all = walked(volume, options);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all.at("a.txt").allocation, Allocation::kDeleted);
  EXPECT_EQ(read(volume, all.at("a.txt")), "old");
}

TEST(BundleSource, RawPathsWin) {
  Collected collected;
  // "C:/a\xed\xa0\x80" in hex: the raw bytes behind the display path.
  collected.add_row("a%uD800", "", R"(,"raw_path":"433a2f61eda080","type":"file")", 1);
  const auto source = collected.sealed();
  FileSystem& volume = *source->file_systems()[0];
  EXPECT_EQ(volume.stat("a\xed\xa0\x80").value().path, "a\xed\xa0\x80");
  EXPECT_FALSE(volume.stat("a%uD800").has_value());
}

TEST(BundleSource, MembersWithoutRowsAreFilesToo) {
  Collected collected;
  collected.add("Windows/notes.txt", "", "kept", "", false);
  collected.add("$Extend/$UsnJrnl", "$J", "journal", "", false);
  const auto source = collected.sealed();
  FileSystem& volume = *source->file_systems()[0];
  const Entry notes = volume.stat("windows/NOTES.txt").value();
  EXPECT_EQ(notes.size, 4u);
  EXPECT_EQ(read(volume, notes), "kept");
  const Entry journal = volume.stat("$Extend/$UsnJrnl").value();
  ASSERT_EQ(journal.streams.size(), 1u);
  EXPECT_EQ(read(volume, journal, "$J"), "journal");
  EXPECT_EQ(walked(volume).size(), 4u);
}

TEST(BundleSource, LinuxVolumesKeepTheirMounts) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json",
           R"({"volumes":[{"mount":"","type":"ext4"},{"mount":"/var","type":"ext4"}]})");
  add_file(*writer, "[root]/etc/passwd", "root");
  add_file(*writer, "[root]/var/log/x", "log");
  for (const char* row :
       {R"({"path":"/etc/passwd","member":"[root]/etc/passwd","volume":"","type":"file"})",
        R"({"path":"/var/log/x","member":"[root]/var/log/x","volume":"/var","type":"file"})",
        R"({"path":"/etc/PASSWD","volume":"","type":"file"})", "not json at all", "{}"}) {
    ASSERT_TRUE(writer->append_line("files", row).has_value());
  }
  ASSERT_TRUE(writer->seal("{}").has_value());
  const auto source = open_bundle_source(in_memory(output.bytes()), "b").value();
  ASSERT_EQ(source->file_systems().size(), 2u);
  FileSystem& root = *source->file_systems()[0];
  FileSystem& var = *source->file_systems()[1];
  EXPECT_EQ(read(root, root.stat("etc/passwd").value()), "root");
  EXPECT_EQ(root.stat("etc/PASSWD").value().path, "etc/PASSWD");
  EXPECT_FALSE(root.stat("var/log/x").has_value());
  EXPECT_EQ(read(var, var.stat("log/x").value()), "log");
  EXPECT_EQ(walked(var).size(), 2u);
}

TEST(BundleSource, VolumesAreFoundWithoutARunRecord) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "damaged");
  add_file(*writer, "fs/C:/a", "1");
  add_file(*writer, "fs/$fs$/fs0/b", "2");
  ASSERT_TRUE(writer->seal("{}").has_value());
  const auto source = open_bundle_source(in_memory(output.bytes()), "b").value();
  ASSERT_EQ(source->file_systems().size(), 2u);
  EXPECT_EQ(source->file_systems()[0]->info().mount, "C:");
  EXPECT_EQ(source->file_systems()[1]->info().mount, "$fs$/fs0");
  EXPECT_FALSE(source->recorded_host().has_value());
}

}  // namespace
}  // namespace konseki
