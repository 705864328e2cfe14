// Registry hives written as text, for golden cases (NAME.reg becomes the hive NAME).
#pragma once

#include <string>

#include "konseki/result.h"
#include "tests/support/regf_builder.h"

namespace konseki::testing {

// Close to what regedit exports, below the hive's root, last write times beside the keys:
//
//   ; comment
//   [ControlSet001\Services\Example] 2024-05-06T07:08:09Z
//   @="the default value"
//   "ImagePath"=expand:"%SystemRoot%\\x.exe"       "Start"=dword:00000002 (hexadecimal)
//   "List"=multi:"a","b"    "Big"=qword:0000000100000000    "Raw"=hex:01,02,ff
//
// In quotes, \\ and \" stand for \ and ". A key without a time has 2020-01-01T00:00:00Z.
Result<HiveKey> parse_hive_text(const std::string& text);

}  // namespace konseki::testing
