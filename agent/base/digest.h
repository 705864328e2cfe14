// The three digests of every item: SHA-256 for identity, SHA-1 and MD5 for look-ups only.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "konseki/digests.h"

namespace konseki {

// Feeds one pass of bytes to SHA-256, SHA-1 and MD5. Not thread-safe; reusable after finish().
class DigestPass {
 public:
  DigestPass();
  ~DigestPass();
  DigestPass(DigestPass&&) noexcept;
  DigestPass& operator=(DigestPass&&) noexcept;

  void update(std::span<const std::byte> bytes);
  Digests finish();  // and starts anew

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// SHA-256 alone, for containers and chains.
class Sha256Pass {
 public:
  Sha256Pass();
  ~Sha256Pass();
  Sha256Pass(Sha256Pass&&) noexcept;
  Sha256Pass& operator=(Sha256Pass&&) noexcept;

  void update(std::span<const std::byte> bytes);
  void update(std::string_view text) { update(std::as_bytes(std::span(text))); }
  Sha256 finish();  // and starts anew

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Sha256 sha256_of(std::span<const std::byte> bytes);
std::string to_hex(std::span<const std::byte> bytes);

}  // namespace konseki
