#include "agent/match/webshell/script_encoder.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "agent/match/webshell/decode.h"

namespace konseki::webshell {
namespace {

// The format's three alphabets: what the bytes 0x09 and 0x20 to 0x7f stand for.
constexpr std::array<std::string_view, 3> kTab = {"{", "W", "n"};
constexpr std::array<std::string_view, 3> kAlphabets = {
    "20!)[83=X:5e9\\VsfNEkbYx^}Jmq?`?S?B'Hru17MR\"TjGd- "
    "\x7f.L]~loytC&v%$+(#A4\t*D?w;UiacPgQIOFh|6pnz/_KZ,W",
    ".GzVBj/"
    "&IA42[vrC89pEhqO\tbD#u?~?^?wJa]\"KoN;LPg*}tT+-,0nkf5%!dMRc?{x)(sY3\x7fmUS|:_eFX1ilZH'\\=$y7`Q "
    "6",
    "-uR`q^I\\b})6 "
    "|z\x7fkc3+hQfv1dTC?:?~?E,*t'7DyY/o&rj9{?8wgSG4x]0#Z[lHUpi.L!$NP\tVs5aKX;W\"mM%(FJ2A=_OBe"};
// Which of them holds for the n-th character, modulo 64.
constexpr std::string_view kOrder =
    "1201202002021020102011200210200211020201011201021020112001120102";

constexpr std::string_view kBegin = "#@~^";
constexpr std::size_t kHeader = 12;   // the mark, six letters of length, "=="
constexpr std::size_t kTrailer = 12;  // six letters of checksum, "==^#~@"

// Little-endian 32 bits in base64.
std::size_t length_of(std::string_view letters) {
  const std::string bytes = decode_base64(letters);
  std::size_t length = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 4; ++i) {
    length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return length;
}

char unescaped(char c) {
  switch (c) {
    case '#':
      return '\r';
    case '&':
      return '\n';
    case '!':
      return '<';
    case '*':
      return '>';
    case '$':
      return '@';
    default:
      return '?';
  }
}

}  // namespace

std::string decode_encoded_scripts(std::string_view page) {
  std::string out;
  out.reserve(page.size());
  while (true) {
    const std::size_t begin = page.find(kBegin);
    if (begin == std::string_view::npos || page.size() - begin < kHeader) break;
    out += page.substr(0, begin);
    const std::size_t stated = length_of(page.substr(begin + kBegin.size(), 6));
    page.remove_prefix(begin + kHeader);
    // The end mark counts more than the stated length: texts of two-byte encodings count anew.
    const std::size_t mark = page.find("^#~@");
    std::size_t size =
        mark == std::string_view::npos || mark < 8 ? std::min(stated, page.size()) : mark - 8;
    size = std::min(size, page.size());
    std::size_t position = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const auto byte = static_cast<unsigned char>(page[i]);
      const auto alphabet = static_cast<std::size_t>(kOrder[position % kOrder.size()] - '0');
      if (byte == '@' && i + 1 < size) {
        out += unescaped(page[++i]);
      } else if (byte == '\t') {
        out += kTab[alphabet][0];
      } else if (byte >= 0x20 && byte < 0x80) {
        out += kAlphabets[alphabet][byte - 0x20];
      } else {
        out += static_cast<char>(byte);
        if (byte >= 0x80) continue;  // other characters are not counted
      }
      ++position;
    }
    page.remove_prefix(
        std::min(page.size(), mark == std::string_view::npos || mark < 8 ? size : size + kTrailer));
  }
  out += page;
  return out;
}

}  // namespace konseki::webshell
