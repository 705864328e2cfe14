#include "agent/source/image/ntfs_volume.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "agent/base/cursor.h"
#include "agent/source/image/cached_reader.h"
#include "agent/source/image/little_endian.h"

namespace konseki {
namespace {

constexpr std::uint32_t kMaxRecordSize = 64 * 1024;
constexpr std::uint32_t kMaxClusterSize = 2 * 1024 * 1024;
constexpr std::size_t kMaxAttributeList = 1 << 20;
constexpr std::size_t kListEntrySize = 26;

// Sizes in clusters, or as a negative power of two of bytes.
std::uint32_t structure_size(std::uint8_t raw, std::uint32_t cluster) {
  if (raw < 0x80) return raw * cluster;
  const unsigned shift = 256u - raw;
  return shift < 31 ? 1u << shift : 0;
}

}  // namespace

Result<NtfsGeometry> read_ntfs_geometry(ByteReader& volume) {
  std::array<std::byte, 512> boot{};
  KONSEKI_ASSIGN(const std::size_t count, volume.read_at(0, boot));
  if (count != boot.size() || as_text(boot).substr(3, 8) != "NTFS    ") {
    return fail(ErrorCode::kCorrupt, "NTFS boot sector");
  }
  const std::uint32_t sector = le16(boot, 11);
  const unsigned raw = le8(boot, 13);
  // Clusters over 64 KiB are written as a negative power of two of sectors.
  const std::uint32_t sectors = raw <= 0x80 ? raw : (256 - raw < 16 ? 1u << (256 - raw) : 0);
  NtfsGeometry geometry;
  geometry.cluster = sector * sectors;
  geometry.mft_cluster = le64(boot, 48);
  geometry.record = structure_size(le8(boot, 64), geometry.cluster);
  const auto power_of_two = [](std::uint32_t value) {
    return value != 0 && (value & (value - 1)) == 0;
  };
  if (!power_of_two(sector) || sector < 256 || !power_of_two(geometry.cluster) ||
      geometry.cluster > kMaxClusterSize || !power_of_two(geometry.record) ||
      geometry.record < 512 || geometry.record > kMaxRecordSize ||
      geometry.mft_cluster > volume.size() / geometry.cluster) {
    return fail(ErrorCode::kCorrupt, "NTFS boot sector: impossible sizes");
  }
  return geometry;
}

NtfsRunReader::NtfsRunReader(ByteReader& volume, std::uint32_t cluster, std::vector<NtfsRun> runs,
                             std::uint64_t size, std::uint64_t initialised)
    : volume_(volume),
      cluster_(cluster),
      runs_(std::move(runs)),
      size_(size),
      initialised_(std::min(initialised, size)) {
  std::stable_sort(runs_.begin(), runs_.end(),
                   [](const NtfsRun& a, const NtfsRun& b) { return a.vcn < b.vcn; });
}

Result<std::size_t> NtfsRunReader::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= size_) return std::size_t{0};
  out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset)));
  std::size_t filled = 0;
  while (filled < out.size()) {
    const std::uint64_t at = offset + filled;
    const std::uint64_t vcn = at / cluster_;
    const auto after =
        std::upper_bound(runs_.begin(), runs_.end(), vcn,
                         [](std::uint64_t wanted, const NtfsRun& run) { return wanted < run.vcn; });
    std::uint64_t left = out.size() - filled;
    if (at >= initialised_) {
      std::memset(out.data() + filled, 0, left);
      return out.size();
    }
    left = std::min(left, initialised_ - at);
    if (after == runs_.begin() || vcn - (after - 1)->vcn >= (after - 1)->length) {
      return fail(ErrorCode::kCorrupt, "run list: no cluster for offset " + std::to_string(at));
    }
    const NtfsRun& run = *(after - 1);
    const std::uint64_t into = vcn - run.vcn;
    // In clusters first: a hostile length times the cluster size may overflow.
    const std::uint64_t run_left =
        std::min<std::uint64_t>(run.length - into, left / cluster_ + 2) * cluster_ - at % cluster_;
    left = std::min(left, run_left);
    const auto piece = out.subspan(filled, static_cast<std::size_t>(left));
    if (run.lcn == NtfsRun::kSparse) {
      std::memset(piece.data(), 0, piece.size());
    } else {
      if (run.lcn + into > volume_.size() / cluster_) {
        return fail(ErrorCode::kCorrupt, "run list: cluster outside the volume");
      }
      KONSEKI_ASSIGN(const std::size_t count,
                     volume_.read_at((run.lcn + into) * cluster_ + at % cluster_, piece));
      if (count < piece.size()) return filled + count;
    }
    filled += piece.size();
  }
  return filled;
}

