#include "agent/match/indicators/feed_text.h"

#include <algorithm>
#include <span>

#include "agent/base/cp932.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::size_t kRun = std::size_t{64} << 10;
constexpr std::size_t kMaxLine = std::size_t{1} << 20;
constexpr std::size_t kLongestCharacter = 4;

std::span<const std::byte> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// How many bytes at the end begin a character of UTF-8 that is not whole.
std::size_t open_utf8(std::string_view bytes) {
  for (std::size_t back = 1; back < kLongestCharacter && back <= bytes.size(); ++back) {
    const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
    if (byte < 0x80) return 0;
    if (byte < 0xC0) continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}

// The part of `bytes` that is whole characters of code page 932, from a known start of one.
std::size_t whole_cp932(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::string_view rest = bytes.substr(at);
    const auto first = static_cast<unsigned char>(rest[0]);
    const bool is_lead = (first >= 0x81 && first <= 0x9F) || (first >= 0xE0 && first <= 0xFC);
    if (is_lead && rest.size() == 1) return at;
    at += std::max<std::size_t>(1, cp932_sequence_length(rest));
  }
  return at;
}

// ASCII text in UTF-16 without a mark has a NUL in every second place.
bool looks_utf16(std::string_view head, bool big_endian) {
  const std::size_t pairs = std::min<std::size_t>(head.size(), 256) / 2;
  std::size_t zeros = 0;
  for (std::size_t i = 0; i < pairs; ++i) {
    const char high = head[2 * i + (big_endian ? 0 : 1)];
    const char low = head[2 * i + (big_endian ? 1 : 0)];
    if (high == '\0' && low != '\0') ++zeros;
    if (low == '\0') return false;
  }
  return pairs > 0 && zeros * 2 > pairs;
}

bool names_latin1(std::string_view head) {
  head = head.substr(0, 200);
  if (!head.starts_with("<?xml")) return false;
  const std::string folded = fold_case(head.substr(0, head.find("?>")));
  return folded.find("iso-8859-1") != std::string::npos ||
         folded.find("windows-1252") != std::string::npos;
}

}  // namespace

std::string_view encoding_name(FeedText::Encoding encoding) {
  switch (encoding) {
    case FeedText::Encoding::kAscii:
      return "ASCII";
    case FeedText::Encoding::kUtf8:
      return "UTF-8";
    case FeedText::Encoding::kUtf8Bom:
      return "UTF-8 with BOM";
    case FeedText::Encoding::kUtf16Le:
      return "UTF-16LE";
    case FeedText::Encoding::kUtf16Be:
      return "UTF-16BE";
    case FeedText::Encoding::kCp932:
      return "CP932";
    case FeedText::Encoding::kLatin1:
      return "ISO-8859-1";
  }
  return {};
}

void FeedText::rewind() {
  offset_ = 0;
  encoding_ = Encoding::kAscii;
  substituted_ = 0;
  started_ = false;
  rest_.clear();
}

// Looks at the first bytes, and takes a mark off them.
void FeedText::start() {
  started_ = true;
  const std::string_view head = rest_;
  if (head.starts_with("\xEF\xBB\xBF")) {
    encoding_ = Encoding::kUtf8Bom;
    rest_.erase(0, 3);
  } else if (head.starts_with("\xFF\xFE")) {
    encoding_ = Encoding::kUtf16Le;
    rest_.erase(0, 2);
  } else if (head.starts_with("\xFE\xFF")) {
    encoding_ = Encoding::kUtf16Be;
    rest_.erase(0, 2);
  } else if (looks_utf16(head, false)) {
    encoding_ = Encoding::kUtf16Le;
  } else if (looks_utf16(head, true)) {
    encoding_ = Encoding::kUtf16Be;
  } else if (names_latin1(head)) {
    encoding_ = Encoding::kLatin1;
  }
}

void FeedText::decide(std::string_view bytes) {
  if (is_ascii(bytes)) return;
  const std::string_view whole = bytes.substr(0, bytes.size() - open_utf8(bytes));
  const bool is_cp932_only =
      !is_well_formed_utf8(whole) && is_cp932(bytes.substr(0, whole_cp932(bytes)));
  encoding_ = is_cp932_only ? Encoding::kCp932 : Encoding::kUtf8;
}

