// Debian packages of any bytes, and two texts against each other: the script turns one into the
// other.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/base/memory_reader.h"
#include "agent/diff/deb_package.h"
#include "agent/diff/line_diff.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  konseki::SpanReader file(bytes);
  if (konseki::is_deb(bytes)) (void)konseki::read_deb(file);

  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t half = text.find('\0') == text.npos ? size / 2 : text.find('\0');
  const konseki::LineDiff diff = konseki::diff_lines(text.substr(0, half), text.substr(half));
  std::size_t old_at = 0, new_at = 0;
  for (const konseki::LineChange& each : diff.changes) {
    for (; old_at < each.old_first; ++old_at, ++new_at) {
      if (diff.old_lines[old_at] != diff.new_lines[new_at]) std::abort();
    }
    if (new_at != each.new_first) std::abort();
    old_at += each.old_count;
    new_at += each.new_count;
  }
  for (; old_at < diff.old_lines.size(); ++old_at, ++new_at) {
    if (diff.old_lines[old_at] != diff.new_lines.at(new_at)) std::abort();
  }
  if (new_at != diff.new_lines.size()) std::abort();
  return 0;
}
