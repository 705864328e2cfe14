// What a file given as evidence is, told from its first bytes.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace konseki {

enum class EvidenceKind {
  kBundle,           // ours: a tar whose first member is konseki/run.json, plain or in zstd
  kEncryptedBundle,  // age
  kArchive,          // an archive that must be unpacked first
  kImage,            // anything else: for the image readers to judge
};

// Judges by up to kEvidenceHead bytes from the start of the file.
constexpr std::size_t kEvidenceHead = 1024;
EvidenceKind evidence_kind(std::span<const std::byte> head);

// "zip", "7z", ...: the name of the archive format; "" when it is none.
std::string_view archive_name(std::span<const std::byte> head);

}  // namespace konseki
