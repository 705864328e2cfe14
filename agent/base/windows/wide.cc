#include "agent/base/windows/wide.h"

#include <windows.h>

#include <algorithm>
#include <cstdint>
#include <span>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr wchar_t kReplacement = 0xFFFD;
constexpr std::wstring_view kLong = L"\\\\?\\";
constexpr std::wstring_view kLongShare = L"\\\\?\\UNC\\";

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

// A lone surrogate of WTF-8 at `at`, else 0.
wchar_t surrogate_at(std::string_view text, std::size_t at) {
  const unsigned second = byte_at(text, at + 1);
  const unsigned third = byte_at(text, at + 2);
  if (byte_at(text, at) != 0xED || second < 0xA0 || second > 0xBF || (third & 0xC0U) != 0x80) {
    return 0;
  }
  return static_cast<wchar_t>(0xD000U | (second & 0x3FU) << 6 | (third & 0x3FU));
}

bool starts_with(std::wstring_view text, std::wstring_view start) {
  return text.substr(0, start.size()) == start;
}

}  // namespace

std::wstring wide(std::string_view utf8) {
  std::wstring out;
  out.reserve(utf8.size());
  std::size_t at = 0;
  while (at < utf8.size()) {
    if (const wchar_t surrogate = surrogate_at(utf8, at)) {
      out += surrogate;
      at += 3;
    } else if (utf8_sequence_length(utf8.substr(at)) == 0) {
      out += kReplacement;
      ++at;
    } else {
      const std::uint32_t c = next_code_point(utf8, at);
      if (c >= 0x10000) {
        out += static_cast<wchar_t>(0xD7C0U + (c >> 10));
        out += static_cast<wchar_t>(0xDC00U | (c & 0x3FFU));
      } else {
        out += static_cast<wchar_t>(c);
      }
    }
  }
  return out;
}

std::string narrow(std::wstring_view text) {
  static_assert(sizeof(wchar_t) == 2);
  return utf16le_to_wtf8(std::as_bytes(std::span(text)));
}

std::wstring long_path(std::string_view utf8) {
  std::wstring path = wide(utf8);
  if (path.find(L'\0') != std::wstring::npos) return {};
  std::replace(path.begin(), path.end(), L'/', L'\\');
  if (starts_with(path, kLong) || starts_with(path, L"\\\\.\\")) return path;
  // Windows knows the current folder of every drive; dots are resolved here, for "\\?\" takes them
  // for names.
  const DWORD size = ::GetFullPathNameW(path.c_str(), 0, nullptr, nullptr);
  std::wstring full(size, L'\0');
  if (size == 0) return {};
  const DWORD length = ::GetFullPathNameW(path.c_str(), size, full.data(), nullptr);
  if (length == 0 || length >= size) return {};
  full.resize(length);
  if (starts_with(full, L"\\\\.\\")) return full;  // "NUL" and its kind
  if (starts_with(full, L"\\\\")) return std::wstring(kLongShare) + full.substr(2);
  return std::wstring(kLong) + full;
}

std::string shown_path(std::wstring_view path) {
  std::string out;
  if (starts_with(path, kLongShare)) {
    out = "//" + narrow(path.substr(kLongShare.size()));
  } else if (starts_with(path, kLong)) {
    out = narrow(path.substr(kLong.size()));
  } else {
    out = narrow(path);
  }
  std::replace(out.begin(), out.end(), '\\', '/');
  return out;
}

}  // namespace konseki
