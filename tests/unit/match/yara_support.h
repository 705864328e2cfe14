// YARA rules and files in few words.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "agent/base/digest.h"
#include "agent/base/memory_reader.h"
#include "agent/match/yara/yara_matcher.h"
#include "agent/match/yara/yara_rules.h"

namespace konseki::testing {

inline std::shared_ptr<yara::YaraRules> rules_of(
    const std::vector<std::pair<std::string, std::string>>& texts,
    yara::IncludeReader read_include = {}) {
  std::vector<yara::RuleFile> files;
  for (const auto& [name, text] : texts) files.push_back({name, text, "r/"});
  return *yara::YaraRules::load(std::move(files), std::move(read_include));
}

class Findings : public FindingSink {
 public:
  void emit(Finding&& finding) override {
    const std::lock_guard lock(mutex_);
    found.push_back(std::move(finding));
  }
  void gap(std::string_view path, const Error& error) override {
    const std::lock_guard lock(mutex_);
    gaps.push_back(std::string(path) + ": " + error.detail);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const Finding& each : found) out.push_back(each.rule);
    std::sort(out.begin(), out.end());
    return out;
  }

  std::vector<Finding> found;
  std::vector<std::string> gaps;

 private:
  std::mutex mutex_;
};

struct FakeFile {
  std::string path = "/tmp/a.bin";
  std::string content;
  bool in_memory = true;
  PathStyle style = PathStyle::kPosix;
  std::string owner = {};
};

// Everything that `matcher` says of one file.
inline void match(yara::YaraMatcher& matcher, const FakeFile& file, Findings& findings) {
  Entry entry;
  entry.path = file.path.substr(1);
  entry.type = FileType::kRegular;
  entry.size = file.content.size();
  entry.owner = file.owner;
  entry.uid = 1000;
  VolumeInfo volume;
  volume.style = file.style;
  const auto bytes = std::as_bytes(std::span(file.content));
  DigestPass pass;
  pass.update(bytes);
  const Digests digests = pass.finish();
  const FileItem item{entry, volume, file.path, {}, {}};
  MatchFile match_file{item, {}, &digests, {}, {}, entry.size, {}};
  match_file.address.path = file.path;
  if (file.in_memory) match_file.content = bytes;
  SpanReader reader(bytes);
  if (matcher.wants_content(match_file)) matcher.match_content(match_file, reader, findings);
}

inline std::vector<std::string> matches(std::shared_ptr<const yara::YaraRules> rules,
                                        const FakeFile& file) {
  yara::YaraMatcher matcher(std::move(rules));
  Findings findings;
  match(matcher, file, findings);
  EXPECT_THAT(findings.gaps, ::testing::IsEmpty());
  return findings.names();
}

}  // namespace konseki::testing
