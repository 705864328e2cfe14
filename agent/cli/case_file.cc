#include "agent/cli/case_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::array<std::string_view, 10> kJapaneseKeys{"案件番号", "証拠番号", "担当者", "立会人",
                                                         "根拠",     "場所",     "目的",   "備考",
                                                         "連絡先",   "照合時刻"};

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// The key of run.json for a key of the file, or empty.
std::string_view canonical_key(std::string_view key) {
  for (std::size_t i = 0; i < kCaseKeys.size(); ++i) {
    if (key == kCaseKeys[i] || key == kJapaneseKeys[i]) return kCaseKeys[i];
  }
  return {};
}

}  // namespace

Result<CaseFile> parse_case_file(std::string_view text, std::string_view file_name) {
  CaseFile fields;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    std::size_t colon = line.find(':');
    std::size_t after = colon + 1;
    if (const std::size_t wide = line.find("："); wide < colon) {
      colon = wide;
      after = wide + std::string_view("：").size();
    }
    const std::string_view key =
        colon == std::string_view::npos ? "" : canonical_key(trim(line.substr(0, colon)));
    if (key.empty() || !is_well_formed_utf8(line)) {
      return fail(
          ErrorCode::kInvalidArgument, fmt::format("{}:{}", file_name, number),
          {fmt::format("Write one field a line, for example \"case_id: 2026-014\"; "
                       "fields: {}.",
                       fmt::join(kCaseKeys, ", ")),
           fmt::format("1 行に 1 項目を「案件番号: 2026-014」の形で書いてください。項目: {}。",
                       fmt::join(kJapaneseKeys, "、"))});
    }
    fields[std::string(key)] = trim(line.substr(after));
  }
  return fields;
}

}  // namespace konseki
