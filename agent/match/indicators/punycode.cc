#include "agent/match/indicators/punycode.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::uint32_t kBase = 36;
constexpr std::uint32_t kTmin = 1;
constexpr std::uint32_t kTmax = 26;
constexpr std::uint32_t kSkew = 38;
constexpr std::uint32_t kDamp = 700;
constexpr std::size_t kMostLabel = 63;

std::uint32_t adapt(std::uint32_t delta, std::uint32_t points, bool first) {
  delta = first ? delta / kDamp : delta / 2;
  delta += delta / points;
  std::uint32_t k = 0;
  while (delta > (kBase - kTmin) * kTmax / 2) {
    delta /= kBase - kTmin;
    k += kBase;
  }
  return k + (kBase - kTmin + 1) * delta / (delta + kSkew);
}

char digit_of(std::uint32_t value) {
  return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26));
}

// RFC 3492, section 6.3. At most 63 code points, so that nothing here can overflow 32 bits:
// 0x10FFFF * 64 is below 2^27.
std::string encode(const std::u32string& label) {
  std::string out;
  for (const char32_t c : label) {
    if (c < 0x80) out.push_back(static_cast<char>(c));
  }
  const auto basic = static_cast<std::uint32_t>(out.size());
  if (basic > 0) out.push_back('-');
  std::uint32_t n = 0x80;
  std::uint32_t delta = 0;
  std::uint32_t bias = 72;
  std::uint32_t handled = basic;
  while (handled < label.size()) {
    std::uint32_t next = 0x110000;
    for (const char32_t c : label) {
      if (c >= n) next = std::min(next, static_cast<std::uint32_t>(c));
    }
    delta += (next - n) * (handled + 1);
    n = next;
    for (const char32_t c : label) {
      if (c < n) ++delta;
      if (c != n) continue;
      std::uint32_t q = delta;
      for (std::uint32_t k = kBase;; k += kBase) {
        const std::uint32_t t = k <= bias ? kTmin : std::min(kTmax, k - bias);
        if (q < t) break;
        out.push_back(digit_of(t + (q - t) % (kBase - t)));
        q = (q - t) / (kBase - t);
      }
      out.push_back(digit_of(q));
      bias = adapt(delta, handled + 1, handled == basic);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++n;
  }
  return out;
}

struct Freed {
  void operator()(utf8proc_uint8_t* text) const { std::free(text); }
};

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

bool append_label(std::string& out, std::string_view label) {
  if (is_ascii(label)) {
    if (label.size() > kMostLabel) return false;
    out += label;
    return true;
  }
  std::u32string points;
  for (std::size_t at = 0; at < label.size();) points.push_back(next_code_point(label, at));
  if (points.size() > kMostLabel) return false;
  const std::string encoded = encode(points);
  if (encoded.size() + 4 > kMostLabel) return false;
  out += "xn--" + encoded;
  return true;
}

}  // namespace

std::optional<std::string> to_ascii_host(std::string_view host) {
  std::string folded(host);
  if (is_ascii(host)) {
    for (char& c : folded) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
  } else {
    if (host.size() > 1024 || !is_well_formed_utf8(host)) return std::nullopt;
    // Compatibility forms and case in one step, near enough to UTS #46's mapping.
    const std::unique_ptr<utf8proc_uint8_t, Freed> mapped(
        utf8proc_NFKC_Casefold(reinterpret_cast<const utf8proc_uint8_t*>(folded.c_str())));
    if (!mapped) return std::nullopt;
    folded = reinterpret_cast<const char*>(mapped.get());
    constexpr std::string_view kIdeographicStop = "\xE3\x80\x82";
    for (auto at = folded.find(kIdeographicStop); at != std::string::npos;
         at = folded.find(kIdeographicStop, at)) {
      folded.replace(at, kIdeographicStop.size(), ".");
    }
  }
  std::string out;
  for (std::string_view rest = folded;;) {
    const std::size_t dot = rest.find('.');
    if (!append_label(out, rest.substr(0, dot))) return std::nullopt;
    if (dot == std::string_view::npos) return out;
    out.push_back('.');
    rest.remove_prefix(dot + 1);
  }
}

}  // namespace konseki
