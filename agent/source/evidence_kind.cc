#include "agent/source/evidence_kind.h"

#include <algorithm>
#include <array>

#include "agent/base/cursor.h"

namespace konseki {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kTarMagicOffset = 257;
constexpr std::string_view kFirstMember = "konseki/run.json";

bool at(std::span<const std::byte> head, std::size_t offset, std::string_view magic) {
  return head.size() >= offset + magic.size() &&
         as_text(head.subspan(offset, magic.size())) == magic;
}

struct Magic {
  std::string_view bytes;
  std::string_view name;
};
constexpr std::array kArchives = {Magic{"PK\x03\x04"sv, "zip"},
                                  Magic{"PK\x05\x06"sv, "zip"},
                                  Magic{"7z\xBC\xAF\x27\x1C"sv, "7z"},
                                  Magic{"Rar!\x1A\x07"sv, "rar"},
                                  Magic{"\x1F\x8B"sv, "gzip"},
                                  Magic{"BZh"sv, "bzip2"},
                                  Magic{"\xFD"
                                        "7zXZ\0"sv,
                                        "xz"},
                                  Magic{"MSCF\0\0\0\0"sv, "cab"},
                                  Magic{"ENCRYPTEDACQUIRE"sv, "acquire (encrypted)"}};

}  // namespace

std::string_view archive_name(std::span<const std::byte> head) {
  for (const Magic& magic : kArchives) {
    if (at(head, 0, magic.bytes)) return magic.name;
  }
  return at(head, kTarMagicOffset, "ustar") ? "tar" : "";
}

EvidenceKind evidence_kind(std::span<const std::byte> head) {
  if (at(head, 0, "age-encryption.org/v1\n")) return EvidenceKind::kEncryptedBundle;
  // Other programs' zstd files are told by the bundle reader.
  if (at(head, 0, "\x28\xB5\x2F\xFD"sv)) return EvidenceKind::kBundle;
  if (at(head, kTarMagicOffset, "ustar")) {
    return at(head, 0, kFirstMember) ? EvidenceKind::kBundle : EvidenceKind::kArchive;
  }
  return archive_name(head).empty() ? EvidenceKind::kImage : EvidenceKind::kArchive;
}

}  // namespace konseki
