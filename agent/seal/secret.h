// Secret and SecretText: bytes that are wiped from memory when they go away.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace konseki {

// Overwrites bytes in a way that no optimiser removes.
void wipe(std::span<std::byte> bytes);

// A key of fixed length. Copies are wiped as well, each by itself.
template <std::size_t N>
class Secret {
 public:
  Secret() = default;
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { wipe(bytes_); }

  std::span<std::byte, N> bytes() { return bytes_; }
  std::span<const std::byte, N> bytes() const { return bytes_; }

 private:
  std::array<std::byte, N> bytes_{};
};

// A passphrase or key as text. Grows without leaving copies behind.
class SecretText {
 public:
  SecretText() = default;
  explicit SecretText(std::string_view text) { append(text); }
  SecretText(const SecretText& other) { append(other.view()); }
  SecretText(SecretText&& other) noexcept { swap(other); }
  SecretText& operator=(SecretText other) noexcept {
    swap(other);
    return *this;
  }
  ~SecretText() { clear(); }

  void append(std::string_view text);
  void remove_suffix(std::size_t count) { text_.resize(text_.size() - count); }
  void clear();

  std::string_view view() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  void swap(SecretText& other) noexcept { text_.swap(other.text_); }

  std::string text_;
};

}  // namespace konseki
