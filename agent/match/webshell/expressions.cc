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
    if (sigils() || basic() || python()) return false;
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
      if (python()) {  // neighbours join
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
          // (NAME)(…) calls what the constant says, not what it is called.
          if (php() && inner.value.is_text()) inner.path = {};
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
              language() == ScriptLanguage::kJScript || python()) {
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

}  // namespace konseki::webshell
