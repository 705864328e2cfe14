// Arguments of calls, with brackets and without.
#include <algorithm>

#include "agent/match/webshell/interpreter.h"

namespace konseki::webshell {

void Interpreter::arguments(Arguments& out, std::string_view closing) {
  // The bracket that closes is known: what cannot be read is stepped over.
  const Token* open = at_ > 0 ? &code_->tokens[at_ - 1] : nullptr;
  const std::uint32_t close =
      open != nullptr && open->match >= at_ && open->match < end_ ? open->match : 0;
  while (at_ < end_ && !(now().kind == TokenKind::kSign && now().text == closing)) {
    if (close != 0 && at_ >= close) break;
    const std::uint32_t before = at_;
    std::string_view key;
    if ((python() || language() == ScriptLanguage::kCfml) && now().kind == TokenKind::kName &&
        ahead().is("=")) {
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
