#include "agent/base/digest.h"

#include <algorithm>
#include <new>
#include <optional>

#include "agent/base/fused_digest.h"
#include "agent/base/handles/openssl.h"

namespace konseki {
namespace {

// One EVP context bound to an algorithm. The calls below cannot fail but for want of memory.
class EvpDigest {
 public:
  explicit EvpDigest(const EVP_MD* algorithm) : algorithm_(algorithm), context_(EVP_MD_CTX_new()) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), algorithm_, nullptr) != 1) {
      throw std::bad_alloc();
    }
  }
  void update(std::span<const std::byte> bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  }
  template <std::size_t Size>
  void finish(std::array<std::byte, Size>& out) {
    EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr);
    EVP_DigestInit_ex(context_.get(), algorithm_, nullptr);
  }

 private:
  const EVP_MD* algorithm_;
  EvpMdContext context_;
};

}  // namespace

struct ThreeDigests {
  EvpDigest sha256{EVP_sha256()};
  EvpDigest sha1{EVP_sha1()};
  EvpDigest md5{EVP_md5()};
};

// The fused loop where the processor has it, else OpenSSL's three.
struct DigestPass::State {
  std::optional<FusedDigest> fused;
  std::optional<ThreeDigests> three;

  State() { FusedDigest::supported() ? void(fused.emplace()) : void(three.emplace()); }
};

DigestPass::DigestPass() : state_(std::make_unique<State>()) {}
DigestPass::~DigestPass() = default;
DigestPass::DigestPass(DigestPass&&) noexcept = default;
DigestPass& DigestPass::operator=(DigestPass&&) noexcept = default;

void DigestPass::update(std::span<const std::byte> bytes) {
  if (state_->fused) return state_->fused->update(bytes);
  // Small slices, so that all three passes find them in the nearest cache.
  constexpr std::size_t kSlice = 16 * 1024;
  while (!bytes.empty()) {
    const auto slice = bytes.first(std::min(kSlice, bytes.size()));
    state_->three->sha256.update(slice);
    state_->three->sha1.update(slice);
    state_->three->md5.update(slice);
    bytes = bytes.subspan(slice.size());
  }
}

Digests DigestPass::finish() {
  if (state_->fused) return state_->fused->finish();
  Digests out;
  state_->three->sha256.finish(out.sha256);
  state_->three->sha1.finish(out.sha1);
  state_->three->md5.finish(out.md5);
  return out;
}

struct Sha256Pass::State {
  EvpDigest sha256{EVP_sha256()};
};

Sha256Pass::Sha256Pass() : state_(std::make_unique<State>()) {}
Sha256Pass::~Sha256Pass() = default;
Sha256Pass::Sha256Pass(Sha256Pass&&) noexcept = default;
Sha256Pass& Sha256Pass::operator=(Sha256Pass&&) noexcept = default;

void Sha256Pass::update(std::span<const std::byte> bytes) { state_->sha256.update(bytes); }

Sha256 Sha256Pass::finish() {
  Sha256 out{};
  state_->sha256.finish(out);
  return out;
}

Sha256 sha256_of(std::span<const std::byte> bytes) {
  Sha256Pass pass;
  pass.update(bytes);
  return pass.finish();
}

std::string to_hex(std::span<const std::byte> bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (std::byte byte : bytes) {
    out += kHex[std::to_integer<unsigned>(byte) >> 4];
    out += kHex[std::to_integer<unsigned>(byte) & 15];
  }
  return out;
}

}  // namespace konseki
