#include "agent/pipeline/file_row.h"

#include <gtest/gtest.h>

#include "agent/base/file_row_view.h"
#include "agent/base/inode_flags.h"
#include "agent/bundle/entry_row.h"

namespace konseki {
namespace {

TEST(FileRow, WritesAllFactsOfACollectedFile) {
  Entry entry;
  entry.path = "Users/田中/見積書.exe";
  entry.type = FileType::kRegular;
  entry.inode = 4711;
  entry.sequence = 3;
  entry.attributes = 0x20;
  entry.owner = "S-1-5-21-1-2-3-1001";
  entry.link_count = 1;
  entry.times.modified = Timestamp::from_unix(1, 500);
  entry.name_times.created = Timestamp::from_unix(2);
  entry.streams = {{"Zone.Identifier", 26}};
  VolumeInfo volume;
  volume.mount = "C:";
  volume.style = PathStyle::kWindows;
  volume.access_method = "tsk";
  const Digests digests{};
  const std::vector<std::string> artifacts{"A", "B"};
  const std::string path = volume.display_path(entry.path);
  FileRow row;
  row.entry = &entry;
  row.volume = &volume;
  row.path = path;
  row.member = "fs/C:/Users/田中/見積書.exe";
  row.size = 12;
  row.status = FileStatus::kCollected;
  row.digests = &digests;
  row.artifacts = artifacts;
  std::string out;
  append_file_row(out, row);
  EXPECT_EQ(out,
            "{\"path\":\"C:/Users/田中/見積書.exe\",\"member\":\"fs/C:/Users/田中/見積書.exe\","
            "\"volume\":\"C:\",\"type\":\"file\",\"size\":12,\"status\":\"collected\","
            "\"sha256\":\"" +
                std::string(64, '0') + "\",\"sha1\":\"" + std::string(40, '0') + "\",\"md5\":\"" +
                std::string(32, '0') +
                "\",\"modified\":\"1970-01-01T00:00:01.000000500Z\","
                "\"fn_created\":\"1970-01-01T00:00:02.000000000Z\",\"inode\":4711,\"sequence\":3,"
                "\"owner\":\"S-1-5-21-1-2-3-1001\",\"links\":1,\"attributes\":32,"
                "\"streams\":[{\"name\":\"Zone.Identifier\",\"size\":26}],"
                "\"access_method\":\"tsk\",\"artifacts\":[\"A\",\"B\"]}");
}

TEST(FileRow, FlagsOfAnInodeAreNoAttributesOfWindows) {
  Entry entry;
  entry.path = "etc/cron.d/x";
  entry.type = FileType::kRegular;
  entry.attributes = kInodeImmutable;
  const VolumeInfo volume;
  const std::string path = volume.display_path(entry.path);
  FileRow row;
  row.entry = &entry;
  row.volume = &volume;
  row.path = path;
  std::string out;
  append_file_row(out, row);
  EXPECT_NE(out.find(R"("immutable":true)"), std::string::npos) << out;
  EXPECT_EQ(out.find("append_only"), std::string::npos) << out;
  EXPECT_EQ(out.find("attributes"), std::string::npos) << out;
  const Entry again = row_entry(file_row_view(out), entry.path);
  EXPECT_EQ(again.attributes, kInodeImmutable);
}

TEST(FileRow, KeepsRawBytesOfNamesThatAreNotUtf8) {
  Entry entry;
  entry.path = "a\xFF";
  entry.type = FileType::kRegular;
  entry.mode = 04755;
  const VolumeInfo volume;
  const std::string path = volume.display_path(entry.path);
  FileRow row;
  row.entry = &entry;
  row.volume = &volume;
  row.path = path;
  row.status = FileStatus::kFailed;
  row.reason = "io_error";
  std::string out;
  append_file_row(out, row);
  EXPECT_NE(out.find(R"("path":"/a%FF","raw_path":"2f61ff")"), std::string::npos) << out;
  EXPECT_NE(out.find(R"("mode":"4755","uid":0,"gid":0)"), std::string::npos) << out;
  EXPECT_NE(out.find(R"("status":"failed","reason":"io_error")"), std::string::npos) << out;
}

}  // namespace
}  // namespace konseki
