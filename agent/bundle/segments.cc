#include "agent/bundle/segments.h"

#include <algorithm>

namespace konseki {

void Segments::append(std::string_view stream, std::string_view line) {
  auto found = streams_.find(stream);
  if (found == streams_.end()) found = streams_.emplace(std::string(stream), Stream{}).first;
  std::string& text = found->second.text;
  text += line;
  text += '\n';
  buffered_ += line.size() + 1;
  some_full_ = some_full_ || text.size() >= kSegmentBytes || buffered_ > kBufferedBytes;
}

std::optional<Segments::Segment> Segments::take_full() {
  if (!some_full_) return std::nullopt;
  const auto largest = std::max_element(
      streams_.begin(), streams_.end(),
      [](const auto& a, const auto& b) { return a.second.text.size() < b.second.text.size(); });
  if (largest->second.text.size() < kSegmentBytes && buffered_ <= kBufferedBytes) {
    some_full_ = false;
    return std::nullopt;
  }
  return take(largest->first, largest->second);
}

std::optional<Segments::Segment> Segments::take_any() {
  for (auto& [name, stream] : streams_) {
    if (!stream.text.empty()) return take(name, stream);
  }
  return std::nullopt;
}

Segments::Segment Segments::take(const std::string& name, Stream& stream) {
  std::string number = std::to_string(++stream.written);
  if (number.size() < 4) number.insert(0, 4 - number.size(), '0');
  Segment segment{"konseki/" + name + "." + number + ".jsonl", std::move(stream.text)};
  stream.text = std::move(spare_);
  stream.text.clear();
  spare_.clear();
  buffered_ -= segment.text.size();
  return segment;
}

bool is_stream_name(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.back() == '/') return false;
  if (name.find("//") != std::string_view::npos || name.find("..") != std::string_view::npos) {
    return false;
  }
  return std::all_of(name.begin(), name.end(), [](char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_' ||
           byte == '-' || byte == '.' || byte == '/';
  });
}

}  // namespace konseki
