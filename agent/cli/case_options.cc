#include "agent/cli/case_options.h"

#include <algorithm>

#include "agent/base/memory_reader.h"
#include "agent/source/live/local_file.h"

namespace konseki {

std::vector<OptionSpec> case_options() {
  return {
      {"case", "FILE", {"case fields, one \"key: value\" a line", "案件情報のファイル"}},
      {"case-id", "TEXT", {"case number", "案件番号"}},
      {"evidence-id", "TEXT", {"evidence number", "証拠番号"}},
      {"operator", "TEXT", {"who collects", "担当者"}},
      {"witness", "TEXT", {"who watches", "立会人"}},
      {"authority", "TEXT", {"on whose authority", "根拠 (依頼・同意)"}},
      {"place", "TEXT", {"where", "場所"}},
      {"purpose", "TEXT", {"what for", "目的"}},
      {"notes", "TEXT", {"anything else", "備考"}},
      {"contact", "TEXT", {"who to call", "連絡先"}},
  };
}

Result<CaseFile> read_case_options(const Arguments& arguments) {
  CaseFile fields;
  if (arguments.has("case")) {
    const std::string path = arguments.value("case");
    KONSEKI_ASSIGN(auto reader, open_local_file(path));
    KONSEKI_ASSIGN(const auto bytes, read_all(*reader, 1 << 20));
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    KONSEKI_ASSIGN(fields, parse_case_file(text, path));
  }
  for (const std::string_view key : kCaseKeys) {
    std::string option(key);
    std::replace(option.begin(), option.end(), '_', '-');
    if (arguments.has(option)) fields[std::string(key)] = arguments.value(option);
  }
  return fields;
}

}  // namespace konseki
