#include "agent/match/webshell/interpreter.h"

#include <algorithm>

#include "agent/match/webshell/disguise.h"
#include "agent/match/webshell/lex_support.h"
#include "agent/match/webshell/lexer.h"

namespace konseki::webshell {
namespace {

constexpr std::size_t kManyVariables = 24;
constexpr std::size_t kMostFacts = 64;
constexpr std::size_t kMostArrays = 200'000;

}  // namespace

Value* Frame::find(std::string_view name) {
  if (index_.empty()) {
    for (auto& [key, value] : variables_) {
      if (key == name) return &value;
    }
    return nullptr;
  }
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &variables_[found->second].second;
}

Value& Frame::at(std::string_view name) {
  if (Value* found = find(name)) return *found;
  variables_.emplace_back(name, Value{});
  if (!index_.empty()) {
    index_.emplace(name, variables_.size() - 1);
  } else if (variables_.size() > kManyVariables) {
    for (std::size_t i = 0; i < variables_.size(); ++i) index_.emplace(variables_[i].first, i);
  }
  return variables_.back().second;
}

Interpreter::Interpreter(Arena& arena, Facts& facts, const Limits& limits)
    : arena_(arena), facts_(facts), limits_(limits) {}

bool Interpreter::step() {
  if (limits_.steps == 0 || arena_.full()) {
    facts_.cut = true;
    at_ = end_;
    return false;
  }
  --limits_.steps;
  return true;
}

ValueArray* Interpreter::make_array() {
  if (arrays_.size() >= kMostArrays) {
    facts_.cut = true;
    return nullptr;
  }
  return &arrays_.emplace_back();
}

void Interpreter::run(ScriptLanguage language, std::string_view text, std::uint64_t base) {
  auto code = std::make_unique<Code>();
  code->language = language;
  code->text = text;
  code->base = base;
  lex(language, text, arena_, code->tokens);
  if (code->tokens.size() >= kMaxTokens) facts_.cut = true;
  codes_.push_back(std::move(code));
  const Code& current = *codes_.back();
  declare_functions(current);
  std::uint32_t gotos = 0;
  bool speaks = false;  // of a chat (RFC 2812): messages to others, and a name of its own
  bool named = false;
  code_ = &current;
  for (std::uint32_t i = 0; i < current.tokens.size(); ++i) {
    const Token& token = current.tokens[i];
    if (token.name("goto")) ++gotos;
    if (token.kind == TokenKind::kText && token.text == "GLOBALS" && i >= 2 &&
        current.tokens[i - 1].is("{") && current.tokens[i - 2].is("$")) {
      ++facts_.hidden_globals;
    }
    if (token.kind == TokenKind::kText && language == ScriptLanguage::kPerl) {
      speaks |= token.text.starts_with("PRIVMSG ");
      named |= token.text.starts_with("NICK ") || token.text.starts_with("JOIN ");
    }
    // A style sheet with code in it: https://learn.microsoft.com/dotnet/standard/data/xml/
    if (token.kind == TokenKind::kText && language != ScriptLanguage::kPhp &&
        token.text.find("msxsl:script") != std::string_view::npos) {
      site_ = i;
      fact(FactKind::kScriptText, "msxsl:script");
    }
    if (token.kind == TokenKind::kText && language != ScriptLanguage::kPhp &&
        is_maintenance(token.text)) {
      site_ = i;
      fact(FactKind::kAccountInput, "ftp service");
    }
    // The settings of IIS: https://learn.microsoft.com/previous-versions/iis/6.0-sdk/ms524896
    if (token.kind == TokenKind::kText && language != ScriptLanguage::kPhp &&
        (token.text.starts_with("IIS://") || token.text.starts_with("iis://"))) {
      site_ = i;
      fact(FactKind::kAccountList, "iis");
    }
    // SocketType.Raw: a page that listens to what passes by on the wire.
    if (token.name("raw") && i >= 2 && current.tokens[i - 1].is(".") &&
        current.tokens[i - 2].name("sockettype")) {
      site_ = i;
      fact(FactKind::kListens, "raw socket");
    }
    // A Java class or a Windows program as a text: BCEL, base64 of 0xcafebabe and of "MZ".
    if (token.kind == TokenKind::kText && language != ScriptLanguage::kPhp &&
        token.text.size() > 200 &&
        (token.text.starts_with("$$BCEL$$") || token.text.starts_with("yv66v") ||
         token.text.starts_with("TVqQAAMA"))) {
      site_ = i;
      fact(FactKind::kRunOpaque, "program in a text");
    }
  }
  if (speaks && named) fact(FactKind::kBot, "chat");
  if (language == ScriptLanguage::kPerl && takes_false_name(current.tokens))
    fact(FactKind::kDisguise, "$0");
  facts_.gotos += gotos;
  // Code that jumps about is read three times, so that values set further down are known.
  for (int round = 0; round < (gotos > 2 ? 3 : 1); ++round) {
    at_ = 0;
    end_ = static_cast<std::uint32_t>(current.tokens.size());
    block(end_);
  }
}

void Interpreter::finish() {
  reached_ = false;
  // Constructors come first: they fill the fields that others use.
  for (const bool constructors : {true, false}) {
    for (std::size_t i = 0; i < functions_.size(); ++i) {
      Function& function = functions_[i];
      const bool constructor = function.name == "__construct";
      if (function.runs > 0 || constructor != constructors) continue;
      Arguments none;
      code_ = function.code;
      // A page's methods are called by the server; so are functions that a hook names.
      reached_ = python() ? python_reached(function) : !php() || function.hooked;
      // What a web service's methods get comes from the request.
      bool web_method = false;
      const Tokens& tokens = function.code->tokens;
      for (std::uint32_t k = function.begin > 40 ? function.begin - 40 : 0; k < function.begin;
           ++k) {
        if (tokens[k].name("webmethod") || tokens[k].name("webmethodattribute")) web_method = true;
        if (tokens[k].is("}")) web_method = false;
      }
      if (web_method) fact_source();
      for (std::size_t k = 0; k < function.parameters.size() && k < Arguments::kMost; ++k) {
        none.values[k] = Value::unknown(web_method ? kInput : kParameter);
        none.traits |= none.values[k].traits;
        ++none.count;
      }
      code_ = function.code;
      if (python()) python_parameters(function, none);
      call_function(function, none);
    }
  }
}

void Interpreter::fact(FactKind kind, std::string_view detail) {
  std::size_t same = 0;
  for (const Fact& known : facts_.facts) {
    if (known.kind == kind && known.reached == reached_ &&
        ++same >= (known.detail == detail ? 1U : 6U)) {
      return;
    }
  }
  if (facts_.facts.size() >= kMostFacts) return;
  Fact fact;
  fact.kind = kind;
  fact.detail = detail;
  fact.reached = reached_;
  fact.layer = static_cast<std::uint8_t>(std::min(code_->layer, 255));
  const std::uint32_t token = site_ < code_->tokens.size() ? site_ : 0;
  const std::size_t offset = code_->tokens.empty() ? 0 : code_->tokens[token].offset;
  fact.offset = code_->base + offset;
  // The line around it, cut where lines are long.
  if (offset <= code_->text.size()) {
    const std::size_t line =
        offset == 0 ? std::string_view::npos : code_->text.rfind('\n', offset - 1);
    std::size_t begin = line == std::string_view::npos ? 0 : line + 1;
    if (offset - begin > 80) begin = offset - 80;
    std::size_t end = std::min(code_->text.find('\n', offset), code_->text.size());
    end = std::min(end, begin + 240);
    fact.excerpt = code_->text.substr(begin, end - begin);
  }
  facts_.facts.push_back(std::move(fact));
}

bool Interpreter::script_name(const Value& value) const {
  if (!value.is_text()) return value.has(kScriptName);
  static constexpr std::array<std::string_view, 16> kEndings = {
      ".php",  ".phtml", ".php3", ".php5", ".php7", ".pht", ".asp", ".aspx",
      ".ashx", ".asmx",  ".jsp",  ".jspx", ".asa",  ".cer", ".cfm", ".htaccess"};
  for (const std::string_view ending : kEndings) {
    if (value.text.size() >= ending.size() &&
        std::equal(ending.begin(), ending.end(),
                   value.text.end() - static_cast<std::ptrdiff_t>(ending.size()),
                   [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); })) {
      return true;
    }
  }
  return false;
}

}  // namespace konseki::webshell
