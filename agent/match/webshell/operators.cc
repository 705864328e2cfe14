// Operators: what two operands make.
#include <algorithm>

#include "agent/match/webshell/decode.h"
#include "agent/match/webshell/interpreter.h"

namespace konseki::webshell {
namespace {

bool is_digest(std::string_view text) {
  if (text.size() != 32 && text.size() != 40 && text.size() != 64 && text.size() != 16)
    return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

// "compress.zlib://", "file:///", "php://filter/…/resource=": the file is what follows.
bool opens_what_follows(std::string_view text) {
  const bool ends = text.ends_with("://") || text.ends_with(":///") || text.ends_with("resource=");
  return ends && text.find("http") == std::string_view::npos &&
         text.find("ftp") == std::string_view::npos;
}

}  // namespace

bool is_web_address(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

Value Interpreter::concatenated(const Value& left, const Value& right) {
  if (left.kind != Value::Kind::kUnknown && right.kind != Value::Kind::kUnknown) {
    const auto one = text_of(left, arena_);
    const auto other = text_of(right, arena_);
    if (one && other && one->size() + other->size() <= kMaxText) {
      const std::string_view kept = arena_.append(*one, *other);
      if (kept.size() == one->size() + other->size()) {
        Value value = Value::of_text(kept, (left.traits | right.traits | kBuilt) & ~kPrefixed);
        if (kept.size() >= 48 && kept.size() < 4096 && looks_encoded(kept)) value.traits |= kBlob;
        return value;
      }
    }
  }
  if (right.is_text() && right.text.empty()) return left;  // "$path/$name": nothing follows
  Value value = Value::unknown((left.traits | right.traits) & ~(kPrefixed | kScriptName | kBuilt));
  if (left.is_text() && is_web_address(left.text)) {
    value.traits |= kWebAddress;
    if (left.has(kDecoded)) value.traits |= kHiddenHost;
  }
  // Nothing, or a comment of code.
  const bool empty_left =
      left.is_text() &&
      (left.text.empty() || (left.text.starts_with("/*") && left.text.ends_with("*/")));
  if (empty_left || (left.is_text() && opens_what_follows(left.text))) {
    value.traits |= right.traits & kPrefixed;
  } else if (left.kind != Value::Kind::kUnknown || left.has(kPrefixed) ||
             (!left.has(kForeign | kDecoded) && right.has(kForeign))) {
    value.traits |= kPrefixed;
  }
  if (script_name(right)) value.traits |= kScriptName;
  return value;
}

Value Interpreter::bitwise(char op, const Value& left, const Value& right) {
  if (left.is_number() && right.is_number()) {
    const std::int64_t number = op == '^'   ? left.number ^ right.number
                                : op == '|' ? left.number | right.number
                                            : left.number & right.number;
    return Value::of_number(number, left.traits | right.traits);
  }
  if (left.is_text() && right.is_text() && php()) {
    std::string text;
    const std::size_t size = op == '|' ? std::max(left.text.size(), right.text.size())
                                       : std::min(left.text.size(), right.text.size());
    for (std::size_t i = 0; i < size; ++i) {
      const int a = i < left.text.size() ? static_cast<unsigned char>(left.text[i]) : 0;
      const int b = i < right.text.size() ? static_cast<unsigned char>(right.text[i]) : 0;
      text += static_cast<char>(op == '^' ? a ^ b : op == '|' ? a | b : a & b);
    }
    return Value::of_text(arena_.keep(text), left.traits | right.traits | kDecoded | kBuilt);
  }
  if (left.is_number() || right.is_number()) {
    const auto a = number_of(left);
    const auto b = number_of(right);
    if (a && b) {
      return Value::of_number(op == '^'   ? *a ^ *b
                              : op == '|' ? *a | *b
                                          : *a & *b,
                              left.traits | right.traits);
    }
  }
  return Value::unknown(left.traits | right.traits |
                        (op == '^' ? static_cast<std::uint32_t>(kDecoded | kOpaque) : 0U));
}

Value Interpreter::compared(const Value& left, const Value& right, const Token& op) {
  const Value& input = left.has(kInput) ? left : right;
  const Value& other = left.has(kInput) ? right : left;
  if (left.type == "input digest" || right.type == "input digest" ||
      (input.has(kInput) && other.is_text() && is_digest(other.text))) {
    const bool built_in =
        (left.is_text() && is_digest(left.text)) || (right.is_text() && is_digest(right.text));
    fact(FactKind::kGate, built_in ? "digest" : "compare");
  }
  if (left.is_text() != right.is_text())
    compare_kind(left.is_text() ? right : left, left.is_text() ? left : right);
  if (left.kind == Value::Kind::kUnknown || right.kind == Value::Kind::kUnknown) return {};
  if (left.is_text() && right.is_text()) {
    const bool equal = left.text == right.text;
    if (op.is("==") || op.is("===") || op.is("=") || op.name("eq")) return Value::of_number(equal);
    if (op.is("!=") || op.is("!==") || op.is("<>") || op.name("ne"))
      return Value::of_number(!equal);
    if (equal) return Value::of_number(op.is("<=") || op.is(">="));
    return Value::of_number(op.is("<") || op.is("<=") ? left.text < right.text
                                                      : left.text > right.text);
  }
  const auto a = number_of(left);
  const auto b = number_of(right);
  if (!a || !b) return {};
  switch (op.sign) {
    case sign("=="):
    case sign("==="):
    case sign("="):
      return Value::of_number(*a == *b);
    case sign("!="):
    case sign("!=="):
    case sign("<>"):
      return Value::of_number(*a != *b);
    case sign("<"):
      return Value::of_number(*a < *b);
    case sign(">"):
      return Value::of_number(*a > *b);
    case sign("<="):
      return Value::of_number(*a <= *b);
    case sign(">="):
      return Value::of_number(*a >= *b);
    default:
      return {};
  }
}

// `and`, `or` of what is known; one side may settle it.
Value Interpreter::joined(const Value& left, const Value& right, bool both) {
  const auto truth = [](const Value& value) -> std::optional<bool> {
    if (value.is_number()) return value.number != 0;
    if (value.is_text()) return !value.text.empty() && value.text != "0";
    return std::nullopt;
  };
  const auto a = truth(left);
  const auto b = truth(right);
  if ((a && *a != both) || (b && *b != both)) return Value::of_number(both ? 0 : 1);
  return a && b ? Value::of_number(both ? 1 : 0) : Value{};
}

Value Interpreter::combine(const Token& op, const Operand& first, const Operand& second) {
  const Value& left = first.value;
  const Value& right = second.value;
  if (op.kind == TokenKind::kName) {
    if (op.text == "x") return Value::unknown(left.traits);
    if (op.text == "as" || op.text == "in") return left;
    if (op.text == "or" || op.text == "xor" || op.text == "and") {
      // PHP's `$a = x or die`, VBScript's bit arithmetic: the left one is what matters.
      return Value{};
    }
    return compared(left, right, op);
  }
  switch (op.sign) {
    case sign("."):
      return concatenated(left, right);
    case sign("&"):
      if (basic() || language() == ScriptLanguage::kCfml) return concatenated(left, right);
      return bitwise('&', left, right);
    case sign("|"):
      return bitwise('|', left, right);
    case sign("^"):
      return bitwise('^', left, right);
    case sign("+"):
      if (!sigils() && !(left.is_number() && right.is_number())) return concatenated(left, right);
      break;
    case sign("=~"): {
      // A match gives on what it matched: $1 and the changed variable.
      frame_->at("1") = Value::unknown(left.traits);
      frame_->at("2") = Value::unknown(left.traits);
      return Value::unknown(left.traits);
    }
    case sign("||"):
      if (!php()) return merged(left, right);
      return joined(left, right, false);
    case sign("&&"):
      return joined(left, right, true);
    case sign("=="):
    case sign("==="):
    case sign("!="):
    case sign("!=="):
    case sign("<>"):
    case sign("="):
    case sign("<"):
    case sign(">"):
    case sign("<="):
    case sign(">="):
      return compared(left, right, op);
    case sign("%"):
      // Python's and others' formatting.
      if (python() && !left.is_number()) {
        return Value::unknown(left.traits | right.traits);
      }
      break;
    default:
      break;
  }
  const std::uint32_t traits = (left.traits | right.traits) & ~(kForeign | kStored | kRemote);
  const auto a = number_of(left);
  const auto b = number_of(right);
  if (!a || !b) return Value::unknown(traits | kOpaque);
  const auto x = static_cast<std::uint64_t>(*a);
  const auto y = static_cast<std::uint64_t>(*b);
  switch (op.sign) {
    case sign("+"):
      return Value::of_number(static_cast<std::int64_t>(x + y), traits);
    case sign("-"):
      return Value::of_number(static_cast<std::int64_t>(x - y), traits);
    case sign("*"):
      return Value::of_number(static_cast<std::int64_t>(x * y), traits);
    case sign("/"):
      if (*b == 0 || *b == -1) return Value::unknown(traits);
      return Value::of_number(*a / *b, traits);
    case sign("%"):
      if (*b == 0 || *b == -1) return Value::unknown(traits);
      return Value::of_number(*a % *b, traits);
    case sign("<<"):
      return Value::of_number(static_cast<std::int64_t>(x << (y & 63)), traits);
    case sign(">>"):
      return Value::of_number(*a >> (y & 63), traits);
    default:
      return Value::unknown(traits);
  }
}

}  // namespace konseki::webshell
