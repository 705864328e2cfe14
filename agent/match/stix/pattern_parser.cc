#include "agent/match/stix/pattern_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "agent/match/stix/literal_reader.h"
#include "agent/match/stix/pattern_lexer.h"

namespace konseki::stix {
namespace {

// Recursive descent with one word of look-ahead. Errors end it at once.
class Parser {
 public:
  Parser(std::string_view text, Version version) : text_(text), lexer_(text), version_(version) {}

  Result<Expression> run() {
    KONSEKI_TRY(advance());
    KONSEKI_ASSIGN(Expression root, followed_by());
    if (token_.kind != Token::Kind::kEnd) {
      return expected({"AND, OR, FOLLOWEDBY, a qualifier or the end of the pattern",
                       "AND、OR、FOLLOWEDBY、修飾子、またはパターンの終わり"});
    }
    return root;
  }

 private:
  // One binary operator's level: operands of `operand`, joined by `keyword`.
  template <class Node, class Operand>
  Result<Node> chain(std::string_view keyword, typename Node::Kind kind, Operand operand) {
    KONSEKI_ASSIGN(Node first, operand());
    if (!at_keyword(keyword)) return first;
    Node node;
    node.kind = kind;
    node.children.push_back(std::move(first));
    while (at_keyword(keyword)) {
      KONSEKI_TRY(advance());
      KONSEKI_ASSIGN(Node child, operand());
      node.children.push_back(std::move(child));
    }
    return node;
  }

  Result<Expression> followed_by() {
    return chain<Expression>("FOLLOWEDBY", Expression::Kind::kFollowedBy, [this] {
      return chain<Expression>("OR", Expression::Kind::kOr, [this] {
        return chain<Expression>("AND", Expression::Kind::kAnd, [this] { return observation(); });
      });
    });
  }

  Result<Expression> observation() {
    Expression expression;
    if (at_symbol("[")) {
      KONSEKI_TRY(enter());
      KONSEKI_ASSIGN(expression.test, any_of());
      KONSEKI_TRY(leave("]"));
    } else if (at_symbol("(")) {
      KONSEKI_TRY(enter());
      KONSEKI_ASSIGN(expression, followed_by());
      KONSEKI_TRY(leave(")"));
    } else {
      return expected({"[ or (: what is looked for stands in brackets, as in [file:name = 'x']",
                       "[ または (。条件は [file:name = 'x'] のように角括弧で囲みます"});
    }
    KONSEKI_TRY(qualifiers(expression));
    return expression;
  }

  Result<void> qualifiers(Expression& expression) {
    // Those of a group in parentheses are another expression's.
    const auto inner = static_cast<std::ptrdiff_t>(expression.qualifiers.size());
    while (true) {
      const Token first = token_;
      Qualifier qualifier;
      if (at_keyword("WITHIN")) {
        KONSEKI_TRY(advance());
        KONSEKI_TRY(need_number(true));
        qualifier.kind = Qualifier::Kind::kWithin;
        KONSEKI_ASSIGN(qualifier.duration, read_seconds(token_, text_));
        KONSEKI_TRY(advance());
        KONSEKI_TRY(need_keyword("SECONDS"));
      } else if (at_keyword("REPEATS")) {
        KONSEKI_TRY(advance());
        KONSEKI_TRY(need_number(false));
        qualifier.kind = Qualifier::Kind::kRepeats;
        KONSEKI_ASSIGN(qualifier.times, read_count(token_, text_));
        KONSEKI_TRY(advance());
        KONSEKI_TRY(need_keyword("TIMES"));
      } else if (at_keyword("START")) {
        qualifier.kind = Qualifier::Kind::kStartStop;
        KONSEKI_TRY(advance());
        KONSEKI_ASSIGN(qualifier.start, boundary());
        KONSEKI_TRY(need_keyword("STOP"));
        KONSEKI_ASSIGN(qualifier.stop, boundary());
      } else {
        return {};
      }
      qualifier.written = text_.substr(first.offset, end_ - first.offset);
      const auto same = [&](const Qualifier& other) { return other.kind == qualifier.kind; };
      if (version_ != Version::k20 &&
          std::any_of(expression.qualifiers.begin() + inner, expression.qualifiers.end(), same)) {
        return fail(pattern_error(
            text_, first.offset,
            {"a second qualifier of the same kind", "同じ種類の修飾子が 2 つあります"}));
      }
      expression.qualifiers.push_back(std::move(qualifier));
    }
  }

  Result<Instant> boundary() {
    Token token = token_;
    if (version_ == Version::k20 && token.kind == Token::Kind::kText) {
      token.kind = Token::Kind::kInstant;
    }
    if (token.kind != Token::Kind::kInstant)
      return expected({"a timestamp t'..'", "t'..' の形の時刻"});
    KONSEKI_ASSIGN(const Literal literal, read_literal(token, text_));
    KONSEKI_TRY(advance());
    return literal.instant;
  }

