// Case fields: who collects what for whom, by file or by options.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "konseki/result.h"

namespace konseki {

// The fields of the custody record, by their key in run.json: case_id, evidence_id, operator,
// witness, authority, place, purpose, notes, contact (who to call), clock_reference (a time as
// parse_watch_time() reads it).
using CaseFile = std::map<std::string, std::string>;

inline constexpr std::array<std::string_view, 10> kCaseKeys{
    "case_id", "evidence_id", "operator", "witness", "authority",
    "place",   "purpose",     "notes",    "contact", "clock_reference"};

// Reads "key: value" lines (UTF-8, '#' comments, empty lines allowed). Keys are those above or
// their Japanese names (案件番号, 証拠番号, 担当者, 立会人, 根拠, 場所, 目的, 備考, 連絡先,
// 照合時刻).
// kInvalidArgument names the line.
Result<CaseFile> parse_case_file(std::string_view text, std::string_view file_name);

}  // namespace konseki
