#include "agent/source/image/image_format.h"

#include <array>
#include <string>

#include "agent/base/cursor.h"

namespace konseki {
namespace {

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  FormatGuess guess;
};

using enum ImageFormat;
using namespace std::string_view_literals;

constexpr Signature kSignatures[] = {
    {0, "EVF\x09\x0d\x0a\xff\x00"sv, {kEwf, "ewf"}},
    // EWF 2: the packaged libewf (20140813) knows no such signature.
    {0, "EVF2\x0d\x0a\x81\x00"sv, {kUnsupported, "ex01"}},
    {0, "QFI\xfb"sv, {kQcow, "qcow2"}},
    {0, "KDMV"sv, {kVmdk, "vmdk"}},
    {0, "COWD"sv, {kVmdk, "vmdk"}},
    {0, "# Disk DescriptorFile"sv, {kVmdk, "vmdk"}},
    {0, "conectix"sv, {kVhd, "vhd"}},
    {0, "vhdxfile"sv, {kVhd, "vhdx"}},
    {0, "LVF\x09\x0d\x0a\xff\x00"sv, {kUnsupported, "l01"}},
    {0, "LEF2\x0d\x0a\x81\x00"sv, {kUnsupported, "lx01"}},
    {0, "ADSEGMENTEDFILE"sv, {kUnsupported, "ad1"}},
    {0, "AFF10\x0d\x0a\x00"sv, {kUnsupported, "aff"}},
    {64, "\x7f\x10\xda\xbe"sv, {kUnsupported, "vdi"}},
    {0, "WithoutFreeSpace"sv, {kUnsupported, "parallels"}},
    {0, "WithouFreSpacExt"sv, {kUnsupported, "parallels"}},
    {0, "MSWIM\x00\x00\x00"sv, {kUnsupported, "wim"}},
    {0, "encrcdsa"sv, {kUnsupported, "encrypted dmg"}},
    {0, "\x1f\x8b\x08"sv, {kCompressed, "gzip"}},
    {0, "BZh"sv, {kCompressed, "bzip2"}},
    {0,
     "\xfd"
     "7zXZ\x00"sv,
     {kCompressed, "xz"}},
    {0, "\x28\xb5\x2f\xfd"sv, {kCompressed, "zstd"}},
    {0, "7z\xbc\xaf\x27\x1c"sv, {kCompressed, "7z"}},
    {0, "PK\x03\x04"sv, {kCompressed, "zip"}},
    {0, "Rar!\x1a\x07"sv, {kCompressed, "rar"}},
};

constexpr std::size_t kTrailerSize = 512;

// A fixed VHD is raw with this trailer; a DMG ends with its own.
FormatGuess guess_by_trailer(ByteReader& reader) {
  if (reader.size() < 2 * kTrailerSize) return {};
  std::array<std::byte, kTrailerSize> trailer{};
  auto count = reader.read_at(reader.size() - kTrailerSize, trailer);
  if (!count || *count != trailer.size()) return {};
  const std::string_view text = as_text(trailer);
  if (text.starts_with("conectix")) return {kVhd, "vhd"};
  if (text.starts_with("koly")) return {kUnsupported, "dmg"};
  return {};
}

}  // namespace

FormatGuess guess_image_format(ByteReader& reader) {
  std::array<std::byte, 512> head{};
  auto count = reader.read_at(0, head);
  if (!count) return {};
  const std::string_view text = as_text(std::span(head).first(*count));
  for (const Signature& signature : kSignatures) {
    if (text.size() >= signature.offset + signature.bytes.size() &&
        text.substr(signature.offset).starts_with(signature.bytes)) {
      return signature.guess;
    }
  }
  return guess_by_trailer(reader);
}

}  // namespace konseki
