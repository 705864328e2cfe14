#include "agent/base/fused_digest.h"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace konseki {
namespace {

using Chains = FusedDigest::Chains;

#if defined(__x86_64__)

// RFC 1321, 3.4: floor(2^32 * abs(sin(i + 1))).
constexpr std::array<std::uint32_t, 64> kMd5{
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
constexpr int kMd5Shifts[4][4] = {
    {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

// FIPS 180-4, 4.2.2.
alignas(16) constexpr std::array<std::uint32_t, 64> kSha256{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// Everything one block needs, kept in registers by inlining.
struct Block {
  std::uint32_t words[16];  // the block as MD5 reads it
  std::uint32_t a, b, c, d;
  __m128i schedule256[4], state256[2];
  __m128i schedule1[4], abcd, e[2];
};

#define KONSEKI_FUSED __attribute__((target("sha,sse4.1"), always_inline)) inline

// Which word of the block MD5's step i reads.
constexpr int md5_word(int i) {
  return i < 16 ? i : i < 32 ? (5 * i + 1) % 16 : i < 48 ? (3 * i + 5) % 16 : 7 * i % 16;
}

template <int I>
KONSEKI_FUSED void md5_step(std::uint32_t& a, std::uint32_t b, std::uint32_t c, std::uint32_t d,
                            const std::uint32_t* words) {
  std::uint32_t sum = a + kMd5[I] + words[md5_word(I)];
  if constexpr (I < 16) {
    sum += d ^ (b & (c ^ d));
  } else if constexpr (I < 32) {
    // (b & d) | (c & ~d), as a sum so that the part without b can be added early.
    sum += c & ~d;
    sum += b & d;
  } else if constexpr (I < 48) {
    sum += b ^ c ^ d;
  } else {
    sum += c ^ (b | ~d);
  }
  a = b + std::rotl(sum, kMd5Shifts[I / 16][I % 4]);
}

template <int I>
KONSEKI_FUSED void md5_four(Block& s) {
  md5_step<I>(s.a, s.b, s.c, s.d, s.words);
  md5_step<I + 1>(s.d, s.a, s.b, s.c, s.words);
  md5_step<I + 2>(s.c, s.d, s.a, s.b, s.words);
  md5_step<I + 3>(s.b, s.c, s.d, s.a, s.words);
}

// Four rounds of SHA-256 and their part of the message schedule.
template <int G>
KONSEKI_FUSED void sha256_four(Block& s) {
  __m128i* m = s.schedule256;
  __m128i input =
      _mm_add_epi32(m[G % 4], _mm_load_si128(reinterpret_cast<const __m128i*>(&kSha256[4 * G])));
  s.state256[1] = _mm_sha256rnds2_epu32(s.state256[1], s.state256[0], input);
  if constexpr (G >= 3 && G < 15) {
    m[(G + 1) % 4] = _mm_add_epi32(m[(G + 1) % 4], _mm_alignr_epi8(m[G % 4], m[(G + 3) % 4], 4));
    m[(G + 1) % 4] = _mm_sha256msg2_epu32(m[(G + 1) % 4], m[G % 4]);
  }
  input = _mm_shuffle_epi32(input, 0x0E);
  s.state256[0] = _mm_sha256rnds2_epu32(s.state256[0], s.state256[1], input);
  if constexpr (G >= 1 && G < 13) {
    m[(G + 3) % 4] = _mm_sha256msg1_epu32(m[(G + 3) % 4], m[G % 4]);
  }
}

// Four rounds of SHA-1 and their part of the message schedule.
template <int G>
KONSEKI_FUSED void sha1_four(Block& s) {
  __m128i* m = s.schedule1;
  if constexpr (G == 0) {
    s.e[0] = _mm_add_epi32(s.e[0], m[0]);
  } else {
    s.e[G % 2] = _mm_sha1nexte_epu32(s.e[G % 2], m[G % 4]);
  }
  s.e[(G + 1) % 2] = s.abcd;
  if constexpr (G >= 3 && G < 19) m[(G + 1) % 4] = _mm_sha1msg2_epu32(m[(G + 1) % 4], m[G % 4]);
  s.abcd = _mm_sha1rnds4_epu32(s.abcd, s.e[G % 2], G / 5);
  if constexpr (G >= 1 && G < 17) m[(G + 3) % 4] = _mm_sha1msg1_epu32(m[(G + 3) % 4], m[G % 4]);
  if constexpr (G >= 2 && G < 18) m[(G + 2) % 4] = _mm_xor_si128(m[(G + 2) % 4], m[G % 4]);
}

// A sixteenth of the block: MD5's 64 steps and SHA-256's 64 rounds in fours; SHA-1's 80 rounds
// are 20 fours, so every fourth part takes one more.
template <int Part>
KONSEKI_FUSED void sixteenth(Block& s) {
  md5_four<4 * Part>(s);
  sha256_four<Part>(s);
  constexpr int kSha1 = Part + Part / 4;
  sha1_four<kSha1>(s);
  if constexpr (Part % 4 == 3) sha1_four<kSha1 + 1>(s);
}

template <int... Parts>
KONSEKI_FUSED void all_parts(Block& s, std::integer_sequence<int, Parts...>) {
  (sixteenth<Parts>(s), ...);
}

KONSEKI_FUSED __m128i load(const void* from) {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}
KONSEKI_FUSED void store(void* to, __m128i value) {
  _mm_storeu_si128(static_cast<__m128i*>(to), value);
}

__attribute__((target("sha,sse4.1"))) void process_blocks(Chains& chains, const std::byte* bytes,
                                                          std::size_t count) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const __m128i reversed = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
  Block s;
  s.a = chains.md5[0];
  s.b = chains.md5[1];
  s.c = chains.md5[2];
  s.d = chains.md5[3];
  // The instructions want SHA-1 as DCBA, E in the top word; SHA-256 as ABEF and CDGH.
  s.abcd = _mm_shuffle_epi32(load(chains.sha1.data()), 0x1B);
  s.e[0] = _mm_set_epi32(static_cast<int>(chains.sha1[4]), 0, 0, 0);
  const __m128i badc = _mm_shuffle_epi32(load(&chains.sha256[0]), 0xB1);
  const __m128i hgfe = _mm_shuffle_epi32(load(&chains.sha256[4]), 0x1B);
  s.state256[0] = _mm_alignr_epi8(badc, hgfe, 8);
  s.state256[1] = _mm_blend_epi16(hgfe, badc, 0xF0);

  for (; count > 0; --count, bytes += 64) {
    std::memcpy(s.words, bytes, 64);
    for (int i = 0; i < 4; ++i) {
      const __m128i quarter = load(bytes + 16 * i);
      s.schedule256[i] = _mm_shuffle_epi8(quarter, big_endian);
      s.schedule1[i] = _mm_shuffle_epi8(quarter, reversed);
    }
    const Block before = s;
    all_parts(s, std::make_integer_sequence<int, 16>());
    s.a += before.a;
    s.b += before.b;
    s.c += before.c;
    s.d += before.d;
    s.state256[0] = _mm_add_epi32(s.state256[0], before.state256[0]);
    s.state256[1] = _mm_add_epi32(s.state256[1], before.state256[1]);
    s.e[0] = _mm_sha1nexte_epu32(s.e[0], before.e[0]);
    s.abcd = _mm_add_epi32(s.abcd, before.abcd);
  }

  chains.md5 = {s.a, s.b, s.c, s.d};
  store(chains.sha1.data(), _mm_shuffle_epi32(s.abcd, 0x1B));
  chains.sha1[4] = static_cast<std::uint32_t>(_mm_extract_epi32(s.e[0], 3));
  const __m128i feba = _mm_shuffle_epi32(s.state256[0], 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(s.state256[1], 0xB1);
  store(&chains.sha256[0], _mm_blend_epi16(feba, dchg, 0xF0));
  store(&chains.sha256[4], _mm_alignr_epi8(dchg, feba, 8));
}

#undef KONSEKI_FUSED

#else

void process_blocks(Chains&, const std::byte*, std::size_t) {}  // never called: not supported()

#endif

template <std::size_t Words, std::size_t Size>
void words_to_bytes(const std::array<std::uint32_t, Words>& words,
                    std::array<std::byte, Size>& bytes, bool big_endian) {
  static_assert(Words * 4 == Size);
  for (std::size_t i = 0; i < Size; ++i) {
    const unsigned shift = static_cast<unsigned>(big_endian ? 3 - i % 4 : i % 4) * 8;
    bytes[i] = static_cast<std::byte>(words[i / 4] >> shift);
  }
}

}  // namespace

bool FusedDigest::supported() {
#if defined(__x86_64__)
  static const bool kSupported = [] {
    unsigned a = 0, b = 0, c = 0, d = 0;
    const bool sse41 = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_1);
    return sse41 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
  }();
  return kSupported;
#else
  return false;
#endif
}

void FusedDigest::reset() {
  chains_.md5 = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  chains_.sha1 = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  chains_.sha256 = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  tail_size_ = 0;
  length_ = 0;
}

void FusedDigest::update(std::span<const std::byte> bytes) {
  length_ += bytes.size();
  if (tail_size_ > 0) {
    const std::size_t count = std::min(bytes.size(), kBlock - tail_size_);
    std::copy_n(bytes.begin(), count, tail_.begin() + tail_size_);
    tail_size_ += count;
    bytes = bytes.subspan(count);
    if (tail_size_ < kBlock) return;
    process_blocks(chains_, tail_.data(), 1);
    tail_size_ = 0;
  }
  process_blocks(chains_, bytes.data(), bytes.size() / kBlock);
  const auto rest = bytes.last(bytes.size() % kBlock);
  std::copy(rest.begin(), rest.end(), tail_.begin());
  tail_size_ = rest.size();
}

Digests FusedDigest::finish() {
  // Padding: 0x80, zeros, the length in bits; little-endian for MD5, big-endian for the others.
  std::array<std::byte, 2 * kBlock> padded{};
  std::copy_n(tail_.begin(), tail_size_, padded.begin());
  padded[tail_size_] = std::byte{0x80};
  const std::size_t blocks = tail_size_ < kBlock - 8 ? 1 : 2;
  std::byte* length = padded.data() + blocks * kBlock - 8;
  const std::uint64_t bits = length_ * 8;

  Chains little = chains_;
  for (int i = 0; i < 8; ++i) length[i] = static_cast<std::byte>(bits >> (8 * i));
  process_blocks(little, padded.data(), blocks);
  for (int i = 0; i < 8; ++i) length[i] = static_cast<std::byte>(bits >> (56 - 8 * i));
  process_blocks(chains_, padded.data(), blocks);

  Digests out;
  words_to_bytes(little.md5, out.md5, false);
  words_to_bytes(chains_.sha1, out.sha1, true);
  words_to_bytes(chains_.sha256, out.sha256, true);
  reset();
  return out;
}

}  // namespace konseki
