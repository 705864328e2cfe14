// Loops: computed while all that they need is constant, else read once.
#include <algorithm>

#include "agent/match/webshell/interpreter.h"

namespace konseki::webshell {
namespace {

// $text = $text . …, $text = … . $text: at the variable that is set.
bool appends(const Tokens& tokens, std::uint32_t at) {
  constexpr std::uint32_t kReach = 12;
  if (tokens[at].kind != TokenKind::kVariable || at + 1 >= tokens.size() ||
      !tokens[at + 1].is("=")) {
    return false;
  }
  bool joins = false;
  bool same = false;
  for (std::uint32_t i = at + 2; i < tokens.size() && i < at + kReach; ++i) {
    if (tokens[i].is(";")) break;
    joins |= tokens[i].is(".");
    same |= tokens[i].kind == TokenKind::kVariable && tokens[i].text == tokens[at].text;
  }
  return joins && same;
}

}  // namespace

// Variables that a loop changes are not what they were before it.
void Interpreter::forget_changed(std::uint32_t begin, std::uint32_t end) {
  const Tokens& tokens = code_->tokens;
  for (std::uint32_t i = begin; i < end && i + 1 < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.kind != TokenKind::kVariable && (sigils() || token.kind != TokenKind::kName))
      continue;
    const Token& next = tokens[i + 1];
    const bool changed = next.is(".=") || next.is("+=") || next.is("++") || next.is("--") ||
                         next.is("-=") || next.is("^=") ||
                         (i > 0 && (tokens[i - 1].is("++") || tokens[i - 1].is("--")));
    if (!changed) continue;
    Value* slot = frame_->find(token.text);
    if (slot == nullptr) continue;
    if (slot->kind == Value::Kind::kText || slot->kind == Value::Kind::kNumber) {
      slot->kind = Value::Kind::kUnknown;
      slot->traits |= kOpaque;
    }
  }
}

// Whether PHP code calls a decoder there.
bool Interpreter::decodes(std::uint32_t begin, std::uint32_t end) const {
  if (!php()) return false;
  for (std::uint32_t i = begin; i < end; ++i) {
    const Token& token = code_->tokens[i];
    if (token.kind != TokenKind::kName || i + 1 >= end || !code_->tokens[i + 1].is("(")) continue;
    const NameEntry* known = entry(token.text);
    if (known != nullptr && known->role == Role::kDecode) return true;
  }
  return false;
}

void Interpreter::computed_loop(std::uint32_t condition, std::uint32_t step_at, std::uint32_t body,
                                std::uint32_t after) {
  // Rounds are computed while the condition is a known truth.
  const std::uint32_t end = end_;
  std::uint32_t rounds = 0;
  // Only loops that make texts are worth it.
  bool useful = false;
  for (std::uint32_t i = body; i < after && !useful; ++i) {
    const Token& token = code_->tokens[i];
    useful = token.is(".=") || appends(code_->tokens, i) || token.is("^") || token.is("^=") ||
             token.name("chr") || token.name("ord") || token.name("fromcharcode") ||
             token.name("charat") || token.name("substr") ||
             (token.kind == TokenKind::kName && function_of_.contains(token.text));
  }
  useful = useful || decodes(body, after);
  const int outer = computed_;
  const std::uint32_t steps = limits_.steps;
  const auto affordable = [&] {
    return steps - limits_.steps < limits_.loop_steps && limits_.steps > limits_.kept_steps &&
           !arena_.crowded();
  };
  while (useful && limits_.rounds > 0 && affordable() && rounds < 20000 && step()) {
    at_ = condition;
    const Value holds = condition == step_at ? Value::of_number(1) : expression();
    if (!holds.is_number() && !holds.is_text()) break;
    if (holds.is_number() ? holds.number == 0 : holds.text.empty()) {
      at_ = after;
      return;
    }
    --limits_.rounds;
    ++rounds;
    at_ = body;
    end_ = after;
    computed_ = condition_;
    if (now().is("{")) {
      ++at_;
      block(after - 1);
    } else {
      statement();
    }
    computed_ = outer;
    end_ = end;
    if (next_round_) {
      next_round_ = false;
      stop_ = false;
    }
    if (stop_) {
      stop_ = frame_->has_result && frame_ != &global_ && condition_ == 0;
      at_ = after;
      return;
    }
    if (step_at < body && step_at > condition) {
      at_ = step_at;
      end_ = body;
      while (at_ < body && !now().is(")")) {
        const std::uint32_t before = at_;
        expression();
        if (now().is(",")) ++at_;
        if (at_ == before) break;
      }
      end_ = end;
    }
  }
  limits_.loop_steps -= std::min(limits_.loop_steps, steps - limits_.steps);
  // Not constant, or too long: read once with what it changes unknown.
  forget_changed(condition, after);
  at_ = condition;
  if (condition != step_at) expression();
  ++condition_;
  ++loops_;
  at_ = body;
  end_ = std::min(end, after);
  if (now().is("{")) {
    ++at_;
    block(after > 0 ? after - 1 : after);
  } else {
    statement();
  }
  end_ = end;
  --condition_;
  --loops_;
  stop_ = stop_ && condition_ == 0 && frame_ != &global_ && frame_->has_result;
  forget_changed(condition, after);
  at_ = after;
}