Result<std::unique_ptr<NtfsTable>> NtfsTable::open(std::unique_ptr<ByteReader> volume) {
  auto table = std::make_unique<NtfsTable>();
  table->volume_ = std::make_unique<CachedReader>(std::move(volume));
  KONSEKI_ASSIGN(table->geometry_, read_ntfs_geometry(*table->volume_));
  const NtfsGeometry& geometry = table->geometry_;

  std::vector<std::byte> record(geometry.record);
  KONSEKI_ASSIGN(const std::size_t count,
                 table->volume_->read_at(geometry.mft_cluster * geometry.cluster, record));
  if (count != record.size() || !apply_ntfs_fixup(record, "FILE")) {
    return fail(ErrorCode::kCorrupt, "record 0 of the MFT");
  }
  const auto header = decode_ntfs_header(record);
  if (!header) return fail(ErrorCode::kCorrupt, "record 0 of the MFT");

  std::vector<NtfsRun> runs;
  std::vector<std::byte> list;
  std::uint64_t size = 0;
  std::uint64_t initialised = 0;
  NtfsAttributes attributes(record, *header);
  for (NtfsAttribute attribute; attributes.next(attribute);) {
    if (attribute.type == NtfsType::kData && attribute.name.empty() && !attribute.resident) {
      decode_ntfs_runs(attribute.runs, attribute.first_vcn, runs);
      if (attribute.first_vcn == 0) {
        size = attribute.size;
        initialised = attribute.initialised;
      }
    } else if (attribute.type == NtfsType::kAttributeList) {
      if (attribute.resident) {
        list.assign(attribute.content.begin(), attribute.content.end());
      } else if (attribute.size <= kMaxAttributeList) {
        std::vector<NtfsRun> list_runs;
        decode_ntfs_runs(attribute.runs, 0, list_runs);
        NtfsRunReader reader(*table->volume_, geometry.cluster, std::move(list_runs),
                             attribute.size, attribute.initialised);
        list.resize(static_cast<std::size_t>(attribute.size));
        KONSEKI_ASSIGN(const std::size_t filled, reader.read_at(0, list));
        list.resize(filled);
      }
    }
  }
  if (runs.empty() || size < geometry.record) {
    return fail(ErrorCode::kCorrupt, "the MFT has no data");
  }
  // More of the run list lies in extension records. Each is reached through the runs known so
  // far: NTFS keeps them in that order.
  table->content_ =
      std::make_unique<NtfsRunReader>(*table->volume_, geometry.cluster, runs, size, initialised);
  std::uint64_t done = 0;
  for (std::size_t at = 0; at + kListEntrySize <= list.size();) {
    const std::span<const std::byte> entry = std::span<const std::byte>(list).subspan(at);
    const std::size_t length = le16(entry, 4);
    if (length < kListEntrySize) break;
    at += length;
    const NtfsReference reference = NtfsReference::from(le64(entry, 16));
    if (static_cast<NtfsType>(le32(entry, 0)) != NtfsType::kData || reference.record == 0 ||
        reference.record == done) {
      continue;
    }
    done = reference.record;
    std::vector<std::byte> extension;
    auto extension_header = table->read_record(reference.record, extension);
    if (!extension_header || extension_header->base.record != 0) continue;
    NtfsAttributes pieces(extension, *extension_header);
    for (NtfsAttribute piece; pieces.next(piece);) {
      if (piece.type == NtfsType::kData && piece.name.empty() && !piece.resident) {
        decode_ntfs_runs(piece.runs, piece.first_vcn, runs);
      }
    }
    table->content_ =
        std::make_unique<NtfsRunReader>(*table->volume_, geometry.cluster, runs, size, initialised);
  }
  return table;
}

Result<NtfsHeader> NtfsTable::read_record(std::uint64_t number, std::vector<std::byte>& record) {
  record.resize(geometry_.record);
  if (number >= record_count()) {
    return fail(ErrorCode::kCorrupt, "MFT record " + std::to_string(number) + " is past the end");
  }
  KONSEKI_ASSIGN(const std::size_t count, content_->read_at(number * geometry_.record, record));
  if (count != record.size() || !apply_ntfs_fixup(record, "FILE")) {
    return fail(ErrorCode::kCorrupt, "MFT record " + std::to_string(number));
  }
  const auto header = decode_ntfs_header(record);
  if (!header) return fail(ErrorCode::kCorrupt, "MFT record " + std::to_string(number));
  return *header;
}

std::unique_ptr<ByteReader> NtfsTable::stream(std::vector<NtfsRun> runs, std::uint64_t size,
                                              std::uint64_t initialised) {
  return std::make_unique<NtfsRunReader>(*volume_, geometry_.cluster, std::move(runs), size,
                                         initialised);
}

}  // namespace konseki
