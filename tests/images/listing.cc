#include "tests/images/listing.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <sstream>
#include <vector>

#include "tests/images/image_files.h"

namespace konseki::testing {

std::map<std::string, Entry> walk_all(FileSystem& file_system, bool include_deleted) {
  std::map<std::string, Entry> entries;
  WalkOptions options;
  options.include_deleted = include_deleted;
  options.on_error = [](std::string_view path, const Error& error) {
    ADD_FAILURE() << path << ": " << error.describe(Language::kEnglish);
  };
  auto walked = file_system.walk(options, [&](const Entry& entry) {
    entries.emplace(entry.path, entry);
    return WalkAction::kContinue;
  });
  EXPECT_TRUE(walked);
  return entries;
}

std::map<std::string, Entry> list_all(FileSystem& file_system) {
  std::map<std::string, Entry> entries;
  std::vector<std::string> pending{""};
  while (!pending.empty()) {
    const std::string directory = pending.back();
    pending.pop_back();
    auto listed = file_system.list(directory, [&](const Entry& entry) {
      EXPECT_TRUE(entries.emplace(entry.path, entry).second) << entry.path;
      if (entry.type == FileType::kDirectory) pending.push_back(entry.path);
      return WalkAction::kContinue;
    });
    EXPECT_TRUE(listed) << directory << ": " << listed.error().describe(Language::kEnglish);
  }
  return entries;
}

std::map<std::string, std::string> fls_facts(const std::string& image, std::uint64_t sector) {
  std::map<std::string, std::string> facts;
  const std::string command =
      "fls -r -p -m '' -z UTC -o " + std::to_string(sector) + " '" + image + "' 2>/dev/null";
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return facts;
  std::string output;
  char buffer[4096];
  while (std::size_t count = std::fread(buffer, 1, sizeof buffer, pipe))
    output.append(buffer, count);
  pclose(pipe);
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> fields;
    std::istringstream parts(line);
    for (std::string field; std::getline(parts, field, '|');) fields.push_back(field);
    if (fields.size() < 11) continue;
    std::string name = fields[1].substr(fields[1].find_first_not_of('/'));
    // Made-up places, deleted names, and the indexes that the library shows as streams.
    if (name.find(" (deleted") != std::string::npos || name.starts_with("$OrphanFiles") ||
        name.ends_with("($FILE_NAME)") || name.starts_with("$MFT") || name == "$MBR" ||
        name == "$FAT1" || name == "$FAT2" || name.ends_with("(Volume Label Entry)") ||
        name.starts_with("$Secure") || name.starts_with("$Extend/")) {
      continue;
    }
    if (const auto arrow = name.find(" -> "); arrow != std::string::npos) name.resize(arrow);
    const bool directory = fields[3].find("/d") != std::string::npos || fields[3].starts_with("d/");
    facts[name] = fields[2].substr(0, fields[2].find('-')) + " " + (directory ? "-" : fields[6]) +
                  " " + fields[8] + " " + fields[7] + " " + fields[9] + " " + fields[10];
  }
  return facts;
}

std::map<std::string, std::string> walk_facts(FileSystem& file_system) {
  std::map<std::string, std::string> facts;
  const auto seconds = [](const std::optional<Timestamp>& time) {
    return time ? std::to_string(time->seconds) : std::string("0");
  };
  for (const auto& item : walk_all(file_system)) {
    const std::string& path = item.first;
    const Entry& entry = item.second;
    if (path.starts_with("$MFT") || path.starts_with("$Secure") || path.starts_with("$Extend/")) {
      continue;
    }
    const auto line = [&](const std::string& size) {
      return std::to_string(entry.inode) + " " + size + " " + seconds(entry.times.modified) + " " +
             seconds(entry.times.accessed) + " " + seconds(entry.times.changed) + " " +
             seconds(entry.times.created);
    };
    facts[path] = line(entry.type == FileType::kDirectory ? "-" : std::to_string(entry.size));
    for (const StreamInfo& stream : entry.streams) {
      facts[path + ":" + stream.name] = line(std::to_string(stream.size));
    }
  }
  return facts;
}

std::string content_digest(FileSystem& file_system, const Entry& entry, std::string_view stream) {
  auto reader = file_system.open(entry, stream);
  return reader ? digest_of(**reader) : reader.error().describe(Language::kEnglish);
}

}  // namespace konseki::testing
