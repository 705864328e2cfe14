#include "agent/match/stix/value_test.h"

#include <algorithm>
#include <charconv>
#include <compare>

#include "agent/base/base64.h"

namespace konseki::stix {
namespace {

enum class Encoding { kNone, kBase64, kHex };

// By the name of the property that the value belongs to: the last key of the path.
Encoding encoding_of(const ObjectPath& path) {
  for (auto step = path.steps.rbegin(); step != path.steps.rend(); ++step) {
    if (step->kind != PathStep::Kind::kKey) continue;
    if (step->key.ends_with("_bin")) return Encoding::kBase64;
    return step->key.ends_with("_hex") ? Encoding::kHex : Encoding::kNone;
  }
  return Encoding::kNone;
}

std::optional<std::string> decoded(std::string_view text, Encoding encoding) {
  std::string bytes;
  if (encoding == Encoding::kBase64) {
    const auto plain = base64_decode(text);
    if (!plain) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(plain->data()), plain->size());
  }
  if (text.size() % 2 != 0) return std::nullopt;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    unsigned byte = 0;
    const auto result = std::from_chars(text.data() + at, text.data() + at + 2, byte, 16);
    if (result.ec != std::errc() || result.ptr != text.data() + at + 2) return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

template <class T>
std::partial_ordering order_of(const T& a, const T& b) {
  return a < b   ? std::partial_ordering::less
         : b < a ? std::partial_ordering::greater
                 : std::partial_ordering::equivalent;
}

// char compares signed; std::string compares bytes unsigned, which is code-point order of UTF-8.
std::partial_ordering order_of_text(const std::string& a, const std::string& b) {
  return order_of(a.compare(b), 0);
}

constexpr auto kIncompatible = std::partial_ordering::unordered;

std::partial_ordering text_order(const std::string& text, const Literal& literal,
                                 Encoding encoding) {
  if (literal.kind == Literal::Kind::kInstant) {
    const auto instant = parse_instant(text);
    return instant ? order_of(*instant, literal.instant) : kIncompatible;
  }
  if (literal.kind == Literal::Kind::kText && encoding == Encoding::kNone) {
    return order_of_text(text, literal.text);
  }
  if (literal.kind != Literal::Kind::kText && literal.kind != Literal::Kind::kBinary) {
    return kIncompatible;
  }
  // One side is bytes; the other becomes bytes if it can.
  const auto left = encoding == Encoding::kNone ? to_bytes(text) : decoded(text, encoding);
  const auto right =
      literal.kind == Literal::Kind::kText ? to_bytes(literal.text) : std::optional(literal.text);
  return left && right ? order_of_text(*left, *right) : kIncompatible;
}

std::partial_ordering order_with(const Value& value, const Literal& literal, Encoding encoding) {
  const bool number =
      literal.kind == Literal::Kind::kInteger || literal.kind == Literal::Kind::kFloat;
  switch (value.kind) {
    case Value::Kind::kText:
      return text_order(value.text, literal, encoding);
    case Value::Kind::kBoolean:
      return literal.kind == Literal::Kind::kBoolean ? order_of(value.boolean, literal.boolean)
                                                     : kIncompatible;
    case Value::Kind::kInteger:
    case Value::Kind::kFloat: {
      if (!number) return kIncompatible;
      const bool both_whole =
          value.kind == Value::Kind::kInteger && literal.kind == Literal::Kind::kInteger;
      if (both_whole) return order_of(value.integer, literal.integer);
      const auto real = [](bool whole, std::int64_t integer, double fraction) {
        return whole ? static_cast<long double>(integer) : static_cast<long double>(fraction);
      };
      return order_of(real(value.kind == Value::Kind::kInteger, value.integer, value.real),
                      real(literal.kind == Literal::Kind::kInteger, literal.integer, literal.real));
    }
    default:
      return kIncompatible;
  }
}

bool in_set(const Comparison& comparison, const Value& value, Encoding encoding) {
  const std::vector<Literal>& members = comparison.values;
  if (members.empty()) return false;
  const bool sorted_texts = members.front().kind == Literal::Kind::kText;
  if (sorted_texts && value.kind == Value::Kind::kText && encoding == Encoding::kNone) {
    const auto found = std::lower_bound(
        members.begin(), members.end(), value.text,
        [](const Literal& member, const std::string& text) { return member.text < text; });
    return found != members.end() && found->text == value.text;
  }
  return std::any_of(members.begin(), members.end(), [&](const Literal& member) {
    return order_with(value, member, encoding) == std::partial_ordering::equivalent;
  });
}

Result<bool> fits_expression(const Comparison& comparison, const Value& value, Encoding encoding) {
  if (value.kind != Value::Kind::kText) return false;
  if (encoding == Encoding::kNone) return comparison.text_pattern->matches_text(value.text);
  const auto bytes = decoded(value.text, encoding);
  if (!bytes) return false;
  return comparison.text_pattern->matches_bytes(*bytes);
}

bool fits_network(const Comparison& comparison, const Value& value) {
  if (value.kind != Value::Kind::kText || !comparison.network) return false;
  const auto network = parse_ip_network(value.text);
  if (!network) return false;
  return comparison.op == Operator::kSubset ? comparison.network->contains(*network)
                                            : network->contains(*comparison.network);
}

}  // namespace

Result<bool> value_fits(const Comparison& comparison, const Value& value) {
  const Encoding encoding = encoding_of(comparison.path);
  const auto order = [&] { return order_with(value, comparison.values.front(), encoding); };
  switch (comparison.op) {
    case Operator::kEqual:
      return order() == std::partial_ordering::equivalent;
    case Operator::kNotEqual:
      return order() != std::partial_ordering::equivalent;
    case Operator::kLess:
      return order() == std::partial_ordering::less;
    case Operator::kLessEqual:
      return order() <= 0;
    case Operator::kGreater:
      return order() == std::partial_ordering::greater;
    case Operator::kGreaterEqual:
      return order() >= 0;
    case Operator::kIn:
      return in_set(comparison, value, encoding);
    case Operator::kLike:
    case Operator::kMatches:
      return fits_expression(comparison, value, encoding);
    case Operator::kSubset:
    case Operator::kSuperset:
      return fits_network(comparison, value);
    case Operator::kExists:
      return true;
  }
  return fail(ErrorCode::kInternal, "operator");
}

}  // namespace konseki::stix
