// FeedText: the bytes of a feed as UTF-8, in runs of bounded size, whatever they were written in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

// A byte order mark decides; without one, UTF-16 is told by its NULs among the first bytes. Else
// the first run that is not ASCII decides for all that follow: UTF-8 where it is well-formed,
// code page 932 where every byte of it is a character of that, and UTF-8 with %XX in the place of
// bytes that are no characters in all other cases. XML that names ISO-8859-1 or windows-1252 is
// believed. Deterministic: runs begin at fixed offsets of the file. Not thread-safe.
class FeedText {
 public:
  enum class Encoding { kAscii, kUtf8, kUtf8Bom, kUtf16Le, kUtf16Be, kCp932, kLatin1 };

  explicit FeedText(ByteReader& reader) : reader_(reader) {}

  // The next run, valid until the next call; empty at the end.
  Result<std::string_view> next();
  // Back to the first byte; what was found out of the encoding is forgotten too.
  void rewind();

  Encoding encoding() const { return encoding_; }
  // Bytes that stand for no character in the encoding found; each became %XX.
  std::uint64_t substituted() const { return substituted_; }

 private:
  void start();
  void decode(std::string_view bytes, bool is_last);
  void decode_bytes(std::string_view bytes, bool is_last);
  void decode_utf16(std::string_view bytes, bool is_last);
  void decide(std::string_view bytes);

  ByteReader& reader_;
  std::uint64_t offset_ = 0;
  Encoding encoding_ = Encoding::kAscii;
  std::uint64_t substituted_ = 0;
  bool started_ = false;
  std::vector<std::byte> raw_;
  std::string rest_;  // bytes of a character whose end is in the next run
  std::string text_;
};

// "UTF-8", "UTF-8 with BOM", "UTF-16LE", ...: for people, the same in every language.
std::string_view encoding_name(FeedText::Encoding encoding);

// Steps through lines ("\n", "\r\n" or "\r"). Lines over 1 MiB are cut there; `too_long()` says so.
class FeedLines {
 public:
  explicit FeedLines(FeedText& text) : text_(text) {}

  // False at the end. The line is valid until the next call.
  Result<bool> next();
  std::string_view line() const { return line_; }
  std::uint64_t number() const { return number_; }  // from 1
  bool too_long() const { return too_long_; }

 private:
  FeedText& text_;
  std::string_view run_;
  std::string line_;
  std::uint64_t number_ = 0;
  bool too_long_ = false;
  bool after_return_ = false;
  bool ended_ = false;
};

}  // namespace konseki
