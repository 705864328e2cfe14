// Expressions of all languages: one precedence parser, told apart where they differ.
#include <algorithm>
#include <charconv>

#include "agent/match/webshell/decode.h"
#include "agent/match/webshell/interpreter.h"

namespace konseki::webshell {
namespace {

constexpr int kMostDepth = 200;

// A step deeper for as long as it lives.
class Depth {
 public:
  explicit Depth(int& depth) : depth_(depth) { ++depth_; }
  ~Depth() { --depth_; }

 private:
  int& depth_;
};

bool is_assignment(const Token& token) {
  if (token.kind != TokenKind::kSign) return false;
  switch (token.sign) {
    case sign("="):
    case sign(".="):
    case sign("+="):
    case sign("-="):
    case sign("*="):
    case sign("/="):
    case sign("%="):
    case sign("^="):
    case sign("|="):
    case sign("&="):
    case sign("?\?="):
    case sign("<<="):
    case sign(">>="):
    case sign("**="):
      return true;
    default:
      return false;
  }
}

// "a" after "Z" and so on: PHP's ++ on texts.
std::string incremented(std::string_view text) {
  std::string out(text);
  for (std::size_t i = out.size(); i-- > 0;) {
    char& c = out[i];
    if (c == 'z' || c == 'Z' || c == '9') {
      const char first = c == 'z' ? 'a' : c == 'Z' ? 'A' : '0';
      c = first;
      if (i == 0) out.insert(out.begin(), first == '0' ? '1' : first);
      continue;
    }
    if ((c >= 'a' && c < 'z') || (c >= 'A' && c < 'Z') || (c >= '0' && c < '9')) ++c;
    break;
  }
  return out;
}

bool is_digest(std::string_view text) {
  if (text.size() != 32 && text.size() != 40 && text.size() != 64 && text.size() != 16)
    return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

}  // namespace

int Interpreter::precedence(const Token& token) const {
  if (token.kind == TokenKind::kName) {
    if (token.text == "or" || token.text == "xor") return 2;
    if (token.text == "and" || token.text == "andalso" || token.text == "orelse") return 3;
    if (token.text == "instanceof" || token.text == "is" || token.text == "like" ||
        token.text == "isnot" || token.text == "eq" || token.text == "ne" || token.text == "neq" ||
        token.text == "gt" || token.text == "lt" || token.text == "contains") {
      return 11;
    }
    if (token.text == "in" && language() != ScriptLanguage::kPhp) return 11;
    if (token.text == "mod") return 15;
    if (token.text == "x" && perl()) return 15;
    if (token.text == "as" && language() == ScriptLanguage::kCSharp) return 11;
    return 0;
  }
  if (token.kind != TokenKind::kSign) return 0;
  switch (token.sign) {
    case sign("?"):
    case sign("??"):
      return 5;
    case sign("||"):
      return 6;
    case sign("&&"):
      return 7;
    case sign("|"):
      return 8;
    case sign("^"):
      return 9;
    case sign("&"):
      return basic() || language() == ScriptLanguage::kCfml ? 13 : 10;
    case sign("="):
      return basic() ? 11 : 0;
    case sign("=="):
    case sign("==="):
    case sign("!="):
    case sign("!=="):
    case sign("<>"):
    case sign("<"):
    case sign(">"):
    case sign("<="):
    case sign(">="):
    case sign("<=>"):
    case sign("=~"):
    case sign("!~"):
      return 11;
    case sign("<<"):
    case sign(">>"):
      return 12;
    case sign("."):
      return sigils() ? 14 : 0;
    case sign("+"):
    case sign("-"):
      return 14;
    case sign("*"):
    case sign("/"):
    case sign("%"):
      return 15;
    case sign("**"):
      return 17;
    default:
      return 0;
  }
}

Interpreter::Operand Interpreter::operand(int minimum) {
  const Depth depth(depth_);
  if (!step()) return {};
  if (depth_ > kMostDepth) {
    // Deeper than people write: the bracket is stepped over.
    facts_.cut = true;
    const std::uint32_t match = now().match;
    at_ = match > at_ && match < end_ ? match + 1 : std::min(at_ + 1, end_);
    return {};
  }
  Operand left = unary();
  if (assignment(left)) return left;
  while (true) {
    const Token& op = now();
    const int strength = precedence(op);
    if (strength == 0 || strength < minimum) return left;
    ++at_;
    if (op.is("?")) {
      Value yes = left.value;
      if (now().is(":")) {
        ++at_;
      } else {
        yes = expression(2);
        if (now().is(":")) ++at_;
      }
      const Value no = expression(5);
      left = Operand{merged(yes, no), {}, {}};
      continue;
    }
    if (op.is("??")) {
      const Value other = expression(5);
      left = Operand{merged(left.value, other), {}, {}};
      continue;
    }
    const Operand right = operand(strength + 1);
    left = Operand{combine(op, left, right), {}, {}};
  }
}

bool Interpreter::assignment(Operand& left) {
  const Token& op = now();
  if (!is_assignment(op) || basic() || left.place.kind == Place::Kind::kNone) return false;
  ++at_;
  if (op.sign == sign("=") && now().is("&")) ++at_;  // by reference
  const Value right = expression(2);
  if (op.sign == sign("=")) {
    left.value = right;
  } else if (op.sign == sign("?\?=")) {
    left.value = merged(left.value, right);
  } else {
    Value old = left.value;
    // What nobody set starts empty: it is no input.
    if (!old.is_text() && !old.is_number() && old.has(kUndefined)) old = Value::of_text({});
    Token plain = op;
    plain.text = plain.text.substr(0, plain.text.size() - 1);
    plain.sign = op.sign == sign("**=") ? sign("**") : (op.sign & 0xff);
    if (op.sign == sign("+=") && !php() && !perl()) {
      left.value = concatenated(old, right);
    } else if (op.sign == sign(".=") ||
               (op.sign == sign("&=") && language() == ScriptLanguage::kCfml)) {
      left.value = concatenated(old, right);
    } else {
      left.value = combine(plain, Operand{old, {}, {}}, Operand{right, {}, {}});
    }
  }
  // ASP.NET: process.StartInfo.FileName = …
  if (!sigils() && !left.path.empty()) {
    const std::size_t dot = left.path.rfind('.');
    if (dot != std::string_view::npos) {
      if (const NameEntry* known = entry(left.path.substr(dot));
          known != nullptr && known->role == Role::kCommand) {
        Arguments arguments;
        arguments.values[0] = left.value;
        arguments.count = 1;
        arguments.traits = left.value.traits;
        apply(*known, arguments, nullptr, nullptr);
      }
    }
  }
  assign(left.place, left.value);
  return true;
}

// Perl's variables are the whole script's unless `my` made them, PHP's are where `global` says so.
Frame& Interpreter::owner_of(std::string_view name) {
  if (php()) return frame_->shares(name) ? global_ : *frame_;
  return perl() && frame_->find(name) == nullptr ? global_ : *frame_;
}

void Interpreter::assign(const Place& place, Value value) {
  switch (place.kind) {
    case Place::Kind::kNone:
      return;
    case Place::Kind::kVariable: {
      if (place.name == "$$") {
        if (value.has(kForeign)) frame_->foreign = true;
        return;
      }
      Value& slot = owner_of(place.name).at(place.name);
      // Under a condition the old value may stay: input stays input.
      if (condition_ > 0 && slot.has(kForeign) && !value.has(kForeign)) {
        value.traits |= slot.traits;
        value.kind = Value::Kind::kUnknown;
      }
      if (value.type.empty()) value.type = slot.type;
      slot = value;
      return;
    }
    case Place::Kind::kField: {
      Value& slot = global_.at(place.name);
      if (!value.has(kForeign) && slot.has(kForeign)) value.traits |= slot.traits & kForeign;
      slot = value;
      return;
    }
    case Place::Kind::kElement: {
      Frame& owner = place.name.starts_with("->") || (frame_->find(place.name) == nullptr &&
                                                      global_.find(place.name) != nullptr)
                         ? global_
                         : owner_of(place.name);
      Value& slot = owner.at(place.name);
      // A text with one character changed is made by arithmetic.
      if (slot.is_text() && !slot.text.empty()) {
        slot.kind = Value::Kind::kUnknown;
        slot.traits |= value.traits | kOpaque;
        return;
      }
      if (slot.array == nullptr) {
        slot.array = make_array();
        if (slot.array == nullptr) return;
        if (slot.kind != Value::Kind::kUnknown || slot.has(kUndefined)) slot.traits = 0;
        slot.kind = Value::Kind::kArray;
      }
      slot.traits |= value.traits & ~kBuilt;
      if (value.array != nullptr && slot.kind == Value::Kind::kUnknown) return;
      if (++elements_ > 400'000) return;
      if (place.known_key) {
        if (Value* old =
                slot.array->elements.size() < 4096 ? slot.array->find(place.key) : nullptr) {
          *old = value;
        } else {
          slot.array->elements.emplace_back(place.key, value);
        }
      } else {
        slot.array->elements.emplace_back(arena_.keep(std::to_string(slot.array->next++)), value);
      }
      return;
    }
  }
}

void Interpreter::assign_list(std::span<const Place> places, const Value& list) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool known = list.kind == Value::Kind::kArray && i < list.array->elements.size();
    assign(places[i], known ? list.array->elements[i].second
                            : Value::unknown(list.traits & ~(kPrefixed | kBuilt)));
  }
}

Value Interpreter::merged(const Value& one, const Value& other) const {
  Value value;
  if (one.is_text() && other.is_text()) {
    value = one.text.size() >= other.text.size() ? one : other;
  } else if (one.kind == Value::Kind::kUnknown || other.kind == Value::Kind::kUnknown) {
    value = one.kind == Value::Kind::kUnknown ? one : other;
    value.kind = Value::Kind::kUnknown;
  } else {
    value = one;
  }
  if (value.type.empty()) value.type = one.type.empty() ? other.type : one.type;
  value.traits = (one.traits | other.traits) & ~kPrefixed;
  value.traits |= one.traits & other.traits & kPrefixed;
  if (!one.has(kForeign) || !other.has(kForeign)) {
    // One branch is a constant: the other alone decides how it begins.
    value.traits |= (one.has(kForeign) ? one.traits : other.traits) & kPrefixed;
  }
  return value;
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
  Value value = Value::unknown((left.traits | right.traits) & ~(kPrefixed | kScriptName | kBuilt));
  const bool empty_left = left.is_text() && left.text.empty();
  if (empty_left) {
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
    fact(FactKind::kGate, "compare");
  }
  if (left.kind == Value::Kind::kUnknown || right.kind == Value::Kind::kUnknown) return {};
  if (left.is_text() && right.is_text()) {
    const bool equal = left.text == right.text;
    if (op.is("==") || op.is("===") || op.is("=") || op.name("eq")) return Value::of_number(equal);
    if (op.is("!=") || op.is("!==") || op.is("<>") || op.name("ne"))
      return Value::of_number(!equal);
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
      if (!php() && !perl()) return merged(left, right);
      if (perl()) return merged(left, right);
      return {};
    case sign("&&"):
      return {};
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
      if (language() == ScriptLanguage::kPython && !left.is_number()) {
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

Value Interpreter::text_value(const Token& token) const {
  std::uint32_t traits = token.escaped ? kBuilt : 0U;
  if (token.text.size() >= 48 && looks_encoded(token.text)) traits |= kBlob;
  return Value::of_text(token.text, traits);
}

Interpreter::Operand Interpreter::unary() {
  const Token& token = now();
  if (token.kind == TokenKind::kSign) {
    switch (token.sign) {
      case sign("!"): {
        ++at_;
        const Value value = operand(16).value;
        if (value.is_number()) return {Value::of_number(value.number == 0), {}, {}};
        if (value.is_text()) return {Value::of_number(value.text.empty()), {}, {}};
        return {};
      }
      case sign("-"):
      case sign("+"): {
        ++at_;
        const Value value = operand(16).value;
        const auto number = number_of(value);
        if (!number) return {};
        return {
            Value::of_number(token.sign == sign("-") && *number != INT64_MIN ? -*number : *number,
                             value.traits),
            {},
            {}};
      }
      case sign("~"): {
        ++at_;
        Value value = operand(16).value;
        if (value.is_text()) {
          std::string text(value.text);
          for (char& c : text) c = static_cast<char>(~c);
          return {Value::of_text(arena_.keep(text), value.traits | kDecoded | kBuilt), {}, {}};
        }
        if (value.is_number()) value.number = ~value.number;
        return {value, {}, {}};
      }
      case sign("@"):
      case sign("&"):
      case sign("..."):
      case sign("*"):
      case sign("\\"):
        ++at_;
        return unary();
      case sign("++"):
      case sign("--"): {
        ++at_;
        Operand target = unary();
        if (target.value.is_text() && php() && token.sign == sign("++") &&
            !target.value.text.empty()) {
          target.value = Value::of_text(arena_.keep(incremented(target.value.text)),
                                        target.value.traits | kBuilt);
        } else if (const auto number = number_of(target.value)) {
          target.value =
              Value::of_number(*number + (token.sign == sign("++") ? 1 : -1), target.value.traits);
        } else {
          target.value = Value::unknown();
        }
        assign(target.place, target.value);
        return target;
      }
      case sign("("): {
        bool number = false;
        if (skip_cast(number)) {
          Operand value = unary();
          if (number) {
            if (const auto known = number_of(value.value);
                known && value.value.kind != Value::Kind::kUnknown) {
              return {Value::of_number(*known), {}, {}};
            }
            return {};
          }
          value.place = {};
          return value;
        }
        break;
      }
      default:
        break;
    }
  }
  return postfix(primary());
}

// (int)$x, (string)$x, (byte[])x: true when a cast was stepped over.
bool Interpreter::skip_cast(bool& number) {
  const std::uint32_t close = now().match;
  if (close <= at_ + 1 || close - at_ > 12 || close + 1 >= end_) return false;
  const auto& tokens = code_->tokens;
  if (tokens[at_ + 1].kind != TokenKind::kName) return false;
  const std::string_view name = tokens[at_ + 1].text;
  static constexpr std::array<std::string_view, 16> kNumbers = {
      "int",   "integer", "float", "double", "bool",  "boolean", "real",    "long",
      "short", "unset",   "char",  "uint",   "int32", "int64",   "decimal", "ulong"};
  static constexpr std::array<std::string_view, 4> kOthers = {"string", "array", "object",
                                                              "binary"};
  const bool is_number = std::find(kNumbers.begin(), kNumbers.end(), name) != kNumbers.end();
  const bool is_other = std::find(kOthers.begin(), kOthers.end(), name) != kOthers.end();
  const Token& next = tokens[close + 1];
  if (php()) {
    if (close != at_ + 2 || (!is_number && !is_other)) return false;
  } else {
    if (sigils() || basic() || language() == ScriptLanguage::kPython) return false;
    for (std::uint32_t i = at_ + 1; i < close; ++i) {
      const Token& part = tokens[i];
      if (part.kind == TokenKind::kName || part.is(".") || part.is("[") || part.is("]") ||
          part.is("<") || part.is(">") || part.is("?") || part.is(",")) {
        continue;
      }
      return false;
    }
    if (next.kind == TokenKind::kSign && !next.is("(") && !next.is("!")) return false;
    if (next.is("(") && close != at_ + 2) return false;
  }
  number = is_number && close == at_ + 2;
  at_ = close + 1;
  return true;
}

Value Interpreter::array_literal(std::string_view closing) {
  Value value;
  value.kind = Value::Kind::kArray;
  value.array = make_array();
  bool constant = value.array != nullptr;
  while (at_ < end_ && !(now().kind == TokenKind::kSign && now().text == closing)) {
    const std::uint32_t before = at_;
    Value element = expression(2);
    std::string_view key;
    bool keyed = false;
    if (now().is("=>") || now().is(":") || now().is("=")) {
      ++at_;
      if (const auto text = text_of(element, arena_)) {
        key = *text;
        keyed = true;
      }
      value.traits |= element.traits & kForeign;
      element = expression(2);
    }
    value.traits |= element.traits & ~kBuilt;
    if (constant && ++elements_ < 400'000) {
      if (!keyed) key = arena_.keep(std::to_string(value.array->next++));
      value.array->elements.emplace_back(key, element);
    }
    if (now().is(",") || now().is(";") || at_ == before) ++at_;
    if (!step()) return value;
  }
  if (at_ < end_) ++at_;
  if (!constant) value.kind = Value::Kind::kUnknown;
  return value;
}

Interpreter::Operand Interpreter::primary() {
  const Token& token = now();
  const std::uint32_t here = at_;
  switch (token.kind) {
    case TokenKind::kVariable:
      ++at_;
      return variable_operand(token.text);
    case TokenKind::kText: {
      ++at_;
      Operand result{text_value(token), {}, {}};
      if (language() == ScriptLanguage::kPython) {  // neighbours join
        while (now().kind == TokenKind::kText) {
          result.value = concatenated(result.value, text_value(now()));
          ++at_;
        }
      }
      return result;
    }
    case TokenKind::kNumber: {
      ++at_;
      std::string_view digits = token.text;
      int base = 10;
      if (digits.size() > 2 && digits[0] == '0' && (digits[1] | 32) == 'x') {
        base = 16;
        digits.remove_prefix(2);
      } else if (digits.size() > 2 && digits[0] == '0' && (digits[1] | 32) == 'b') {
        base = 2;
        digits.remove_prefix(2);
      } else if (digits.size() > 1 && digits[0] == '0' &&
                 digits.find('.') == std::string_view::npos && php()) {
        base = 8;
      }
      std::int64_t number = 0;
      std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
      return {Value::of_number(number), {}, {}};
    }
    case TokenKind::kSign:
      switch (token.sign) {
        case sign("("): {
          ++at_;
          const std::uint32_t close = token.match;
          Operand inner;
          bool first = true;
          std::vector<Place> places;
          while (at_ < end_ && !now().is(")")) {
            const std::uint32_t before = at_;
            Operand next = operand(1);
            if (perl() && places.size() < Arguments::kMost) places.push_back(next.place);
            if (first) {
              inner = next;
            } else {
              inner.value = merged(inner.value, next.value);
              inner.place = {};
            }
            first = false;
            if (at_ == before || !now().is(")")) {
              if (close != 0 && at_ > close) break;
              if (at_ < end_ && !now().is(")")) ++at_;
            }
            if (!step()) break;
          }
          if (now().is(")")) ++at_;
          if (places.size() > 1 && now().is("=")) {  // my ($a, $b) = …
            ++at_;
            assign_list(places, expression(2));
          }
          return inner;
        }
        case sign("["):
          ++at_;
          return {array_literal("]"), {}, {}};
        case sign("{"):
          // An object literal, a block where an expression was due.
          ++at_;
          if (language() == ScriptLanguage::kJava || language() == ScriptLanguage::kCSharp ||
              language() == ScriptLanguage::kJScript || language() == ScriptLanguage::kPython) {
            return {array_literal("}"), {}, {}};
          }
          if (token.match > here) at_ = token.match + 1;
          return {};
        case sign("$"): {
          // $$name, ${expression}
          ++at_;
          Value name;
          if (now().is("{")) {
            const std::uint32_t close = now().match;
            ++at_;
            name = expression();
            if (close > at_ || now().is("}")) at_ = std::max(close, at_) + 1;
          } else if (now().kind == TokenKind::kVariable) {
            const Token& inner = now();
            ++at_;
            name = variable(inner.text);
          } else if (now().is("$")) {
            name = primary().value;
          }
          if (perl()) return {name, {}, {}};
          const auto text = text_of(name, arena_);
          if (text && name.kind != Value::Kind::kArray) return variable_operand(*text);
          Operand result;
          result.value = Value::unknown((name.traits & (kDecoded | kBlob)) | kOpaque);
          // Some variable: foreach ($_POST as $k => $v) $$k = $v; makes all of them input.
          result.place.kind = Place::Kind::kVariable;
          result.place.name = "$$";
          if (name.has(kForeign)) frame_->foreign = true;
          return result;
        }
        case sign("<"):
          if (perl() && ahead(2).is(">")) {  // <STDIN>, <$fh>
            at_ += 3;
            return {Value::unknown(kFileData), {}, {}};
          }
          break;
        case sign("."):
          if (basic() && with_.kind == Value::Kind::kUnknown) {  // .Name inside With
            Operand object;
            object.value = with_;
            object.path = with_.type;
            return object;
          }
          break;
        case sign("%"):
        case sign("#"):
        case sign(","):
        case sign(";"):
          break;
        default:
          break;
      }
      // Not the start of an operand: closers and separators stay for the caller.
      if (!token.is(")") && !token.is("]") && !token.is("}") && !token.is(";") && !token.is(","))
        ++at_;
      return {};
    case TokenKind::kName:
      return name_operand();
    case TokenKind::kBreak:
      return {};
  }
  return {};
}

Value Interpreter::variable(std::string_view name) { return variable_operand(name).value; }

Interpreter::Operand Interpreter::variable_operand(std::string_view name) {
  Operand result;
  result.place.kind = Place::Kind::kVariable;
  result.place.name = name;
  if (php() && !name.empty() && (name[0] == '_' || name[0] == 'G' || name[0] == 'H')) {
    const auto from_outside = [&](std::uint32_t traits) {
      result.value = Value::unknown(traits);
      result.place = {};
      fact(FactKind::kSource, "request");
    };
    if (name == "_POST" || name == "_GET" || name == "_REQUEST" || name == "_COOKIE" ||
        name == "HTTP_POST_VARS" || name == "HTTP_GET_VARS" || name == "HTTP_COOKIE_VARS" ||
        name == "HTTP_RAW_POST_DATA") {
      from_outside(kInput);
      return result;
    }
    if (name == "_FILES" || name == "HTTP_POST_FILES") {
      from_outside(kUpload);
      return result;
    }
    if (name == "_SERVER" || name == "_ENV" || name == "HTTP_SERVER_VARS" ||
        name == "HTTP_ENV_VARS") {
      result.place = {};
      result.value.type = "$server";
      return result;
    }
    if (name == "GLOBALS") {
      result.place = {};
      result.value.type = "$globals";
      return result;
    }
    if (name == "_SESSION") {
      if (const Value* known = global_.find(name)) {
        result.value = *known;
        return result;
      }
      result.value = Value::unknown(kStored);
      return result;
    }
  }
  Value* found = frame_->find(name);
  if (found == nullptr && frame_ != &global_) found = global_.find(name);
  if (found != nullptr) {
    result.value = *found;
    return result;
  }
  if (name == "this") {
    result.value.type = "$this";
    return result;
  }
  if (frame_->foreign || global_.foreign) {
    result.value.traits = kInput;
  } else if (frame_ == &global_ && condition_ < 64) {
    result.value.traits = kUndefined;
  }
  return result;
}

Interpreter::Operand Interpreter::index(Operand left, const Value& key) {
  Operand result;
  const Value& base = left.value;
  const auto text = key.kind == Value::Kind::kUnknown ? std::nullopt : text_of(key, arena_);
  if (base.type == "$server" || (perl() && left.place.name == "ENV")) {
    if (!text) {
      if (key.has(kForeign)) result.value.traits = kInput;
      return result;
    }
    static constexpr std::array<std::string_view, 10> kChosen = {
        "QUERY_STRING",   "REQUEST_URI", "PATH_INFO",    "PHP_AUTH_USER",         "PHP_AUTH_PW",
        "ORIG_PATH_INFO", "argv",        "REDIRECT_URL", "REDIRECT_QUERY_STRING", "AUTH_USER"};
    if (text->starts_with("HTTP_") ||
        std::find(kChosen.begin(), kChosen.end(), *text) != kChosen.end()) {
      result.value.traits = kInput;
      fact(FactKind::kSource, "request");
    } else if (*text == "SCRIPT_FILENAME" || *text == "PHP_SELF" || *text == "SCRIPT_NAME") {
      result.value.traits = kSelf;
    }
    return result;
  }
  if (base.type == "$globals") {
    if (text) {
      Frame* frame = frame_;
      frame_ = &global_;
      result = variable_operand(*text);
      frame_ = frame;
      if (result.place.kind == Place::Kind::kVariable) result.place.kind = Place::Kind::kField;
    } else {
      result.value.traits = key.traits & (kForeign | kDecoded);
    }
    return result;
  }
  result.place.kind = Place::Kind::kNone;
  if (left.place.kind == Place::Kind::kVariable || left.place.kind == Place::Kind::kField) {
    result.place.kind = Place::Kind::kElement;
    result.place.name = left.place.name;
    result.place.known_key = text.has_value();
    if (text) result.place.key = *text;
  }
  if (base.array != nullptr) {
    if (text) {
      if (const Value* element = base.array->find(*text)) {
        result.value = *element;
        return result;
      }
      if (base.kind == Value::Kind::kArray) {
        result.value.traits = base.traits & (kForeign | kStored | kRemote | kDecoded | kBlob);
        return result;
      }
    }
    result.value.traits = base.traits;
    return result;
  }
  if (base.is_text()) {
    const auto number = number_of(key);
    if (number && key.kind != Value::Kind::kUnknown) {
      std::int64_t at = *number;
      if (at < 0) at += static_cast<std::int64_t>(base.text.size());
      if (at >= 0 && at < static_cast<std::int64_t>(base.text.size())) {
        result.value = Value::of_text(base.text.substr(static_cast<std::size_t>(at), 1),
                                      (base.traits & ~kBlob) | kBuilt);
      } else {
        result.value = Value::of_text({}, base.traits);
      }
      return result;
    }
    result.value = Value::unknown(base.traits | kOpaque);
    return result;
  }
  result.value = Value::unknown(base.traits & ~kPrefixed);
  result.value.type = base.type;
  if (base.traits == kUndefined) result.value.traits = kUndefined;
  return result;
}

Interpreter::Operand Interpreter::member(Operand left) {
  // now() is the operator.
  const bool dot = now().is(".");
  ++at_;
  Operand result;
  if (now().kind == TokenKind::kName) {
    const std::string_view name = now().text;
    const std::uint32_t offset = at_;
    ++at_;
    if (now().is("(")) {
      Arguments list;
      ++at_;
      arguments(list, ")");
      site_ = offset;
      if (left.value.has(kRequest) && name != "mappath" && name != "servervariables" &&
          name != "saveas" && name != "physicalpath") {
        result.value.traits = kInput;
        fact(FactKind::kSource, "request");
        return result;
      }
      // By what is known of the receiver: its class, its path, or the method alone.
      Value value;
      const std::string_view receiver = !left.path.empty() ? left.path : left.value.type;
      std::string full;
      if (!left.value.type.empty() &&
          entry(full = std::string(left.value.type) + '.' + std::string(name))) {
        value = call_name(full, list, &left.value, &left.place, false);
      } else if (!receiver.empty() &&
                 entry(full = std::string(receiver) + '.' + std::string(name))) {
        value = call_name(full, list, &left.value, &left.place, false);
      } else if (!left.path.empty() && left.path.rfind('.') != std::string_view::npos &&
                 entry(full = std::string(left.path.substr(left.path.rfind('.') + 1)) + '.' +
                              std::string(name))) {
        value = call_name(full, list, &left.value, &left.place, false);
      } else {
        full = '.';
        full += name;
        value = call_name(full, list, &left.value, &left.place, false);
      }
      result.value = value;
      if (dot) result.path = arena_.keep(full[0] == '.' ? full : full + "()");
      return result;
    }
    if (sigils()) {
      // A field of this object, or of one whose class is known; of others only what they hold.
      if (php() && left.value.type.empty() && left.place.kind != Place::Kind::kField) {
        result.value.traits = left.value.traits & (kForeign | kStored | kRemote | kFileData);
        return result;
      }
      const std::string field = "->" + std::string(name);
      Value* known = global_.find(field);
      result.place.kind = Place::Kind::kField;
      result.place.name = known != nullptr ? std::string_view() : arena_.keep(field);
      if (known != nullptr) {
        result.value = *known;
        result.place.name = arena_.keep(field);
      } else {
        result.value.traits = left.value.traits & (kForeign | kStored | kRemote);
      }
      return result;
    }
    std::string path = left.path.empty() ? std::string(left.value.type) : std::string(left.path);
    path += '.';
    path += name;
    if (name == "request") path = "request";
    result.path = arena_.keep(path);
    const NameEntry* known = entry(result.path);
    if (known == nullptr) {
      const std::size_t last = path.rfind('.');
      if (last != std::string::npos) known = entry(path.substr(last));
    }
    if (left.value.has(kRequest)) {
      static constexpr std::array<std::string_view, 20> kHarmless = {"url",
                                                                     "path",
                                                                     "filepath",
                                                                     "physicalpath",
                                                                     "physicalapplicationpath",
                                                                     "mappath",
                                                                     "totalbytes",
                                                                     "contentlength",
                                                                     "contenttype",
                                                                     "servervariables",
                                                                     "applicationpath",
                                                                     "currentexecutionfilepath",
                                                                     "isauthenticated",
                                                                     "islocal",
                                                                     "userhostaddress",
                                                                     "httpmethod",
                                                                     "requesttype",
                                                                     "contentencoding",
                                                                     "browser",
                                                                     "issecureconnection"};
      if (std::find(kHarmless.begin(), kHarmless.end(), name) == kHarmless.end()) {
        result.value.traits = kInput | kRequest;
        if (name == "files") result.value.traits = kUpload;
        fact(FactKind::kSource, "request");
      }
      return result;
    }
    if (known != nullptr) {
      facts_.abilities |= known->abilities;
      if (known->role == Role::kRequest) {
        result.value.traits = kRequest | kInput;
        return result;
      }
      if (known->role == Role::kSource || known->role == Role::kFetch ||
          known->role == Role::kUploads) {
        Arguments none;
        result.value = apply(*known, none, &left.value, nullptr);
        return result;
      }
      if (known->role == Role::kClean) return result;
    }
    // What a page's controls hold comes from the request.
    if (language() == ScriptLanguage::kCSharp || language() == ScriptLanguage::kVbNet ||
        language() == ScriptLanguage::kJScript) {
      static constexpr std::array<std::string_view, 6> kControl = {
          "text", "value", "selectedvalue", "commandargument", "selecteditem", "commandname"};
      static constexpr std::array<std::string_view, 4> kControlFile = {"postedfile", "filebytes",
                                                                       "filecontent", "filename"};
      const bool text = std::find(kControl.begin(), kControl.end(), name) != kControl.end();
      const bool file =
          std::find(kControlFile.begin(), kControlFile.end(), name) != kControlFile.end();
      const bool plain = left.value.type.empty() && left.value.kind == Value::Kind::kUnknown;
      if ((text || file) && plain && !left.path.empty() && !is_assignment(now()) &&
          !now().is("=")) {
        result.value.traits = (text ? kInput : kUpload) | left.value.traits;
        fact(FactKind::kSource, "control");
        result.place.kind = Place::Kind::kVariable;
        result.place.name = result.path;
        return result;
      }
    }
    // A field under its path, so that startInfo.Arguments keeps what was put there.
    Value* stored = frame_->find(result.path);
    result.place.kind = Place::Kind::kVariable;
    result.place.name = result.path;
    if (stored != nullptr) {
      result.value = *stored;
    } else {
      result.value.traits = left.value.traits & ~kPrefixed;
    }
    return result;
  }
  // $object->$name, $object->{expression}, Class::$field
  Value name;
  if (now().is("{")) {
    const std::uint32_t close = now().match;
    ++at_;
    name = expression();
    at_ = std::max(at_, close) + 1;
  } else if (now().kind == TokenKind::kVariable) {
    const Token& token = now();
    ++at_;
    if (code_->tokens[at_ - 2].is("::") && !now().is("(")) {
      const std::string_view field = arena_.keep("->" + std::string(token.text));
      result.place.kind = Place::Kind::kField;
      result.place.name = field;
      if (const Value* known = global_.find(field)) result.value = *known;
      return result;
    }
    name = variable(token.text);
  } else if (now().is("[") || now().is("(")) {
    return left;  // Perl's ->[…] and ->(…)
  } else if (now().is("$")) {
    primary();
    return result;
  } else if (!now().is(")") && !now().is(";")) {
    ++at_;
    return result;
  }
  if (now().is("(")) {
    Arguments list;
    ++at_;
    arguments(list, ")");
    if (const auto text = text_of(name, arena_); text && name.is_text()) {
      const std::string full = "." + std::string(arena_.lower(*text));
      result.value = call_name(full, list, &left.value, &left.place, name.has(kDecoded));
    }
  } else if (name.is_text()) {
    const std::string_view field = arena_.keep("->" + std::string(name.text));
    result.place.kind = Place::Kind::kField;
    result.place.name = field;
    if (const Value* known = global_.find(field)) result.value = *known;
  }
  return result;
}

Interpreter::Operand Interpreter::postfix(Operand left) {
  while (step()) {
    const Token& token = now();
    if (token.kind != TokenKind::kSign) return left;
    switch (token.sign) {
      case sign("["): {
        ++at_;
        if (now().is("]")) {  // $a[] = …
          ++at_;
          Operand next;
          next.place.kind = Place::Kind::kElement;
          next.place.name = left.place.name;
          if (left.place.kind != Place::Kind::kVariable && left.place.kind != Place::Kind::kField) {
            next.place.kind = Place::Kind::kNone;
          }
          next.path = left.path;
          left = next;
          break;
        }
        const Value key = expression();
        while (at_ < end_ && !now().is("]")) {
          if (now().is(";") || now().is("}") || now().is(")")) break;
          ++at_;
        }
        if (now().is("]")) ++at_;
        const std::string_view path = left.path;
        left = index(left, key);
        left.path = path;
        break;
      }
      case sign("{"): {
        // $text{0} of old PHP, $hash{key} of Perl; not where a block may begin.
        const bool element = sigils() && left.place.kind != Place::Kind::kNone &&
                             token.match > at_ && token.match - at_ <= 24 && at_ > 0 &&
                             !code_->tokens[at_ - 1].is(")") &&
                             (perl() || code_->tokens[at_ - 1].kind == TokenKind::kVariable ||
                              code_->tokens[at_ - 1].is("}") || code_->tokens[at_ - 1].is("]"));
        if (!element) return left;
        const std::uint32_t close = token.match;
        ++at_;
        Value key;
        if (now().kind == TokenKind::kName && at_ + 1 == close) {
          key = Value::of_text(code_->text.substr(now().offset, now().text.size()));
        } else {
          key = expression();
        }
        at_ = close + 1;
        left = index(left, key);
        break;
      }
      case sign("->"):
        if (!sigils()) return left;
        [[fallthrough]];
      case sign("?->"):
      case sign("::"):
        left = member(left);
        break;
      case sign("."):
        if (sigils()) return left;
        if (ahead().kind != TokenKind::kName) return left;
        left = member(left);
        break;
      case sign("("): {
        const std::uint32_t offset = at_ > 0 ? at_ - 1 : 0;
        Arguments list;
        ++at_;
        arguments(list, ")");
        site_ = offset;
        if (php() && left.path == "list" && now().is("=")) {  // list($a, $b) = …
          ++at_;
          assign_list({list.places.data(), list.count}, expression(2));
          return {};
        }
        left = call(left, list, offset);
        break;
      }
      case sign("++"):
      case sign("--"): {
        ++at_;
        Value next;
        const Value old = left.value;
        if (old.is_text() && php() && token.sign == sign("++") && !old.text.empty()) {
          next = Value::of_text(arena_.keep(incremented(old.text)), old.traits | kBuilt);
        } else if (const auto number = number_of(old);
                   number && old.kind != Value::Kind::kUnknown) {
          next = Value::of_number(*number + (token.sign == sign("++") ? 1 : -1), old.traits);
        } else if (old.has(kUndefined)) {
          next = Value::of_number(1);
        }
        assign(left.place, next);
        left.place = {};
        break;
      }
      default:
        return left;
    }
  }
  return left;
}

void Interpreter::arguments(Arguments& out, std::string_view closing) {
  // The bracket that closes is known: what cannot be read is stepped over.
  const Token* open = at_ > 0 ? &code_->tokens[at_ - 1] : nullptr;
  const std::uint32_t close =
      open != nullptr && open->match >= at_ && open->match < end_ ? open->match : 0;
  while (at_ < end_ && !(now().kind == TokenKind::kSign && now().text == closing)) {
    if (close != 0 && at_ >= close) break;
    const std::uint32_t before = at_;
    std::string_view key;
    if ((language() == ScriptLanguage::kPython || language() == ScriptLanguage::kCfml) &&
        now().kind == TokenKind::kName && ahead().is("=")) {
      key = now().text;
      at_ += 2;
    } else if ((php() || language() == ScriptLanguage::kCSharp) && now().kind == TokenKind::kName &&
               ahead().is(":") && !ahead(2).is(":")) {
      at_ += 2;
    }
    if (now().is(",")) {
      ++at_;
      if (out.count < Arguments::kMost) ++out.count;
      continue;
    }
    if (now().is("...")) out.spread = true;
    Operand value = operand(2);
    if (now().is("=>")) {  // C# and Python lambdas, Perl's pairs
      ++at_;
      value = operand(2);
    }
    if (now().is("->")) {
      ++at_;
      if (now().is("{")) {
        const std::uint32_t match = now().match;
        at_ = match > at_ ? match + 1 : at_ + 1;
      } else {
        value = operand(2);
      }
    }
    out.traits |= value.value.traits;
    if (out.count < Arguments::kMost) {
      out.values[out.count] = value.value;
      out.places[out.count] = value.place;
      out.keys[out.count] = key;
      ++out.count;
    } else {
      out.values[Arguments::kMost - 1].traits |= value.value.traits;
    }
    if (now().is(",")) {
      ++at_;
    } else if (at_ == before || !(now().kind == TokenKind::kSign && now().text == closing)) {
      if (close != 0 && at_ >= close) break;
      if (close == 0 && (now().is(";") || now().kind == TokenKind::kBreak || now().is("}"))) return;
      ++at_;
    }
    if (!step()) return;
  }
  if (close != 0) {
    at_ = std::max(at_, close);
    at_ = close + 1;
  } else if (at_ < end_) {
    ++at_;
  }
}

// Arguments without brackets: `system $x, $y;`, VBScript's statements.
void Interpreter::implicit_arguments(Arguments& out) {
  while (at_ < end_ && now().kind != TokenKind::kBreak && !now().is(";") && !now().is(")") &&
         !now().is("}") && !now().is("]")) {
    const std::uint32_t before = at_;
    if (basic() && (now().name("else") || now().name("end") || now().name("then"))) return;
    if (perl() &&
        (now().name("if") || now().name("unless") || now().name("or") || now().name("foreach")))
      return;
    if (now().is(",")) {
      if (out.count < Arguments::kMost) ++out.count;
      ++at_;
      continue;
    }
    const Operand value = operand(basic() ? 1 : 3);
    out.traits |= value.value.traits;
    if (out.count < Arguments::kMost) {
      out.values[out.count] = value.value;
      out.places[out.count] = value.place;
      ++out.count;
    }
    if (now().is(",")) {
      ++at_;
    } else if (at_ == before) {
      ++at_;
    } else {
      return;
    }
    if (!step()) return;
  }
}

}  // namespace konseki::webshell
