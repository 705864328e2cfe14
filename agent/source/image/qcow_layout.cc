#include "agent/source/image/qcow_layout.h"

#include <array>

#include "agent/source/image/big_endian.h"

namespace konseki {
namespace {

constexpr std::size_t kHeader = 112;
// QEMU itself allows a first-level table of 32 MiB.
constexpr std::uint64_t kMostEntries = std::uint64_t{4} << 20;

// Incompatible features of version 3 that reading need not mind (an unclean end, a refcount known
// to be wrong) and those handled here.
constexpr std::uint64_t kDirty = 1;
constexpr std::uint64_t kCorrupt = 2;
constexpr std::uint64_t kCompressionType = 8;
constexpr std::uint64_t kOffsetMask = 0x00FF'FFFF'FFFF'FE00;

const Bilingual kConvert{"Convert it first: qemu-img convert -O raw IMAGE OUTPUT.",
                         "先に「qemu-img convert -O raw イメージ 出力」で変換してください。"};

tl::unexpected<Error> corrupt(const std::string& path, std::string_view what) {
  return fail(ErrorCode::kCorrupt, path + ": QCOW header: " + std::string(what));
}

Result<void> read_version_1(const std::string& path, std::span<const std::byte> header,
                            QcowLayout& layout, std::uint32_t& encryption) {
  layout.size = be64(header, 24);
  layout.cluster_bits = std::to_integer<std::uint32_t>(header[32]);
  layout.table_bits = std::to_integer<std::uint32_t>(header[33]);
  encryption = be32(header, 36);
  layout.first_level = be64(header, 40);
  if (layout.cluster_bits < 9 || layout.cluster_bits > 16 || layout.table_bits < 6 ||
      layout.table_bits > 13) {
    return corrupt(path, "impossible cluster size");
  }
  return {};
}

Result<void> read_features(const std::string& path, std::span<const std::byte> header,
                           QcowLayout& layout) {
  const std::uint64_t features = be64(header, 72);
  if ((features & ~(kDirty | kCorrupt | kCompressionType)) != 0) {
    return fail(ErrorCode::kUnsupported,
                path + ": QCOW with an external data file, extended tables or newer features",
                kConvert);
  }
  if ((features & kCompressionType) == 0) return {};
  const auto compression = std::to_integer<unsigned>(header[104]);
  if (compression > 1) {
    return fail(ErrorCode::kUnsupported, path + ": QCOW compression " + std::to_string(compression),
                kConvert);
  }
  layout.zstd = compression == 1;
  return {};
}

Result<void> read_version_2(const std::string& path, std::span<const std::byte> header,
                            QcowLayout& layout, std::uint32_t& encryption) {
  layout.cluster_bits = be32(header, 20);
  layout.size = be64(header, 24);
  encryption = be32(header, 32);
  layout.first_level = be64(header, 40);
  if (layout.cluster_bits < 9 || layout.cluster_bits > 21) {
    return corrupt(path, "impossible cluster size");
  }
  layout.table_bits = layout.cluster_bits - 3;
  if (layout.version >= 3) KONSEKI_TRY(read_features(path, header, layout));
  const std::uint64_t bits = layout.cluster_bits + layout.table_bits;
  if ((layout.size >> bits) > be32(header, 36)) return corrupt(path, "first table too short");
  return {};
}

}  // namespace

Result<QcowLayout> read_qcow_layout(const std::string& path, ByteReader& file) {
  std::array<std::byte, kHeader> bytes{};
  KONSEKI_ASSIGN(const std::size_t count, file.read_at(0, bytes));
  const std::span<const std::byte> header(bytes);
  QcowLayout layout;
  layout.version = be32(header, 4);
  if (count < 48 || (layout.version > 1 && count < 72)) return corrupt(path, "cut off");
  if (layout.version < 1 || layout.version > 3) {
    return fail(ErrorCode::kUnsupported, path + ": QCOW " + std::to_string(layout.version),
                kConvert);
  }
  if (be64(header, 8) != 0) {
    return fail(ErrorCode::kUnsupported, path + ": QCOW overlay that needs a backing file",
                {"Join it with its base first: qemu-img convert -O raw IMAGE OUTPUT.",
                 "先に「qemu-img convert -O raw イメージ 出力」でベースと結合してください。"});
  }
  std::uint32_t encryption = 0;
  KONSEKI_TRY(layout.version == 1 ? read_version_1(path, header, layout, encryption)
                                  : read_version_2(path, header, layout, encryption));
  if (encryption != 0) {
    return fail(ErrorCode::kUnsupported, path + ": encrypted QCOW",
                {"Decrypt it first: qemu-img convert with its secret.",
                 "先に qemu-img convert で復号してください。"});
  }
  const std::uint32_t bits = layout.cluster_bits + layout.table_bits;
  const std::uint64_t rest = layout.size & ((std::uint64_t{1} << bits) - 1);
  layout.entries = (layout.size >> bits) + (rest != 0 ? 1 : 0);
  if (layout.entries > kMostEntries) {
    return fail(ErrorCode::kLimitExceeded, path + ": QCOW tables of more than 32 MiB", kConvert);
  }
  return layout;
}

std::uint64_t qcow_table(const QcowLayout& layout, std::uint64_t entry) {
  return layout.version == 1 ? entry : entry & kOffsetMask;
}

QcowCluster qcow_cluster(const QcowLayout& layout, std::uint64_t entry) {
  QcowCluster cluster;
  if (layout.version == 1) {
    const std::uint32_t shift = 63 - layout.cluster_bits;
    if ((entry >> 63) != 0) {
      return {QcowCluster::Kind::kCompressed, entry & ((std::uint64_t{1} << shift) - 1),
              entry >> shift & (layout.cluster_size() - 1)};
    }
    if (entry != 0) cluster = {QcowCluster::Kind::kPlain, entry, layout.cluster_size()};
    return cluster;
  }
  if ((entry >> 62 & 1) != 0) {
    const std::uint32_t shift = 62 - (layout.cluster_bits - 8);
    const std::uint64_t offset = entry & ((std::uint64_t{1} << shift) - 1);
    const std::uint64_t sectors = (entry >> shift & ((std::uint64_t{1} << (62 - shift)) - 1)) + 1;
    return {QcowCluster::Kind::kCompressed, offset, sectors * 512 - offset % 512};
  }
  const bool zeros = layout.version >= 3 && (entry & 1) != 0;
  const std::uint64_t offset = entry & kOffsetMask;
  if (!zeros && offset != 0) cluster = {QcowCluster::Kind::kPlain, offset, layout.cluster_size()};
  return cluster;
}

}  // namespace konseki
