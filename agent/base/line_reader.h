// LineReader: text files line by line, plain or compressed, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

class Decompressor;

struct TextLine {
  std::string_view text;     // without its end ("\n" or "\r\n"); valid until the next call
  std::uint64_t offset = 0;  // of its first byte in the (decompressed) text
  std::uint64_t length = 0;  // in the text, its end included; may be more than `text` holds
  bool cut = false;          // longer than the limit: `text` is its beginning
};

// Reads `content` once from its start. Compression (decompressor.h) is told by its first
// bytes. Not thread-safe; `content` must outlive it.
class LineReader {
 public:
  static constexpr std::size_t kDefaultLongest = std::size_t{64} << 10;
  // More text than this from one file, or more than a thousand times its size, is refused.
  static constexpr std::uint64_t kMostText = std::uint64_t{64} << 30;

  explicit LineReader(ByteReader& content, std::size_t longest = kDefaultLongest);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // True with the next line, false at the end. kCorrupt when compressed data is damaged (lines
  // before the damage were given, the last of them perhaps not whole), kLimitExceeded for a bomb,
  // or the error of `content`; after any of these the reader is at its end.
  Result<bool> next(TextLine& line);

  bool compressed() const { return decompressor_ != nullptr; }
  std::uint64_t text_bytes() const { return base_ + end_; }

 private:
  Result<std::size_t> fill(std::span<std::byte> out);
  Result<void> refill();
  Result<bool> cut_line(TextLine& line);

  ByteReader& content_;
  const std::size_t longest_;
  std::unique_ptr<Decompressor> decompressor_;  // null: plain text
  std::uint64_t read_ = 0;                      // bytes of plain `content` taken
  std::uint64_t produced_ = 0;                  // bytes decompressed
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0;   // of what is not given yet
  std::size_t end_ = 0;     // of what the buffer holds
  std::uint64_t base_ = 0;  // offset of the buffer's start in the text
  bool at_end_ = false;
  std::string cut_;  // the beginning of a line that is too long
};

// Gives `visit(const TextLine&)` each line of `content` until it answers false. The error is what
// LineReader::next() ended with, after all lines before it.
template <class Visit>
Result<void> each_line(ByteReader& content, Visit visit,
                       std::size_t longest = LineReader::kDefaultLongest) {
  LineReader lines(content, longest);
  TextLine line;
  while (true) {
    auto more = lines.next(line);
    if (!more) return fail(more.error());
    if (!*more || !visit(std::as_const(line))) return {};
  }
}

}  // namespace konseki