void Interpreter::loop(std::string_view word) {
  ++at_;
  if (word == "do") {
    const std::uint32_t body = at_;
    const std::uint32_t after = statement_end(at_);
    forget_changed(body, after);
    ++condition_;
    ++loops_;
    if (now().is("{")) {
      ++at_;
      block(after > body + 1 ? after - 1 : after);
    } else {
      statement();
    }
    --condition_;
    --loops_;
    forget_changed(body, after);
    at_ = after;
    return;
  }
  if (!now().is("(")) return;
  const std::uint32_t close = now().match;
  if (close <= at_) {
    ++at_;
    return;
  }
  ++at_;
  std::uint32_t condition = at_;
  std::uint32_t step_at = close;
  if (word == "for") {
    std::uint32_t first = at_;
    while (first < close && !code_->tokens[first].is(";")) {
      const std::uint32_t match = code_->tokens[first].match;
      first = match > first ? match + 1 : first + 1;
    }
    if (first >= close) {  // for (Type x : list), for (x in list)
      std::uint32_t in = at_;
      std::uint32_t name = 0;
      while (in < close && !code_->tokens[in].is(":") && !code_->tokens[in].name("in")) {
        if (code_->tokens[in].kind == TokenKind::kName ||
            code_->tokens[in].kind == TokenKind::kVariable)
          name = in;
        ++in;
      }
      if (in < close && name != 0) {
        at_ = in + 1;
        const Value list = expression();
        frame_->at(code_->tokens[name].text) = Value::unknown(list.traits & ~kPrefixed);
      }
      at_ = close + 1;
      const std::uint32_t after = statement_end(at_);
      forget_changed(at_, after);
      ++condition_;
      ++loops_;
      statement();
      --condition_;
      --loops_;
      at_ = std::max(at_, after);
      return;
    }
    // The first part is read as statements.
    const std::uint32_t end = end_;
    end_ = first;
    while (at_ < first) {
      const std::uint32_t before = at_;
      statement();
      if (now().is(",")) ++at_;
      if (at_ == before) ++at_;
    }
    end_ = end;
    condition = first + 1;
    step_at = condition;
    while (step_at < close && !code_->tokens[step_at].is(";")) {
      const std::uint32_t match = code_->tokens[step_at].match;
      step_at = match > step_at ? match + 1 : step_at + 1;
    }
    const bool endless = step_at == condition;
    step_at = std::min(step_at + 1, close);
    if (endless) condition = step_at;
  }
  const std::uint32_t body = close + 1;
  if (body < end_ && code_->tokens[body].is(":")) {  // for (…): … endfor;
    at_ = body + 1;
    forget_changed(condition, std::min(end_, body + 2000));
    return;
  }
  computed_loop(condition, step_at, body, statement_end(body));
}