  Result<Condition> any_of() {
    return chain<Condition>("OR", Condition::Kind::kOr, [this] {
      return chain<Condition>("AND", Condition::Kind::kAnd, [this] { return test(); });
    });
  }

  Result<Condition> test() {
    if (at_symbol("(")) {
      KONSEKI_TRY(enter());
      KONSEKI_ASSIGN(Condition inner, any_of());
      KONSEKI_TRY(leave(")"));
      return inner;
    }
    if (++comparisons_ > kMaxComparisons) {
      return limit(fmt::format("{}", kMaxComparisons),
                   {"more comparisons than one pattern may hold", "比較の数が上限を超えています"});
    }
    Condition condition;
    KONSEKI_TRY(comparison(condition.comparison));
    return condition;
  }

  Result<void> comparison(Comparison& out) {
    if (at_keyword("NOT")) {
      out.negated = true;
      KONSEKI_TRY(advance());
      if (!at_keyword("EXISTS")) return expected({"EXISTS", "EXISTS"});
    }
    if (at_keyword("EXISTS")) {
      out.op = Operator::kExists;
      KONSEKI_TRY(advance());
      return path(out.path);
    }
    KONSEKI_TRY(path(out.path));
    if (at_keyword("NOT")) {
      out.negated = true;
      KONSEKI_TRY(advance());
    }
    const auto op = operator_here();
    if (!op) return expected({"a comparison operator", "比較演算子"});
    out.op = *op;
    KONSEKI_TRY(advance());
    if (out.op == Operator::kIn) return set(out.values);
    const Token token = token_;
    KONSEKI_TRY(value(out));
    return compile(out, token);
  }

  std::optional<Operator> operator_here() const {
    if (at_symbol("==")) return Operator::kEqual;
    if (at_symbol("<>")) return Operator::kNotEqual;
    if (token_.kind != Token::Kind::kSymbol && token_.kind != Token::Kind::kKeyword) return {};
    for (int i = 0; i < static_cast<int>(Operator::kExists); ++i) {
      if (token_.written == operator_name(static_cast<Operator>(i)))
        return static_cast<Operator>(i);
    }
    return {};
  }

  Result<void> value(Comparison& out) {
    const bool only_text = out.op >= Operator::kLike;
    const bool ordered = out.op >= Operator::kLess && out.op <= Operator::kGreaterEqual;
    if (only_text ? token_.kind != Token::Kind::kText : !is_literal(token_)) {
      return expected(only_text ? Bilingual{"text in single quotes", "単一引用符で囲んだ文字列"}
                                : Bilingual{"a constant", "定数"});
    }
    if (ordered && token_.kind == Token::Kind::kKeyword) {
      return expected({"a constant that has an order, not true or false",
                       "大小を比べられる定数 (true、false 以外)"});
    }
    KONSEKI_ASSIGN(Literal literal, read_literal(token_, text_));
    out.values.push_back(std::move(literal));
    return advance();
  }

  Result<void> compile(Comparison& out, const Token& token) {
    const std::string& text = out.values.front().text;
    if (out.op == Operator::kSubset || out.op == Operator::kSuperset) {
      out.network = parse_ip_network(text);  // none: comparable with nothing (9.6.1)
      return {};
    }
    if (out.op != Operator::kLike && out.op != Operator::kMatches) return {};
    if (text.size() > kMaxExpressionBytes) {
      return fail(pattern_error(text_, token.offset,
                                {"the expression is too long", "式が長すぎます"},
                                ErrorCode::kLimitExceeded));
    }
    auto compiled = out.op == Operator::kLike ? compile_like(text) : compile_matches(text);
    if (!compiled) {
      Error error =
          pattern_error(text_, token.offset, compiled.error().advice, compiled.error().code);
      error.detail += ": " + compiled.error().detail;
      return fail(std::move(error));
    }
    out.text_pattern = *std::move(compiled);
    return {};
  }

  Result<void> set(std::vector<Literal>& out) {
    if (!at_symbol("(")) return expected({"( and the members of the set", "( と集合の要素"});
    KONSEKI_TRY(advance());
    while (!at_symbol(")")) {
      if (!out.empty()) {
        if (!at_symbol(",")) return expected({", or )", ", または )"});
        KONSEKI_TRY(advance());
      }
      if (!is_literal(token_)) return expected({"a constant", "定数"});
      if (out.size() == kMaxSetMembers) {
        return limit(fmt::format("{}", kMaxSetMembers),
                     {"more members than one set may hold", "集合の要素数が上限を超えています"});
      }
      KONSEKI_ASSIGN(Literal literal, read_literal(token_, text_));
      if (!out.empty() && set_kind(literal) != set_kind(out.front())) {
        return expected({"a constant of the same type as the others of the set",
                         "集合の他の要素と同じ型の定数"});
      }
      out.push_back(std::move(literal));
      KONSEKI_TRY(advance());
    }
    if (!out.empty() && out.front().kind == Literal::Kind::kText) {
      std::sort(out.begin(), out.end(),
                [](const Literal& a, const Literal& b) { return a.text < b.text; });
    }
    return advance();
  }

