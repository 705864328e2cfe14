#include "collectors/windows/ese/ese_long_value.h"

#include <cstdint>
#include <string_view>

#include "collectors/windows/ese/ese_compression.h"
#include "collectors/windows/ese/ese_page.h"

namespace konseki::windows {

bool EseLongValue::take(const std::string& key, std::span<const std::byte> content) {
  if (key < id_) return true;
  if (!key.starts_with(id_)) return false;
  const std::string_view rest = std::string_view(key).substr(id_.size());
  if (rest.empty()) {
    constexpr std::size_t kHead = 8;  // references, length
    if (content.size() < kHead) return false;
    size_ = ese_number<std::uint32_t>(content, 4);
    return *size_ <= most_;
  }
  if (rest.size() != 4 || !size_) return false;
  std::size_t offset = 0;
  for (const char c : rest) offset = offset << 8 | static_cast<unsigned char>(c);
  if (!end_piece(offset)) return false;
  piece_.assign(content.begin(), content.end());
  return true;
}

bool EseLongValue::end_piece(std::size_t end) {
  if (end < value_.size() || end > *size_) return false;
  const std::size_t length = end - value_.size();
  if (piece_.size() < length) {
    auto expanded = ese_expand(piece_, length);
    if (!expanded) return false;
    piece_ = *std::move(expanded);
  }
  if (piece_.size() != length) return false;
  value_.insert(value_.end(), piece_.begin(), piece_.end());
  piece_.clear();
  return true;
}

std::optional<std::vector<std::byte>> EseLongValue::finish() {
  if (!size_ || *size_ > most_ || !end_piece(*size_)) return std::nullopt;
  return std::move(value_);
}

}  // namespace konseki::windows
