#include "agent/seal/secret.h"

#include <sodium.h>

#include <algorithm>

namespace konseki {

void wipe(std::span<std::byte> bytes) { sodium_memzero(bytes.data(), bytes.size()); }

void SecretText::append(std::string_view text) {
  // std::string would free the old buffer as it is, and swap short texts through the stack.
  constexpr std::size_t kSurelyOnTheHeap = 64;
  if (text_.size() + text.size() > text_.capacity() || text_.capacity() < kSurelyOnTheHeap) {
    std::string larger;
    larger.reserve(std::max<std::size_t>(128, 2 * (text_.size() + text.size())));
    larger.append(text_);
    clear();
    text_.swap(larger);
  }
  text_.append(text);
}

void SecretText::clear() {
  text_.resize(text_.capacity());
  wipe(std::as_writable_bytes(std::span(text_)));
  text_.clear();
}

}  // namespace konseki