  // Integers and floats may stand in one set.
  static Literal::Kind set_kind(const Literal& literal) {
    return literal.kind == Literal::Kind::kFloat ? Literal::Kind::kInteger : literal.kind;
  }

  Result<void> path(ObjectPath& out) {
    if (token_.kind != Token::Kind::kName) {
      return expected({"an object path such as file:name", "file:name のようなオブジェクトパス"});
    }
    out.type = token_.text;
    KONSEKI_TRY(advance());
    if (!at_symbol(":")) return expected({": after the object type", "オブジェクト型の後の :"});
    KONSEKI_TRY(advance());
    KONSEKI_TRY(key(out));
    while (at_symbol(".") || at_symbol("[")) {
      const bool index_follows = at_symbol("[");
      KONSEKI_TRY(advance());
      KONSEKI_TRY(index_follows ? index(out) : key(out));
      if (out.steps.size() > kMaxPathSteps) {
        return limit(fmt::format("{}", kMaxPathSteps),
                     {"the object path has too many steps", "オブジェクトパスが長すぎます"});
      }
    }
    return {};
  }

  Result<void> key(ObjectPath& out) {
    const bool plain = token_.kind == Token::Kind::kName && !token_.hyphens;
    if (!plain && token_.kind != Token::Kind::kText) {
      return expected({"a property name, in quotes where it holds more than letters, digits and _",
                       "プロパティ名 (英数字と _ 以外を含むものは引用符で囲む)"});
    }
    out.steps.push_back({PathStep::Kind::kKey, token_.text, 0});
    return advance();
  }

  Result<void> index(ObjectPath& out) {
    PathStep step;
    if (at_symbol("*")) {
      step.kind = PathStep::Kind::kAny;
    } else if (token_.kind == Token::Kind::kInteger) {
      step.kind = PathStep::Kind::kIndex;
      KONSEKI_ASSIGN(const Literal literal, read_literal(token_, text_));
      step.index = literal.integer;
    } else {
      return expected({"a number or *", "数値または *"});
    }
    out.steps.push_back(std::move(step));
    KONSEKI_TRY(advance());
    if (!at_symbol("]")) return expected({"]", "]"});
    return advance();
  }

  Result<void> enter() {
    if (++depth_ > kMaxNesting) {
      return limit(fmt::format("{}", kMaxNesting),
                   {"brackets are nested too deep", "括弧の入れ子が深すぎます"});
    }
    return advance();
  }

  Result<void> leave(std::string_view symbol) {
    if (!at_symbol(symbol)) return expected({std::string(symbol), std::string(symbol)});
    --depth_;
    return advance();
  }

  Result<void> need_keyword(std::string_view word) {
    if (!at_keyword(word)) return expected({std::string(word), std::string(word)});
    return advance();
  }

  Result<void> need_number(bool fraction) {
    if (token_.kind == Token::Kind::kInteger) return {};
    if (fraction && token_.kind == Token::Kind::kFloat) return {};
    return expected({"a number", "数値"});
  }

  Result<void> advance() {
    end_ = token_.offset + token_.written.size();
    KONSEKI_ASSIGN(token_, lexer_.next());
    return {};
  }

  bool at_keyword(std::string_view word) const {
    return token_.kind == Token::Kind::kKeyword && token_.written == word;
  }
  bool at_symbol(std::string_view symbol) const {
    return token_.kind == Token::Kind::kSymbol && token_.written == symbol;
  }

  tl::unexpected<Error> expected(Bilingual what) const {
    return fail(pattern_error(text_, token_.offset,
                              {"expected " + what.en, "ここに必要なもの: " + what.ja}));
  }
  tl::unexpected<Error> limit(const std::string& most, Bilingual what) const {
    return fail(pattern_error(text_, token_.offset,
                              {what.en + " (" + most + ")", what.ja + " (" + most + ")"},
                              ErrorCode::kLimitExceeded));
  }

  std::string_view text_;
  PatternLexer lexer_;
  Version version_;
  Token token_;
  std::size_t end_ = 0;  // of the word before token_
  std::size_t depth_ = 0;
  std::size_t comparisons_ = 0;
};

}  // namespace

Result<Pattern> parse_pattern(std::string_view text, Version version) {
  if (text.size() > kMaxPatternBytes) {
    return fail(ErrorCode::kLimitExceeded, fmt::format("{} bytes", text.size()),
                {fmt::format("A pattern may have {} bytes.", kMaxPatternBytes),
                 fmt::format("パターンは {} バイトまでです。", kMaxPatternBytes)});
  }
  Pattern pattern;
  pattern.text = text;
  pattern.version = version;
  KONSEKI_ASSIGN(pattern.root, Parser(text, version).run());
  return pattern;
}

}  // namespace konseki::stix
