// Segments: text streams on their way into numbered members (konseki/files.0001.jsonl, ...).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace konseki {

// Gathers lines by stream within a bound of memory. Not thread-safe.
class Segments {
 public:
  // A segment that is written at kSegmentBytes, or earlier when all streams hold kBufferedBytes.
  static constexpr std::size_t kSegmentBytes = 4 * 1024 * 1024;
  static constexpr std::size_t kBufferedBytes = 16 * 1024 * 1024;

  struct Segment {
    std::string member;  // "konseki/files.0001.jsonl"
    std::string text;
  };

  void append(std::string_view stream, std::string_view line);
  // Takes the text of a written segment back, whose room the next one then need not ask for.
  void reuse(std::string&& text) { spare_ = std::move(text); }
  // The next segment that must be written now, if any.
  std::optional<Segment> take_full();
  // Whatever is left, in order of stream names.
  std::optional<Segment> take_any();

 private:
  struct Stream {
    std::string text;
    std::uint32_t written = 0;  // segments taken so far
  };
  Segment take(const std::string& name, Stream& stream);

  std::map<std::string, Stream, std::less<>> streams_;
  std::string spare_;
  std::size_t buffered_ = 0;
  bool some_full_ = false;
};

// True for names a stream may have: lower-case letters, digits, '_', '-', '.', and '/' between.
bool is_stream_name(std::string_view name);

}  // namespace konseki
