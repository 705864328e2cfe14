// QCOW images. Read here since the packaged libqcow reads past its buffers on damaged ones.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "agent/base/handles/zstd.h"
#include "agent/source/image/big_endian.h"
#include "agent/source/image/disk_formats.h"
#include "agent/source/image/qcow_layout.h"

namespace konseki {
namespace {

// Raw deflate of exactly `out`. Answers false where the data does not give that.
bool inflate_cluster(std::span<std::byte> data, std::span<std::byte> out) {
  z_stream stream{};
  if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK) return false;
  stream.next_in = reinterpret_cast<Bytef*>(data.data());
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int code = ::inflate(&stream, Z_FINISH);
  const bool whole = stream.avail_out == 0 && (code == Z_STREAM_END || code == Z_BUF_ERROR);
  ::inflateEnd(&stream);
  return whole;
}

// One zstd frame of exactly `out`; what follows it fills up the sector.
bool unpack_cluster(std::span<const std::byte> data, std::span<std::byte> out) {
  const ZstdDecompressor decompressor(ZSTD_createDCtx());
  if (!decompressor) return false;
  ZSTD_inBuffer in{data.data(), data.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  while (to.pos < to.size) {
    const std::size_t before = in.pos + to.pos;
    const std::size_t left = ZSTD_decompressStream(decompressor.get(), &to, &in);
    if (ZSTD_isError(left) || left == 0 || in.pos + to.pos == before) break;
  }
  return to.pos == to.size;
}

class QcowReader : public ByteReader {
 public:
  QcowReader(std::string path, std::unique_ptr<ByteReader> file, const QcowLayout& layout,
             std::vector<std::uint64_t> tables)
      : path_(std::move(path)),
        file_(std::move(file)),
        layout_(layout),
        tables_(std::move(tables)) {}

  std::uint64_t size() const override { return layout_.size; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    std::size_t filled = 0;
    while (filled < out.size() && offset + filled < layout_.size) {
      const std::uint64_t at = offset + filled;
      const std::uint64_t inside = at & (layout_.cluster_size() - 1);
      const auto count =
          static_cast<std::size_t>(std::min({std::uint64_t{out.size() - filled},
                                             layout_.cluster_size() - inside, layout_.size - at}));
      KONSEKI_TRY(read_cluster(at >> layout_.cluster_bits, inside, out.subspan(filled, count)));
      filled += count;
    }
    return filled;
  }

 private:
  struct Table {
    std::uint64_t offset = 0;  // 0: empty
    std::vector<std::byte> bytes;
  };

  tl::unexpected<Error> corrupt(std::string_view what, std::uint64_t at) const {
    return fail(ErrorCode::kCorrupt,
                path_ + ": QCOW " + std::string(what) + " at " + std::to_string(at));
  }

  Result<void> read_exactly(std::uint64_t offset, std::span<std::byte> out, std::string_view what) {
    KONSEKI_ASSIGN(const std::size_t count, file_->read_at(offset, out));
    return count == out.size() ? Result<void>() : corrupt(what, offset);
  }

  // Tables lie in a few slots by their number: neighbours of the disk share one table.
  Result<std::uint64_t> entry_of(std::uint64_t cluster) {
    const std::uint64_t index = cluster >> layout_.table_bits;
    const std::uint64_t offset = index < tables_.size() ? qcow_table(layout_, tables_[index]) : 0;
    if (offset == 0) return std::uint64_t{0};
    Table& table = cache_[index % cache_.size()];
    if (table.offset != offset) {
      table.offset = 0;
      table.bytes.resize(std::size_t{8} << layout_.table_bits);
      KONSEKI_TRY(read_exactly(offset, table.bytes, "table cut off"));
      table.offset = offset;
    }
    const std::uint64_t place = cluster & ((std::uint64_t{1} << layout_.table_bits) - 1);
    return be64(table.bytes, static_cast<std::size_t>(place) * 8);
  }

  Result<void> read_cluster(std::uint64_t number, std::uint64_t inside, std::span<std::byte> out) {
    KONSEKI_ASSIGN(const std::uint64_t entry, entry_of(number));
    const QcowCluster cluster = qcow_cluster(layout_, entry);
    if (cluster.kind == QcowCluster::Kind::kHole) {
      std::memset(out.data(), 0, out.size());
      return {};
    }
    if (cluster.kind == QcowCluster::Kind::kPlain) return read_plain(cluster, inside, out);
    if (unpacked_ != number) KONSEKI_TRY(unpack(number, cluster));
    std::copy_n(cluster_.begin() + static_cast<std::ptrdiff_t>(inside), out.size(), out.begin());
    return {};
  }

  // What lies behind the end of the file inside its last cluster was never written: zeros.
  Result<void> read_plain(const QcowCluster& cluster, std::uint64_t inside,
                          std::span<std::byte> out) {
    if (cluster.offset >= file_->size()) return corrupt("cluster cut off", cluster.offset);
    KONSEKI_ASSIGN(const std::size_t count, file_->read_at(cluster.offset + inside, out));
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(count), out.end(), std::byte{0});
    return {};
  }

  Result<void> unpack(std::uint64_t number, const QcowCluster& cluster) {
    unpacked_.reset();
    // A cluster that packing made no smaller is stored plain, so more than two is no data of it.
    packed_.resize(static_cast<std::size_t>(std::min(cluster.length, 2 * layout_.cluster_size())));
    KONSEKI_ASSIGN(const std::size_t count, file_->read_at(cluster.offset, packed_));
    cluster_.resize(static_cast<std::size_t>(layout_.cluster_size()));
    const auto data = std::span(packed_).first(count);
    if (!(layout_.zstd ? unpack_cluster(data, cluster_) : inflate_cluster(data, cluster_))) {
      return corrupt("compressed cluster damaged", cluster.offset);
    }
    unpacked_ = number;
    return {};
  }

  std::string path_;
  std::unique_ptr<ByteReader> file_;
  QcowLayout layout_;
  std::vector<std::uint64_t> tables_;
  std::array<Table, 16> cache_;
  std::vector<std::byte> packed_;
  std::vector<std::byte> cluster_;  // the one unpacked last
  std::optional<std::uint64_t> unpacked_;
};

}  // namespace

Result<std::unique_ptr<ByteReader>> open_qcow(const std::string& path,
                                              std::unique_ptr<ByteReader> file) {
  KONSEKI_ASSIGN(const QcowLayout layout, read_qcow_layout(path, *file));
  std::vector<std::byte> bytes(static_cast<std::size_t>(layout.entries) * 8);
  KONSEKI_ASSIGN(const std::size_t count, file->read_at(layout.first_level, bytes));
  if (count < bytes.size()) {
    return fail(ErrorCode::kCorrupt, path + ": QCOW first table lies outside the file");
  }
  std::vector<std::uint64_t> tables;
  tables.reserve(static_cast<std::size_t>(layout.entries));
  for (std::size_t at = 0; at < bytes.size(); at += 8) tables.push_back(be64(bytes, at));
  return std::make_unique<QcowReader>(path, std::move(file), layout, std::move(tables));
}

}  // namespace konseki
