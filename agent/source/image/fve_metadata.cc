#include "agent/source/image/fve_metadata.h"

#include <algorithm>
#include <array>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"
#include "agent/source/image/little_endian.h"
#include "agent/source/image/partitions.h"

namespace konseki {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSignature = "-FVE-FS-";
// {4967d63b-2e29-4ad8-8399-f6a339e3d001}, and where only used space is encrypted
// {92a84d3b-dd80-4d0e-9e4e-b1e3284eaed8}.
constexpr std::string_view kIds[] = {
    "\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01"sv,
    "\x3b\x4d\xa8\x92\x80\xdd\x0e\x4d\x9e\x4e\xb1\xe3\x28\x4e\xae\xd8"sv};
constexpr std::size_t kBlockHeader = 64;
constexpr std::size_t kHeader = 48;
constexpr std::size_t kMostMetadata = 64 * 1024;
constexpr std::size_t kMostProtectors = 64;

constexpr std::uint16_t kEntryMasterKey = 2;
constexpr std::uint16_t kEntryDescription = 7;
constexpr std::uint16_t kValueText = 2;
constexpr std::uint16_t kValueMasterKey = 8;

bool holds_id(std::string_view sector, std::size_t offset) {
  return std::any_of(std::begin(kIds), std::end(kIds),
                     [&](std::string_view id) { return sector.substr(offset).starts_with(id); });
}

// Where the copies of the metadata lie, by the boot sector; empty: no BitLocker volume.
std::vector<std::uint64_t> copies_of(std::span<const std::byte> sector) {
  const std::string_view text = as_text(sector);
  std::size_t list = 0;
  if (holds_id(text, 424)) {
    list = 440;  // To Go
  } else if (text.substr(3).starts_with(kSignature)) {
    if (!holds_id(text, 160)) {  // Vista
      const std::uint64_t cluster =
          std::uint64_t{le16(sector, 11)} * std::to_integer<std::uint64_t>(sector[13]);
      const std::uint64_t number = le64(sector, 56);
      if (cluster == 0 || number > (std::uint64_t{1} << 62) / cluster) return {};
      return {number * cluster};
    }
    list = 176;
  }
  if (list == 0) return {};
  return {le64(sector, list), le64(sector, list + 8), le64(sector, list + 16)};
}

std::string method_name(std::uint32_t method) {
  switch (method & 0xffff) {
    case 0x8000:
      return "AES-CBC 128 with diffuser";
    case 0x8001:
      return "AES-CBC 256 with diffuser";
    case 0x8002:
      return "AES-CBC 128";
    case 0x8003:
      return "AES-CBC 256";
    case 0x8004:
      return "AES-XTS 128";
    case 0x8005:
      return "AES-XTS 256";
    default:
      return "method " + std::to_string(method);
  }
}

std::string state_name(std::uint16_t state) {
  switch (state) {
    case 1:
      return "decrypted";
    case 2:
      return "encrypting";
    case 4:
      return "encrypted";
    case 5:
      return "encryption paused";
    default:
      return "state " + std::to_string(state);
  }
}

Result<FveFacts> parse(std::span<const std::byte> block) {
  if (block.size() < kBlockHeader + kHeader || !as_text(block).starts_with(kSignature)) {
    return fail(ErrorCode::kCorrupt, "BitLocker metadata without its signature");
  }
  const auto header = block.subspan(kBlockHeader);
  const std::uint32_t size = le32(header, 0);
  if (size < kHeader || size > header.size() || le32(header, 8) != kHeader) {
    return fail(ErrorCode::kCorrupt, "BitLocker metadata of impossible size");
  }
  FveFacts facts;
  facts.state = state_name(le16(block, 12));
  facts.volume_id = guid_text(header.subspan(16, 16));
  facts.method = method_name(le32(header, 36));
  facts.created = Timestamp::from_filetime(le64(header, 40));
  for (std::size_t at = kHeader; at + 8 <= size;) {
    const std::size_t length = le16(header, at);
    if (length < 8 || length > size - at) break;
    const std::uint16_t entry = le16(header, at + 2);
    const std::uint16_t value = le16(header, at + 4);
    const auto data = header.subspan(at + 8, length - 8);
    if (entry == kEntryMasterKey && value == kValueMasterKey && data.size() >= 28 &&
        facts.protectors.size() < kMostProtectors) {
      facts.protectors.push_back(
          {static_cast<std::uint16_t>(le16(data, 26)), guid_text(data.first(16))});
    } else if (entry == kEntryDescription && value == kValueText) {
      facts.description = utf16le_to_wtf8_until_nul(data);
    }
    at += length;
  }
  return facts;
}

}  // namespace

std::string FveProtector::kind_name() const {
  switch (kind) {
    case 0x0000:
      return "clear key";
    case 0x0100:
      return "TPM";
    case 0x0200:
      return "startup key";
    case 0x0500:
      return "TPM and PIN";
    case 0x0800:
      return "recovery password";
    case 0x2000:
      return "password";
    default:
      return "protector " + std::to_string(kind);
  }
}

bool FveFacts::has_clear_key() const {
  return std::any_of(protectors.begin(), protectors.end(),
                     [](const FveProtector& protector) { return protector.kind == 0; });
}

std::string FveFacts::text() const {
  std::string out = state + ", " + method + ", set up " + created.iso8601();
  if (!protectors.empty()) out += "; protectors:";
  for (const FveProtector& protector : protectors) {
    out += (&protector == &protectors.front() ? " " : ", ") + protector.kind_name() + " {" +
           protector.id + "}";
  }
  if (!description.empty()) out += "; \"" + description + "\"";
  return out;
}

bool is_fve_volume(ByteReader& volume) {
  std::array<std::byte, 512> sector{};
  const auto count = volume.read_at(0, sector);
  return count && *count == sector.size() && !copies_of(sector).empty();
}

Result<FveFacts> read_fve_facts(ByteReader& volume) {
  std::array<std::byte, 512> sector{};
  KONSEKI_ASSIGN(const std::size_t count, volume.read_at(0, sector));
  const std::vector<std::uint64_t> copies =
      count == sector.size() ? copies_of(sector) : std::vector<std::uint64_t>{};
  if (copies.empty()) return fail(ErrorCode::kNotFound, "no BitLocker volume");
  Error last{ErrorCode::kCorrupt, "no sound BitLocker metadata", {}};
  for (const std::uint64_t offset : copies) {
    if (offset >= volume.size()) continue;
    std::vector<std::byte> block(kMostMetadata);
    const auto filled = volume.read_at(offset, block);
    if (!filled) {
      last = filled.error();
      continue;
    }
    auto facts = parse(std::span(block).first(*filled));
    if (facts) return facts;
    last = facts.error();
  }
  return fail(std::move(last));
}

}  // namespace konseki
