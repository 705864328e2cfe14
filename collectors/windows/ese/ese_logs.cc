#include "collectors/windows/ese/ese_logs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/base/hex.h"
#include "agent/base/unicode.h"

namespace konseki::windows {
namespace {

constexpr std::size_t kMostNames = 64;

constexpr auto kFields = std::to_array<FieldSpec>({
    {"needed", FieldType::kText,
     "Generations of the logs that its newest changes lie in, as the names of logs have them"},
    {"missing", FieldType::kUint, "How many of these logs are not beside it"},
    {"logs", FieldType::kTextList, "Logs beside it"},
    {"size", FieldType::kUint, "Bytes of them"},
});

constexpr std::string_view kEnding = ".log";
constexpr std::size_t kBase = 3;

// The hex digits of a generation; empty for the log that is being written.
std::string_view generation_of(std::string_view name) {
  return name.substr(kBase, name.size() - kBase - kEnding.size());
}

std::optional<std::uint32_t> number_of(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : digits) value = value << 4 | static_cast<std::uint32_t>(hex_digit(c));
  return value;
}

}  // namespace

bool is_ese_log(std::string_view name) {
  if (name.size() < kBase + kEnding.size() || fold_case(name.substr(name.size() - 4)) != kEnding) {
    return false;
  }
  const std::string_view digits = generation_of(name);
  return (digits.empty() || digits.size() == 5 || digits.size() == 8) &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return hex_digit(c) >= 0; });
}

const RecordSchema kEseLogsSchema{
    "windows.ese_logs",
    "Databases (SRUM, WebCacheV01.dat) that were in use: where their newest changes lie, which are "
    "not read",
    kFields};

Record ese_logs_record(const EseHeader& header, std::vector<EseLog> there) {
  std::sort(there.begin(), there.end(),
            [](const EseLog& a, const EseLog& b) { return a.name < b.name; });
  Record record(kEseLogsSchema);
  std::vector<std::string> names;
  std::uint64_t size = 0;
  bool writing = false;
  std::uint64_t found = 0;  // of those that are needed
  for (const EseLog& log : there) {
    const auto number = number_of(generation_of(log.name));
    if (!number) {
      writing = true;
    } else if (*number >= header.first_log && *number <= header.last_log) {
      ++found;
    }
    size += log.size;
    if (names.size() < kMostNames) names.push_back(log.name);
  }
  if (header.first_log > 0 && header.last_log >= header.first_log) {
    record.set("needed", header.first_log == header.last_log
                             ? fmt::format("{:05X}", header.first_log)
                             : fmt::format("{:05X} to {:05X}", header.first_log, header.last_log));
    // The last one may still have no number of its own.
    const std::uint64_t needed = std::uint64_t{header.last_log} - header.first_log + 1;
    record.set("missing", needed - std::min(needed, found + (writing ? 1 : 0)));
  }
  if (!names.empty()) record.set("logs", std::move(names));
  record.set("size", size);
  record.status = ParseStatus::kPartial;
  record.note = "the newest changes lie in logs that are not replayed";
  if (there.size() > kMostNames) record.note += "; more logs than are named";
  return record;
}

}  // namespace konseki::windows
