#include "agent/bundle/zip_writer.h"

#include <algorithm>
#include <vector>

#include "agent/base/handles/zlib.h"

namespace konseki {
namespace {

constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kDescriptorSignature = 0x08074b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kEnd64LocatorSignature = 0x07064b50;
constexpr std::uint32_t kEndSignature = 0x06054b50;

constexpr std::uint16_t kVersion = 45;                // zip64
constexpr std::uint16_t kMadeBy = 3 << 8 | kVersion;  // Unix: the mode is in the attributes
constexpr std::uint16_t kFlags = 1 << 3 | 1 << 11;    // sizes after the data, UTF-8 name
constexpr std::uint16_t kDeflate = 8;
constexpr std::uint16_t kZip64Extra = 1;
constexpr std::uint16_t kTimeExtra = 0x5455;
constexpr std::uint32_t kMax32 = 0xFFFFFFFF;
constexpr std::uint16_t kMax16 = 0xFFFF;

// Deflate may make incompressible data a little larger; from here on sizes take 8 bytes.
constexpr std::uint64_t kLeastZip64 = 0xF0000000;
constexpr int kLevel = 6;
constexpr std::size_t kBuffer = 256 * 1024;

void put16(std::string& out, std::uint64_t value) {
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>(value >> 8 & 0xFF);
}
void put32(std::string& out, std::uint64_t value) {
  put16(out, value);
  put16(out, value >> 16);
}
void put64(std::string& out, std::uint64_t value) {
  put32(out, value);
  put32(out, value >> 32);
}

// Date and time as DOS had them, two seconds fine, here always UTC.
std::uint32_t dos_time(const Timestamp& time) {
  constexpr std::int64_t k1980 = 315'532'800;
  constexpr std::int64_t k2107End = 4'354'819'199;
  const Timestamp clamped{std::clamp(time.seconds, k1980, k2107End), 0};
  const std::string text = clamped.iso8601();
  const auto part = [&](std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (char digit : text.substr(at, size))
      value = value * 10 + static_cast<unsigned>(digit - '0');
    return value;
  };
  return (part(0, 4) - 1980) << 25 | part(5, 2) << 21 | part(8, 2) << 16 | part(11, 2) << 11 |
         part(14, 2) << 5 | part(17, 2) / 2;
}

// Unix time to the second, where it fits.
std::string time_extra(const Timestamp& time) {
  std::string out;
  if (time.seconds < 0 || time.seconds > 0x7FFFFFFF) return out;
  put16(out, kTimeExtra);
  put16(out, 5);
  out += '\1';  // modification time only
  put32(out, static_cast<std::uint64_t>(time.seconds));
  return out;
}

std::uint32_t attributes(const ZipEntry& entry) {
  const std::uint32_t type = entry.type == MemberType::kDirectory ? 0040000
                             : entry.type == MemberType::kSymlink ? 0120000
                                                                  : 0100000;
  return (type | (entry.mode & 07777)) << 16 | (entry.type == MemberType::kDirectory ? 0x10 : 0);
}

}  // namespace

struct ZipWriter::State {
  explicit State(OutputStream& stream) : out(stream), buffer(kBuffer), deflater(new z_stream{}) {
    // Raw deflate: negative window bits.
    if (deflateInit2(deflater.get(), kLevel, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }

  Result<void> put(std::string_view bytes) {
    KONSEKI_TRY(out.write(std::as_bytes(std::span(bytes))));
    offset += bytes.size();
    return {};
  }

  Result<void> deflate_some(std::span<const std::byte> content, int flush) {
    // zlib takes 32-bit counts and a pointer it does not write to.
    deflater->next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(content.data()));
    deflater->avail_in = static_cast<uInt>(content.size());
    do {
      deflater->next_out = reinterpret_cast<Bytef*>(buffer.data());
      deflater->avail_out = static_cast<uInt>(buffer.size());
      if (::deflate(deflater.get(), flush) == Z_STREAM_ERROR) {
        return fail(ErrorCode::kInternal, "zlib");
      }
      const std::size_t size = buffer.size() - deflater->avail_out;
      compressed += size;
      KONSEKI_TRY(put({buffer.data(), size}));
    } while (deflater->avail_out == 0);
    return {};
  }

  OutputStream& out;
  std::vector<char> buffer;
  DeflateStream deflater;
  std::uint64_t offset = 0;
  std::string central;
  std::uint64_t count = 0;

  // The open entry.
  ZipEntry entry;
  std::uint64_t entry_offset = 0;
  std::uint64_t compressed = 0;
  std::uint64_t written = 0;
  std::uint32_t crc = 0;
  bool zip64 = false;
};

ZipWriter::ZipWriter(OutputStream& out) : state_(std::make_unique<State>(out)) {}
ZipWriter::~ZipWriter() = default;

Result<void> ZipWriter::begin(const ZipEntry& entry) {
  if (entry.name.size() > kMax16) {
    return fail(ErrorCode::kUnsupported, "name too long for ZIP: " + entry.name);
  }
  State& state = *state_;
  state.entry = entry;
  state.entry_offset = state.offset;
  state.compressed = state.written = 0;
  state.crc = 0;
  state.zip64 = entry.size >= kLeastZip64;
  deflateReset(state.deflater.get());
  std::string extra = time_extra(entry.modified);
  if (state.zip64) {
    put16(extra, kZip64Extra);
    put16(extra, 16);
    put64(extra, 0);
    put64(extra, 0);
  }
  std::string head;
  put32(head, kLocalSignature);
  put16(head, kVersion);
  put16(head, kFlags);
  put16(head, kDeflate);
  put32(head, dos_time(entry.modified));
  put32(head, 0);  // checksum and sizes follow the data
  put32(head, state.zip64 ? kMax32 : 0);
  put32(head, state.zip64 ? kMax32 : 0);
  put16(head, entry.name.size());
  put16(head, extra.size());
  return state.put(head + entry.name + extra);
}

Result<void> ZipWriter::write(std::span<const std::byte> content) {
  constexpr std::size_t kMost = std::size_t{1} << 30;
  while (!content.empty()) {
    const auto piece = content.first(std::min(kMost, content.size()));
    state_->crc = static_cast<std::uint32_t>(::crc32(state_->crc,
                                                     reinterpret_cast<const Bytef*>(piece.data()),
                                                     static_cast<uInt>(piece.size())));
    state_->written += piece.size();
    KONSEKI_TRY(state_->deflate_some(piece, Z_NO_FLUSH));
    content = content.subspan(piece.size());
  }
  return {};
}

Result<void> ZipWriter::end() {
  State& state = *state_;
  KONSEKI_TRY(state.deflate_some({}, Z_FINISH));
  std::string descriptor;
  put32(descriptor, kDescriptorSignature);
  put32(descriptor, state.crc);
  if (state.zip64) {
    put64(descriptor, state.compressed);
    put64(descriptor, state.written);
  } else {
    put32(descriptor, state.compressed);
    put32(descriptor, state.written);
  }
  KONSEKI_TRY(state.put(descriptor));

  const bool far = state.zip64 || state.entry_offset >= kMax32;
  std::string extra = time_extra(state.entry.modified);
  if (far) {
    put16(extra, kZip64Extra);
    put16(extra, 24);
    put64(extra, state.written);
    put64(extra, state.compressed);
    put64(extra, state.entry_offset);
  }
  std::string& out = state.central;
  put32(out, kCentralSignature);
  put16(out, kMadeBy);
  put16(out, kVersion);
  put16(out, kFlags);
  put16(out, kDeflate);
  put32(out, dos_time(state.entry.modified));
  put32(out, state.crc);
  put32(out, far ? kMax32 : state.compressed);
  put32(out, far ? kMax32 : state.written);
  put16(out, state.entry.name.size());
  put16(out, extra.size());
  put16(out, 0);  // comment
  put16(out, 0);  // disk
  put16(out, 0);  // internal attributes
  put32(out, attributes(state.entry));
  put32(out, far ? kMax32 : state.entry_offset);
  out += state.entry.name;
  out += extra;
  ++state.count;
  return {};
}

Result<void> ZipWriter::finish() {
  State& state = *state_;
  const std::uint64_t start = state.offset;
  const std::uint64_t size = state.central.size();
  KONSEKI_TRY(state.put(state.central));
  std::string tail;
  if (state.count >= kMax16 || start >= kMax32 || size >= kMax32) {
    const std::uint64_t end64 = state.offset;
    put32(tail, kEnd64Signature);
    put64(tail, 44);
    put16(tail, kMadeBy);
    put16(tail, kVersion);
    put32(tail, 0);
    put32(tail, 0);
    put64(tail, state.count);
    put64(tail, state.count);
    put64(tail, size);
    put64(tail, start);
    put32(tail, kEnd64LocatorSignature);
    put32(tail, 0);
    put64(tail, end64);
    put32(tail, 1);
  }
  put32(tail, kEndSignature);
  put16(tail, 0);
  put16(tail, 0);
  put16(tail, std::min<std::uint64_t>(state.count, kMax16));
  put16(tail, std::min<std::uint64_t>(state.count, kMax16));
  put32(tail, std::min<std::uint64_t>(size, kMax32));
  put32(tail, std::min<std::uint64_t>(start, kMax32));
  put16(tail, 0);
  return state.put(tail);
}

}  // namespace konseki