void Interpreter::for_each() {
  ++at_;
  if (perl()) {
    if (now().name("my")) ++at_;
    Place place;
    place.kind = Place::Kind::kVariable;
    place.name = "_";
    if (now().kind == TokenKind::kVariable) {
      place.name = now().text;
      ++at_;
    }
    if (now().is("(")) assign(place, Value::unknown(expression().traits & ~kPrefixed));
    return;
  }
  if (!now().is("(")) return;
  const std::uint32_t close = now().match;
  if (close <= at_) return;
  ++at_;
  if (!php()) {  // foreach (Type x in list)
    std::string_view name;
    while (at_ < close && !now().name("in")) {
      if (now().kind == TokenKind::kName) name = now().text;
      ++at_;
    }
    if (at_ < close) ++at_;
    const Value list = expression();
    if (!name.empty()) frame_->at(name) = Value::unknown(list.traits & ~kPrefixed);
    at_ = close + 1;
    return;
  }
  const Value list = expression();
  if (now().name("as")) ++at_;
  bool changes = now().is("&");  // foreach ($list as &$element)
  if (changes) ++at_;
  Operand first = now().is("[") || now().name("list") ? Operand{} : unary();
  Operand second;
  bool pair = false;
  if (now().is("=>")) {
    ++at_;
    changes = now().is("&");
    if (changes) ++at_;
    second = unary();
    pair = true;
  } else if (now().is("[") || now().name("list")) {
    for (std::uint32_t i = at_; i < close; ++i) {
      if (code_->tokens[i].kind == TokenKind::kVariable) {
        frame_->at(code_->tokens[i].text) = Value::unknown(list.traits & ~kPrefixed);
      }
    }
  }
  at_ = close + 1;
  const std::uint32_t body = at_;
  const std::uint32_t after = statement_end(body);
  const Place value_place = pair ? second.place : first.place;
  // Constant arrays are walked when that makes a text.
  bool useful = false;
  for (std::uint32_t i = body; i < after && !useful; ++i)
    useful = code_->tokens[i].is(".=") || appends(code_->tokens, i);
  useful = useful || (list.array != nullptr && decodes(body, after));
  if (list.array != nullptr && list.kind == Value::Kind::kArray && useful &&
      list.array->elements.size() < 20000) {
    for (std::size_t i = 0; i < list.array->elements.size() && limits_.rounds > 0 &&
                            limits_.steps > limits_.kept_steps && step();
         ++i) {
      --limits_.rounds;
      const auto element = list.array->elements[i];
      if (pair) assign(first.place, Value::of_text(element.first));
      assign(value_place, element.second);
      at_ = body;
      const std::uint32_t end = end_;
      const int outer = computed_;
      end_ = std::min(end_, after);
      computed_ = condition_;
      statement();
      computed_ = outer;
      end_ = end;
      if (changes && value_place.kind == Place::Kind::kVariable && i < list.array->elements.size())
        list.array->elements[i].second = variable(value_place.name);
      if (next_round_) {
        next_round_ = false;
        stop_ = false;
      }
      if (stop_) break;
    }
    stop_ = stop_ && frame_->has_result && frame_ != &global_ && condition_ == 0;
    at_ = after;
    return;
  }
  ++condition_;
  ++loops_;
  if (pair) assign(first.place, Value::unknown(list.traits & (kForeign | kStored)));
  Value element = Value::unknown(list.traits & ~kPrefixed);
  // foreach (array('_GET', '_POST') as $n) foreach ($$n as $k => $v): one of them stands for all,
  // as does one of several functions that are tried in turn.
  if (list.array != nullptr) {
    for (const auto& [key, value] : list.array->elements) {
      if (value.is_text() &&
          (value.text == "_POST" || value.text == "_GET" || value.text == "_REQUEST" ||
           value.text == "_COOKIE" || (php() && dangerous(arena_.lower(value.text))))) {
        element = value;
        break;
      }
    }
  }
  assign(value_place, element);
  if (now().is(":")) {
    ++at_;
    --condition_;
    --loops_;
    return;
  }
  forget_changed(body, after);
  statement();
  --condition_;
  --loops_;
  stop_ = stop_ && condition_ == 0 && frame_ != &global_ && frame_->has_result;
  at_ = std::max(at_, std::min(after, end_));
}

}  // namespace konseki::webshell
