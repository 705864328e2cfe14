#include "collectors/windows/ese/ese_page.h"

#include <bit>

#include "agent/base/cursor.h"

namespace konseki::windows {
namespace {

static_assert(std::endian::native == std::endian::little);

// Of values.
constexpr unsigned kDefunct = 0x2;
constexpr unsigned kHasPrefix = 0x4;

constexpr std::size_t kTag = 4;  // size and place of a value, from the end of the page

// Where the parts of a value lie: [size of what its key shares][size of the rest][rest][content]
struct Parts {
  std::size_t shared = 0;
  std::size_t key = 0;
  std::size_t content = 0;
  std::size_t key_size = 0;
};

std::optional<Parts> parts_of(const EseValue& value) {
  constexpr unsigned kSizeBits = 0x1fff;  // large pages keep flags above
  const bool prefix = (value.flags & kHasPrefix) != 0;
  const std::size_t size_at = prefix ? 2 : 0;
  if (value.bytes.size() < size_at + 2) return std::nullopt;
  Parts parts;
  if (prefix) parts.shared = ese_number<std::uint16_t>(value.bytes, 0) & kSizeBits;
  parts.key_size = ese_number<std::uint16_t>(value.bytes, size_at) & kSizeBits;
  parts.key = size_at + 2;
  parts.content = parts.key + parts.key_size;
  if (parts.content > value.bytes.size()) return std::nullopt;
  return parts;
}

}  // namespace

bool EseValue::deleted() const { return (flags & kDefunct) != 0; }

std::optional<EsePage> EsePage::parse(std::vector<std::byte>&& bytes, bool large) {
  EsePage page;
  page.bytes_ = std::move(bytes);
  page.large_ = large;
  page.header_ = large ? 80 : 40;
  page.flags_ = ese_number<std::uint32_t>(page.bytes_, 36);
  page.count_ = ese_number<std::uint16_t>(page.bytes_, 34);
  if (page.header_ + page.count_ * kTag > page.bytes_.size()) return std::nullopt;
  return page;
}

std::optional<EseValue> EsePage::value(std::size_t index) const {
  const std::size_t at = bytes_.size() - (index + 1) * kTag;
  const auto size_word = ese_number<std::uint16_t>(bytes_, at);
  const auto offset_word = ese_number<std::uint16_t>(bytes_, at + 2);
  const std::size_t mask = large_ ? 0x7fff : 0x1fff;
  const std::size_t size = size_word & mask;
  const std::size_t offset = header_ + (offset_word & mask);
  if (offset + size > bytes_.size() - count_ * kTag) return std::nullopt;
  EseValue out{std::span(bytes_).subspan(offset, size), static_cast<unsigned>(offset_word >> 13)};
  if (large_) out.flags = size >= 2 ? ese_number<std::uint16_t>(out.bytes, 0) >> 13 : 0;
  return out;
}

std::optional<std::span<const std::byte>> EsePage::content(const EseValue& value) {
  const auto parts = parts_of(value);
  if (!parts) return std::nullopt;
  return value.bytes.subspan(parts->content);
}

std::optional<std::string> EsePage::key(const EseValue& value) const {
  const auto parts = parts_of(value);
  if (!parts) return std::nullopt;
  std::string key;
  if (parts->shared > 0) {
    // The page's own value; in a root it says something else.
    const auto common = (flags_ & kEseRoot) == 0 ? this->value(0) : std::nullopt;
    if (!common || common->bytes.size() < parts->shared) return std::nullopt;
    key = as_text(common->bytes.first(parts->shared));
  }
  key += as_text(value.bytes.subspan(parts->key, parts->key_size));
  return key;
}

}  // namespace konseki::windows
