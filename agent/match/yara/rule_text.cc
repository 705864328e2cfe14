#include "agent/match/yara/rule_text.h"

#include <algorithm>

namespace konseki::yara {
namespace {

using Kind = Token::Kind;

bool compares_text(const Token& token) {
  constexpr std::string_view kWords[] = {"matches",  "contains",    "icontains", "startswith",
                                         "endswith", "istartswith", "iendswith", "iequals"};
  return token.kind == Kind::kWord &&
         std::find(std::begin(kWords), std::end(kWords), token.text) != std::end(kWords);
}

bool is_equality(const Token& token) { return token.is("==") || token.is("!="); }

class Splitter {
 public:
  explicit Splitter(std::string_view text) : lexer_(text) { advance(); }

  RuleText run() {
    while (token_.kind != Kind::kEnd && out_.sound) piece();
    return std::move(out_);
  }

 private:
  void advance() { token_ = lexer_.next(); }

  bool give_up() {
    out_.sound = false;
    out_.trouble_line = token_.line;
    return false;
  }

  bool expect(std::string_view word) {
    if (!token_.is(word)) return give_up();
    advance();
    return true;
  }

  void piece() {
    RulePiece piece;
    piece.begin = token_.begin;
    piece.line = token_.line;
    const bool done = token_.is("import") || token_.is("include") ? reference(piece) : rule(piece);
    if (done) out_.pieces.push_back(std::move(piece));
  }

  bool reference(RulePiece& piece) {
    piece.kind = token_.is("import") ? RulePiece::Kind::kImport : RulePiece::Kind::kInclude;
    advance();
    if (token_.kind != Kind::kText) return give_up();
    piece.name = token_.text.substr(1, token_.text.size() - 2);
    piece.end = token_.end();
    piece.last_line = token_.line;
    advance();
    return true;
  }

  bool rule(RulePiece& piece) {
    while (token_.is("private") || token_.is("global")) {
      (token_.is("private") ? piece.is_private : piece.is_global) = true;
      advance();
    }
    if (!expect("rule")) return false;
    if (token_.kind != Kind::kWord) return give_up();
    piece.name = token_.text;
    advance();
    if (token_.is(":")) {
      advance();
      while (token_.kind == Kind::kWord) advance();
    }
    if (!expect("{")) return false;
    if (token_.is("meta") && !meta()) return false;
    if (token_.is("strings") && !strings(piece)) return false;
    if (!expect("condition") || !expect(":")) return false;
    return condition(piece);
  }

  bool meta() {
    advance();
    if (!expect(":")) return false;
    while (token_.kind == Kind::kWord && !token_.is("strings") && !token_.is("condition")) {
      advance();
      if (!expect("=")) return false;
      if (token_.is("-")) advance();
      if (token_.kind != Kind::kText && token_.kind != Kind::kNumber &&
          token_.kind != Kind::kWord) {
        return give_up();
      }
      advance();
    }
    return true;
  }

  bool strings(RulePiece& piece) {
    advance();
    if (!expect(":")) return false;
    while (token_.kind == Kind::kVariable) {
      const std::string_view name = token_.text.substr(1);
      advance();
      if (!token_.is("=")) return give_up();
      advance();
      Token definition = token_;
      const bool is_hex = token_.is("{");
      if (is_hex) {
        definition = lexer_.hex_string();
        if (definition.kind == Kind::kBad) return give_up();
        advance();  // the '}'
        if (!token_.is("}")) return give_up();
      } else if (token_.kind != Kind::kText && token_.kind != Kind::kExpression) {
        return give_up();
      }
      advance();
      piece.strings.push_back(rule_string(name, definition, is_hex, modifiers()));
    }
    return true;
  }

  StringModifiers modifiers() {
    StringModifiers out;
    while (token_.kind == Kind::kWord && !token_.is("condition")) {
      const Token word = token_;
      advance();
      const bool argument = token_.is("(");  // xor(0x01-0xff), base64("...")
      if (word.is("nocase")) {
        out.any_case = true;
      } else if (word.is("wide")) {
        out.wide = true;
      } else if (word.is("ascii")) {
        out.ascii = true;
      } else if (word.is("xor")) {
        out.xored = true;
      } else if (word.is("base64") && !argument) {
        out.base64 = true;
      } else if (word.is("base64wide") && !argument) {
        out.base64_wide = true;
      } else if (!word.is("fullword") && !word.is("private")) {
        out.other = true;
      }
      if (!argument) continue;
      while (!token_.is(")") && token_.kind != Kind::kEnd && token_.kind != Kind::kBad) advance();
      if (token_.is(")")) advance();
    }
    return out;
  }

  bool condition(RulePiece& piece) {
    words_.clear();
    while (!token_.is("}")) {
      if (token_.kind == Kind::kEnd || token_.kind == Kind::kBad || token_.is("{")) {
        return give_up();
      }
      words_.push_back(token_);
      advance();
    }
    piece.end = token_.end();
    piece.last_line = token_.line;
    advance();
    piece.requirement = requirement_of(words_, piece.strings);
    for (std::size_t i = 0; i < words_.size(); ++i) note_word(piece, i);
    sort_unique(piece.condition);
    sort_unique(piece.compared);
    return true;
  }

  static void sort_unique(std::vector<std::string>& words) {
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
  }

  const Token& word(std::size_t i) const {
    static const Token kNone;
    return i < words_.size() ? words_[i] : kNone;
  }

  void note_word(RulePiece& piece, std::size_t i) {
    if (word(i).kind != Kind::kWord || (i > 0 && word(i - 1).is("."))) return;
    piece.condition.emplace_back(word(i).text);
    if (word(i).is("of") && word(i + 1).is("(") && word(i + 2).kind == Kind::kWord) {
      out_.counts_rules = true;
    }
    const Token& after = word(i + 1);
    const bool before_text =
        compares_text(after) || (is_equality(after) && word(i + 2).kind == Kind::kText);
    const bool after_text = i > 1 && is_equality(word(i - 1)) && word(i - 2).kind == Kind::kText;
    if (before_text || after_text) piece.compared.emplace_back(word(i).text);
  }

  RuleLexer lexer_;
  Token token_;
  RuleText out_;
  std::vector<Token> words_;  // of the condition at hand
};

}  // namespace

std::size_t RuleText::rule_count() const {
  return static_cast<std::size_t>(
      std::count_if(pieces.begin(), pieces.end(),
                    [](const RulePiece& piece) { return piece.kind == RulePiece::Kind::kRule; }));
}

RuleText split_rules(std::string_view text) { return Splitter(text).run(); }

std::string without_pieces(std::string_view text, const RuleText& rules,
                           const std::vector<bool>& left_out) {
  std::string out(text);
  for (std::size_t i = 0; i < rules.pieces.size(); ++i) {
    if (!left_out[i]) continue;
    for (std::size_t at = rules.pieces[i].begin; at < rules.pieces[i].end; ++at) {
      if (out[at] != '\n') out[at] = ' ';
    }
  }
  return out;
}

}  // namespace konseki::yara
