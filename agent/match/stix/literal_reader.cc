#include "agent/match/stix/literal_reader.h"

#include <charconv>
#include <optional>

#include "agent/base/base64.h"

namespace konseki::stix {
namespace {

tl::unexpected<Error> refuse(const Token& token, std::string_view pattern, Bilingual what) {
  return fail(pattern_error(pattern, token.offset, std::move(what)));
}

std::optional<std::string> bytes_of_hex(std::string_view digits) {
  std::string bytes;
  if (digits.size() % 2 != 0) return std::nullopt;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    unsigned value = 0;
    const auto result = std::from_chars(digits.data() + at, digits.data() + at + 2, value, 16);
    if (result.ec != std::errc() || result.ptr != digits.data() + at + 2) return std::nullopt;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

// Strict: full groups of four, padding only at the end, at most two.
std::optional<std::string> bytes_of_base64(std::string_view text) {
  if (text.size() % 4 != 0 || text.ends_with("===")) return std::nullopt;
  const auto decoded = base64_decode(text);
  if (!decoded) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(decoded->data()), decoded->size());
}

std::string_view without_plus(std::string_view number) {
  return number.starts_with('+') ? number.substr(1) : number;
}

Result<Literal> read_number(const Token& token, std::string_view pattern) {
  Literal literal;
  literal.written = token.written;
  const std::string_view digits = without_plus(token.written);
  const char* const end = digits.data() + digits.size();
  std::from_chars_result result{};
  if (token.kind == Token::Kind::kInteger) {
    literal.kind = Literal::Kind::kInteger;
    result = std::from_chars(digits.data(), end, literal.integer);
  } else {
    literal.kind = Literal::Kind::kFloat;
    result = std::from_chars(digits.data(), end, literal.real);
  }
  if (result.ec != std::errc() || result.ptr != end) {
    return refuse(token, pattern, {"the number is too large", "数値が大きすぎます"});
  }
  return literal;
}

}  // namespace

bool is_literal(const Token& token) {
  switch (token.kind) {
    case Token::Kind::kText:
    case Token::Kind::kInstant:
    case Token::Kind::kBase64:
    case Token::Kind::kHex:
    case Token::Kind::kInteger:
    case Token::Kind::kFloat:
      return true;
    case Token::Kind::kKeyword:
      return token.written == "true" || token.written == "false";
    default:
      return false;
  }
}

Result<Literal> read_literal(const Token& token, std::string_view pattern) {
  Literal literal;
  literal.written = token.written;
  if (token.kind == Token::Kind::kInteger || token.kind == Token::Kind::kFloat) {
    return read_number(token, pattern);
  }
  if (token.kind == Token::Kind::kKeyword) {
    literal.kind = Literal::Kind::kBoolean;
    literal.boolean = token.written == "true";
  } else if (token.kind == Token::Kind::kText) {
    literal.kind = Literal::Kind::kText;
    literal.text = token.text;
  } else if (token.kind == Token::Kind::kInstant) {
    const auto instant = parse_instant(token.text);
    if (!instant) {
      return refuse(token, pattern,
                    {"no timestamp; write it as t'2026-01-31T23:59:59.123Z'",
                     "タイムスタンプではありません。t'2026-01-31T23:59:59.123Z' の形で書きます"});
    }
    literal.kind = Literal::Kind::kInstant;
    literal.instant = *instant;
  } else {
    const bool hex = token.kind == Token::Kind::kHex;
    auto bytes = hex ? bytes_of_hex(token.text) : bytes_of_base64(token.text);
    if (!bytes) {
      return refuse(token, pattern,
                    hex ? Bilingual{"h'..' needs an even number of hexadecimal digits",
                                    "h'..' には偶数個の 16 進数字が必要です"}
                        : Bilingual{"b'..' needs Base64 with its padding",
                                    "b'..' にはパディング付きの Base64 が必要です"});
    }
    literal.kind = Literal::Kind::kBinary;
    literal.text = *std::move(bytes);
  }
  return literal;
}

Result<Instant> read_seconds(const Token& token, std::string_view pattern) {
  const std::string_view number = without_plus(token.written);
  const std::size_t dot = std::min(number.find('.'), number.size());
  constexpr std::size_t kMaxDigits = 15;
  Instant seconds = 0;
  for (const char c : number.substr(0, dot)) {
    if (c < '0' || c > '9' || dot > kMaxDigits) {
      return refuse(token, pattern, {"no positive number of seconds", "正の秒数ではありません"});
    }
    seconds = seconds * 10 + (c - '0');
  }
  Instant nanos = 0;
  bool more = false;  // digits behind the ninth
  for (std::size_t i = 0; i < 9 || dot + 1 + i < number.size(); ++i) {
    const int digit = dot + 1 + i < number.size() ? number[dot + 1 + i] - '0' : 0;
    if (i < 9) {
      nanos = nanos * 10 + digit;
    } else {
      more = more || digit != 0;
    }
  }
  const Instant all = seconds * kNanosPerSecond + nanos + (more ? 1 : 0);
  if (all <= 0) {
    return refuse(token, pattern,
                  {"WITHIN needs more than 0 seconds", "WITHIN は 0 秒より長くなければなりません"});
  }
  return all;
}

Result<std::uint64_t> read_count(const Token& token, std::string_view pattern) {
  KONSEKI_ASSIGN(const Literal literal, read_number(token, pattern));
  if (literal.kind != Literal::Kind::kInteger || literal.integer < 1) {
    return refuse(token, pattern,
                  {"REPEATS needs a whole number from 1", "REPEATS には 1 以上の整数が必要です"});
  }
  return static_cast<std::uint64_t>(literal.integer);
}

}  // namespace konseki::stix
