#include "agent/source/image/drive_letters.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "agent/base/cursor.h"
#include "agent/base/registry_hive.h"
#include "agent/base/unicode.h"
#include "agent/source/image/partitions.h"

namespace konseki {
namespace {

constexpr std::size_t kMbrSize = 12;
constexpr std::string_view kGpt = "DMIO:ID:";
constexpr std::size_t kGuidSize = 16;

std::optional<char> letter_of(std::string_view value_name) {
  constexpr std::string_view kPrefix = "\\dosdevices\\";
  const std::string folded = fold_case(value_name);
  if (folded.size() != kPrefix.size() + 2 || !folded.starts_with(kPrefix) || folded.back() != ':') {
    return std::nullopt;
  }
  const char letter = folded[kPrefix.size()];
  if (letter < 'a' || letter > 'z') return std::nullopt;
  return static_cast<char>(letter - 'a' + 'A');
}

std::optional<DriveLetter> drive_letter_of(const RegistryValue& value) {
  const auto letter = letter_of(value.name);
  if (!letter) return std::nullopt;
  DriveLetter drive;
  drive.letter = *letter;
  const std::span<const std::byte> data(value.data);
  if (data.size() == kMbrSize) {
    Cursor cursor(data);
    std::array<char, 9> text{};
    std::snprintf(text.data(), text.size(), "%08x", static_cast<unsigned>(cursor.u32()));
    drive.disk_signature = text.data();
    drive.offset = cursor.u64();
    return drive;
  }
  if (data.size() == kGpt.size() + kGuidSize && as_text(data).starts_with(kGpt)) {
    drive.partition_id = guid_text(data.subspan(kGpt.size()));
    return drive;
  }
  return std::nullopt;
}

}  // namespace

bool DriveLetter::names(std::string_view unique_id, std::uint64_t volume_offset) const {
  if (!partition_id.empty()) return unique_id == partition_id;
  // "SSSSSSSS-NN": the number of the partition may change, its place does not. A GUID has more
  // than one '-'.
  const auto dash = unique_id.rfind('-');
  return dash != std::string_view::npos && unique_id.substr(0, dash) == disk_signature &&
         offset == volume_offset;
}

std::vector<DriveLetter> read_drive_letters(FileSystem& system_volume) {
  std::vector<DriveLetter> letters;
  const auto entry = system_volume.stat("Windows/System32/config/SYSTEM");
  if (!entry || entry->type != FileType::kRegular) return letters;
  const auto content = system_volume.open(*entry);
  if (!content) return letters;
  const auto hive = RegistryHive::open(**content);
  if (!hive) return letters;
  const auto key = (*hive)->find("MountedDevices");
  if (!key) return letters;
  const auto values = (*key)->values();
  if (!values) return letters;
  for (const RegistryValue& value : *values) {
    if (auto letter = drive_letter_of(value)) letters.push_back(*std::move(letter));
  }
  std::stable_sort(letters.begin(), letters.end(),
                   [](const auto& a, const auto& b) { return a.letter < b.letter; });
  return letters;
}

}  // namespace konseki
