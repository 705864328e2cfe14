#include "collectors/windows/srum/srum_names.h"

#include <fmt/format.h>

#include "agent/base/unicode.h"

namespace konseki::windows {
namespace {

constexpr std::size_t kMostNames = 1'000'000;
constexpr std::size_t kMostText = 4096;  // bytes of UTF-16
constexpr std::int64_t kSidKind = 3;

// "!!svchost.exe!2037/07/18:06:45:20!15eca![LocalService]": what stands between the first two
// marks.
std::string_view program_in(std::string_view text) {
  if (!text.starts_with("!!")) return {};
  text.remove_prefix(2);
  return text.substr(0, text.find('!'));
}

}  // namespace

std::string sid_text(std::span<const std::byte> bytes) {
  constexpr std::size_t kHead = 8;
  if (bytes.size() < kHead) return {};
  const auto revision = std::to_integer<unsigned>(bytes[0]);
  const auto count = std::to_integer<std::size_t>(bytes[1]);
  if (revision != 1 || count > 15 || bytes.size() < kHead + 4 * count) return {};
  std::uint64_t authority = 0;
  for (std::size_t i = 2; i < kHead; ++i) {
    authority = authority << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  }
  std::string out = fmt::format("S-1-{}", authority);
  for (std::size_t part = 0; part < count; ++part) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) {
      value = value << 8 | std::to_integer<std::uint32_t>(bytes[kHead + 4 * part + i]);
    }
    out += fmt::format("-{}", value);
  }
  return out;
}

Result<void> SrumNames::read(EseDatabase& database) {
  const EseTable* table = database.table("SruDbIdMapTable");
  if (table == nullptr) return fail(ErrorCode::kCorrupt, "no table SruDbIdMapTable");
  const EseColumn* kind = table->column("IdType");
  const EseColumn* index = table->column("IdIndex");
  const EseColumn* blob = table->column("IdBlob");
  return database.each_row(*table, [&](const EseRow& row) {
    const auto number = row.integer(index);
    const auto value = row.bytes(blob);
    if (!number || !value || names_.size() + sids_.size() >= kMostNames) return;
    if (row.integer(kind) == kSidKind) {
      if (std::string sid = sid_text(*value); !sid.empty()) sids_[*number] = std::move(sid);
    } else {
      names_[*number] = utf16le_to_wtf8_until_nul(value->first(std::min(value->size(), kMostText)));
    }
  });
}

void SrumNames::tell_program(std::optional<std::int64_t> number, Record& record) const {
  const auto found = number ? names_.find(*number) : names_.end();
  if (found == names_.end() || found->second.empty()) return;
  const std::string& name = found->second;
  if (const std::string_view program = program_in(name); !program.empty()) {
    record.set("executable", std::string(program));
  } else if (name.find('\\') != std::string::npos) {
    record.set("executable", name);
    return;
  }
  record.set("application", name);
}

void SrumNames::tell_account(std::optional<std::int64_t> number, Record& record) const {
  const auto found = number ? sids_.find(*number) : sids_.end();
  if (found != sids_.end()) record.set("user_sid", found->second);
}

}  // namespace konseki::windows
