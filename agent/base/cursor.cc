#include "agent/base/cursor.h"

namespace konseki {

void Cursor::seek(std::size_t offset) {
  if (offset > bytes_.size()) {
    ok_ = false;
  } else if (ok_) {
    offset_ = offset;
  }
}

void Cursor::skip(std::size_t count) {
  if (count > remaining()) {
    ok_ = false;
  } else if (ok_) {
    offset_ += count;
  }
}

std::span<const std::byte> Cursor::bytes(std::size_t count) {
  if (!ok_ || count > remaining()) {
    ok_ = false;
    return {};
  }
  const auto out = bytes_.subspan(offset_, count);
  offset_ += count;
  return out;
}

std::uint64_t Cursor::little(std::size_t width) {
  std::uint64_t value = 0;
  int shift = 0;
  for (std::byte byte : bytes(width)) {
    value |= std::to_integer<std::uint64_t>(byte) << shift;
    shift += 8;
  }
  return value;
}

}  // namespace konseki
