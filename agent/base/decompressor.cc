#include "agent/base/decompressor.h"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace konseki {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;
constexpr std::uint64_t kMostMemory = std::uint64_t{256} << 20;
constexpr int kMostWindow = 27;  // 128 MiB

// What all have in common: input in chunks, and what a step of the library means.
class Stream : public Decompressor {
 public:
  Stream(ByteReader& content, std::string_view name)
      : content_(content), name_(name), input_(kChunk) {}

  std::uint64_t taken() const override { return read_ - pending_; }

  Result<std::size_t> read(std::span<std::byte> out) override {
    while (true) {
      if (pending_ == 0 && !at_end_) {
        KONSEKI_ASSIGN(pending_, content_.read_at(read_, input_));
        read_ += pending_;
        first_ = 0;
        at_end_ = pending_ == 0;
      }
      if (at_end_ && pending_ == 0 && between_) return std::size_t{0};
      if (between_ && !next_stream(std::span(input_).subspan(first_, pending_))) {
        return std::size_t{0};  // padding, or what is none of ours: as the tools do
      }
      between_ = false;
      Step step = run(std::span(input_).subspan(first_, pending_), out);
      first_ += step.consumed;
      pending_ -= step.consumed;
      between_ = step.ended;
      if (step.damaged) return fail(damage("is damaged"));
      if (step.produced > 0) return step.produced;
      if (step.ended || step.consumed > 0) continue;
      if (at_end_) return fail(damage("ends early"));
      if (pending_ > 0) return fail(damage("is damaged"));
    }
  }

 protected:
  struct Step {
    std::size_t consumed = 0, produced = 0;
    bool ended = false;  // one of several streams
    bool damaged = false;
  };
  virtual Step run(std::span<const std::byte> in, std::span<std::byte> out) = 0;
  // Behind the end of a stream; false when no other follows.
  virtual bool next_stream(std::span<const std::byte> in) = 0;

 private:
  Error damage(std::string_view what) const {
    return {ErrorCode::kCorrupt,
            name_ + " data " + std::string(what) + " near byte " + std::to_string(taken()),
            {}};
  }

  ByteReader& content_;
  const std::string name_;
  std::vector<std::byte> input_;
  std::uint64_t read_ = 0;
  std::size_t first_ = 0, pending_ = 0;  // of the input
  bool at_end_ = false;
  bool between_ = false;
};

class GzipStream : public Stream {
 public:
  explicit GzipStream(ByteReader& content) : Stream(content, "gzip") {
    usable_ = inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK;
  }
  ~GzipStream() override { inflateEnd(&stream_); }

 protected:
  Step run(std::span<const std::byte> in, std::span<std::byte> out) override {
    if (!usable_) return {.damaged = true};
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    return {in.size() - stream_.avail_in, out.size() - stream_.avail_out, status == Z_STREAM_END,
            status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR};
  }
  bool next_stream(std::span<const std::byte> in) override {
    return in.front() == std::byte{0x1f} && inflateReset(&stream_) == Z_OK;
  }

 private:
  z_stream stream_{};
  bool usable_ = false;
};

class Bzip2Stream : public Stream {
 public:
  explicit Bzip2Stream(ByteReader& content) : Stream(content, "bzip2") { start(); }
  ~Bzip2Stream() override { BZ2_bzDecompressEnd(&stream_); }

 protected:
  Step run(std::span<const std::byte> in, std::span<std::byte> out) override {
    if (!usable_) return {.damaged = true};
    stream_.next_in = reinterpret_cast<char*>(const_cast<std::byte*>(in.data()));
    stream_.avail_in = static_cast<unsigned>(in.size());
    stream_.next_out = reinterpret_cast<char*>(out.data());
    stream_.avail_out = static_cast<unsigned>(out.size());
    const int status = BZ2_bzDecompress(&stream_);
    return {in.size() - stream_.avail_in, out.size() - stream_.avail_out, status == BZ_STREAM_END,
            status != BZ_OK && status != BZ_STREAM_END};
  }
  bool next_stream(std::span<const std::byte> in) override {
    if (in.front() != std::byte{'B'}) return false;
    BZ2_bzDecompressEnd(&stream_);
    start();
    return true;
  }

 private:
  void start() {
    stream_ = {};
    usable_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK;
  }

  bz_stream stream_{};
  bool usable_ = false;
};

class XzStream : public Stream {
 public:
  explicit XzStream(ByteReader& content) : Stream(content, "xz") {
    usable_ = lzma_stream_decoder(&stream_, kMostMemory, 0) == LZMA_OK;
  }
  ~XzStream() override { lzma_end(&stream_); }

 protected:
  Step run(std::span<const std::byte> in, std::span<std::byte> out) override {
    if (!usable_) return {.damaged = true};
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    stream_.avail_in = in.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_.avail_out = out.size();
    const lzma_ret status = lzma_code(&stream_, LZMA_RUN);
    return {in.size() - stream_.avail_in, out.size() - stream_.avail_out, status == LZMA_STREAM_END,
            status != LZMA_OK && status != LZMA_STREAM_END && status != LZMA_BUF_ERROR};
  }
  bool next_stream(std::span<const std::byte> in) override {
    if (in.front() != std::byte{0xfd}) return false;
    usable_ = lzma_stream_decoder(&stream_, kMostMemory, 0) == LZMA_OK;
    return true;
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool usable_ = false;
};

class ZstdStream : public Stream {
 public:
  explicit ZstdStream(ByteReader& content)
      : Stream(content, "zstd"), stream_(ZSTD_createDStream()) {
    if (stream_ != nullptr) ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, kMostWindow);
  }
  ~ZstdStream() override { ZSTD_freeDStream(stream_); }

 protected:
  Step run(std::span<const std::byte> in, std::span<std::byte> out) override {
    if (stream_ == nullptr) return {.damaged = true};
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const std::size_t status = ZSTD_decompressStream(stream_, &output, &input);
    return {input.pos, output.pos, status == 0, ZSTD_isError(status) != 0};
  }
  bool next_stream(std::span<const std::byte>) override { return true; }

 private:
  ZSTD_DStream* stream_;
};

}  // namespace

std::unique_ptr<Decompressor> open_decompressor(ByteReader& content) {
  std::array<std::byte, 6> head{};
  const auto got = content.read_at(0, head);
  if (!got) return nullptr;
  const std::string_view text(reinterpret_cast<const char*>(head.data()), *got);
  if (text.starts_with("\x1f\x8b")) return std::make_unique<GzipStream>(content);
  if (text.starts_with("BZh")) return std::make_unique<Bzip2Stream>(content);
  if (text.starts_with("\xfd"
                       "7zXZ"))
    return std::make_unique<XzStream>(content);
  if (text.starts_with("\x28\xb5\x2f\xfd")) return std::make_unique<ZstdStream>(content);
  return nullptr;
}

}  // namespace konseki
