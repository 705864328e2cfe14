// What stands behind an operand: indices, members, calls, ++ and --.
#include "agent/match/webshell/interpreter.h"

namespace konseki::webshell {

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
        if (python() && python_slice(left)) break;
        const Value key = expression();
        while (at_ < end_ && !now().is("]")) {
          if (now().is(";") || now().is("}") || now().is(")")) break;
          ++at_;
        }
        if (now().is("]")) ++at_;
        const std::string_view path = left.path;
        left = index(left, key);
        left.path = path;
        if (python()) python_element(left, key);
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

}  // namespace konseki::webshell