void FeedText::decode_bytes(std::string_view bytes, bool is_last) {
  if (encoding_ == Encoding::kAscii) decide(bytes);
  if (encoding_ == Encoding::kCp932) {
    const std::size_t whole = is_last ? bytes.size() : whole_cp932(bytes);
    std::string_view rest = bytes.substr(0, whole);
    while (!rest.empty()) {
      const std::size_t length = cp932_sequence_length(rest);
      if (length == 0) ++substituted_;
      append_cp932(text_, rest.substr(0, std::max<std::size_t>(1, length)));
      rest.remove_prefix(std::max<std::size_t>(1, length));
    }
    rest_ = bytes.substr(whole);
    return;
  }
  if (encoding_ == Encoding::kLatin1) {
    for (const char c : bytes) append_code_point(text_, static_cast<unsigned char>(c));
    rest_.clear();
    return;
  }
  const std::size_t whole = bytes.size() - (is_last ? 0 : open_utf8(bytes));
  std::string_view rest = bytes.substr(0, whole);
  if (is_well_formed_utf8(rest)) {
    text_.append(rest);
  } else {
    while (!rest.empty()) {
      if (utf8_sequence_length(rest) == 0) ++substituted_;
      rest.remove_prefix(append_well_formed(text_, rest));
    }
  }
  rest_ = bytes.substr(whole);
}

void FeedText::decode_utf16(std::string_view bytes, bool is_last) {
  std::size_t whole = bytes.size() & ~std::size_t{1};
  if (!is_last && whole >= 2) {  // the first half of a pair waits for the second
    const std::size_t high = whole - (encoding_ == Encoding::kUtf16Le ? 1 : 2);
    if ((static_cast<unsigned char>(bytes[high]) & 0xFC) == 0xD8) whole -= 2;
  }
  std::string units(bytes.substr(0, whole));
  if (encoding_ == Encoding::kUtf16Be) {
    for (std::size_t i = 0; i + 1 < units.size(); i += 2) std::swap(units[i], units[i + 1]);
  }
  text_ = to_well_formed(utf16le_to_wtf8(bytes_of(units)));
  rest_ = bytes.substr(whole);
}

void FeedText::decode(std::string_view bytes, bool is_last) {
  text_.clear();
  if (encoding_ == Encoding::kUtf16Le || encoding_ == Encoding::kUtf16Be) {
    decode_utf16(bytes, is_last);
  } else {
    decode_bytes(bytes, is_last);
  }
}

Result<std::string_view> FeedText::next() {
  raw_.resize(kRun);
  for (;;) {
    KONSEKI_ASSIGN(const std::size_t got, reader_.read_at(offset_, raw_));
    offset_ += got;
    if (got == 0 && rest_.empty()) return std::string_view{};
    rest_.append(reinterpret_cast<const char*>(raw_.data()), got);
    if (!started_) start();
    const std::string bytes = std::move(rest_);
    rest_.clear();
    decode(bytes, got == 0);
    if (got == 0) rest_.clear();
    if (!text_.empty() || got == 0) return std::string_view(text_);
  }
}

Result<bool> FeedLines::next() {
  line_.clear();
  too_long_ = false;
  if (ended_) return false;
  for (;;) {
    if (after_return_ && !run_.empty()) {
      if (run_.front() == '\n') run_.remove_prefix(1);
      after_return_ = false;
    }
    const std::size_t end = std::min(run_.find_first_of("\r\n"), run_.size());
    const std::size_t room = kMaxLine - line_.size();
    line_.append(run_.substr(0, std::min(end, room)));
    if (end > room) too_long_ = true;
    if (end < run_.size()) {
      after_return_ = run_[end] == '\r';
      run_.remove_prefix(end + 1);
      ++number_;
      return true;
    }
    KONSEKI_ASSIGN(run_, text_.next());
    if (run_.empty()) {
      ended_ = true;
      if (line_.empty()) return false;
      ++number_;
      return true;
    }
  }
}

}  // namespace konseki
