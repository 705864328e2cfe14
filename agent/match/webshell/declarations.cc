// Functions that a script defines: all are found before the first statement is read.
#include "agent/match/webshell/interpreter.h"

namespace konseki::webshell {

// Functions may be called before they are written, so all are found first.
void Interpreter::declare_functions(const Code& code) {
  const Tokens& tokens = code.tokens;
  const auto add = [&](std::string_view name, std::uint32_t open, std::uint32_t close,
                       std::uint32_t begin, std::uint32_t end) {
    Function& function = functions_.emplace_back();
    function.name = name;
    function.code = &code;
    function.begin = begin;
    function.end = end;
    ++facts_.functions;
    const bool sigil = code.language == ScriptLanguage::kPhp;
    for (std::uint32_t i = open + 1; i < close; ++i) {
      const Token& part = tokens[i];
      if (sigil ? part.kind == TokenKind::kVariable
                : part.kind == TokenKind::kName &&
                      (tokens[i + 1].is(",") || tokens[i + 1].is(")") || tokens[i + 1].is("=") ||
                       tokens[i + 1].name("as") || tokens[i + 1].is(":"))) {
        if (sigil && tokens[i - 1].is("&") && function.parameters.size() < 32) {
          function.references |= 1U << function.parameters.size();
        }
        function.parameters.push_back(part.text);
      }
    }
    if (!name.empty()) function_of_[name] = &function;
  };
  constexpr std::uint32_t kLongestHead = 60;  // of a class: what it extends and implements
  const auto size = static_cast<std::uint32_t>(tokens.size());
  // The bracket behind the head that begins at `i`, or where the search ended.
  const auto body_of_class = [&](std::uint32_t i) {
    std::uint32_t body = i + 2;
    while (body < size && body < i + kLongestHead && !tokens[body].is("{")) ++body;
    return body;
  };
  std::string_view owner;  // of PHP, around the current token
  std::uint32_t owner_end = 0;
  std::string_view class_name;  // of Python
  std::uint32_t class_end = 0;
  std::uint32_t function_end = 0;
  for (std::uint32_t i = 0; i + 2 < size; ++i) {
    const Token& token = tokens[i];
    if (token.kind != TokenKind::kName) continue;
    if (code.language == ScriptLanguage::kPhp && token.text == "class" &&
        tokens[i + 1].kind == TokenKind::kName && (i == 0 || !tokens[i - 1].is("::"))) {
      owner = tokens[i + 1].text;
      classes_.insert(owner);
      const std::uint32_t body = body_of_class(i);
      owner_end = body < size && tokens[body].match > body ? tokens[body].match : body;
    }
    if (i > owner_end) owner = {};
    switch (code.language) {
      case ScriptLanguage::kPhp:
      case ScriptLanguage::kJScript:
      case ScriptLanguage::kCfml: {
        if (token.text != "function") break;
        std::uint32_t name = tokens[i + 1].is("&") ? i + 2 : i + 1;
        // function IHttpHandler.ProcessRequest(…)
        if (code.language == ScriptLanguage::kJScript && name + 2 < size &&
            tokens[name + 1].is("."))
          name += 2;
        if (name + 1 >= size || tokens[name].kind != TokenKind::kName || !tokens[name + 1].is("("))
          break;
        const std::uint32_t close = tokens[name + 1].match;
        if (close == 0) break;
        std::uint32_t body = close + 1;
        while (body < size && body < close + 8 && !tokens[body].is("{") && !tokens[body].is(";"))
          ++body;
        if (body >= size || !tokens[body].is("{")) break;
        add(tokens[name].text, name + 1, close, body + 1,
            tokens[body].match > body ? tokens[body].match : size);
        functions_.back().owner = owner;
        break;
      }
      case ScriptLanguage::kPerl:
        if (token.text == "sub" && tokens[i + 1].kind == TokenKind::kName) {
          std::uint32_t body = i + 2;
          while (body < size && body < i + 10 && !tokens[body].is("{") && !tokens[body].is(";"))
            ++body;
          if (body < size && tokens[body].is("{")) {
            add(tokens[i + 1].text, 0, 0, body + 1,
                tokens[body].match > body ? tokens[body].match : size);
          }
        }
        break;
      case ScriptLanguage::kPython:
        if (token.text == "class" && tokens[i + 1].kind == TokenKind::kName) {
          const std::uint32_t body = body_of_class(i);
          if (body < size && tokens[body].is("{")) {
            class_name = tokens[i + 1].text;
            class_end = tokens[body].match > body ? tokens[body].match : size;
          }
        }
        if (token.text == "def" && tokens[i + 1].kind == TokenKind::kName &&
            tokens[i + 2].is("(")) {
          const std::uint32_t close = tokens[i + 2].match;
          std::uint32_t body = close + 1;
          while (close != 0 && body < size && body < close + 12 && !tokens[body].is("{")) ++body;
          if (close != 0 && body < size && tokens[body].is("{")) {
            add(tokens[i + 1].text, i + 2, close, body + 1,
                tokens[body].match > body ? tokens[body].match : size);
            Function& function = functions_.back();
            function.served = python_served(tokens, i);
            function.method = i < class_end && i >= function_end && !function.parameters.empty();
            if (i >= function_end) function_end = function.end;
            // A call of the class is one of its constructor.
            if (function.method && function.name == "__init__") {
              function_of_.emplace(class_name, &function);
            }
          }
        }
        break;
      case ScriptLanguage::kJava:
      case ScriptLanguage::kCSharp: {
        // Type name(parameters) [throws X] {
        if (!tokens[i + 1].is("(") || i == 0) break;
        const Token& previous = tokens[i - 1];
        const bool type = (previous.kind == TokenKind::kName && previous.text != "new" &&
                           previous.text != "return" && previous.text != "else") ||
                          previous.is("]") || previous.is(">");
        const std::uint32_t close = tokens[i + 1].match;
        if (!type || close == 0) break;
        std::uint32_t body = close + 1;
        if (body < size && tokens[body].name("throws")) {
          while (body < size && body < close + 16 && !tokens[body].is("{")) ++body;
        }
        if (body >= size || !tokens[body].is("{")) break;
        add(token.text, i + 1, close, body + 1,
            tokens[body].match > body ? tokens[body].match : size);
        break;
      }
      case ScriptLanguage::kVbScript:
      case ScriptLanguage::kVbNet: {
        if (token.text != "function" && token.text != "sub") break;
        if (i > 0 && (tokens[i - 1].name("end") || tokens[i - 1].name("exit"))) break;
        if (tokens[i + 1].kind != TokenKind::kName) break;
        std::uint32_t close = 0;
        std::uint32_t body = i + 2;
        if (tokens[i + 2].is("(")) {
          close = tokens[i + 2].match;
          if (close == 0) break;
          body = close + 1;
        }
        std::uint32_t end = body;
        while (end + 1 < size && !(tokens[end].name("end") && tokens[end + 1].text == token.text))
          ++end;
        if (end + 1 >= size) end = size;
        add(tokens[i + 1].text, i + 2, close, body, end);
        break;
      }
      default:
        break;
    }
  }
}

// Steps over a declaration that was found before.
bool Interpreter::skip_function() {
  // The innermost frame's declarations come in order: look for one whose body lies ahead soon.
  const Token& token = now();
  std::uint32_t open = 0;
  if (language() == ScriptLanguage::kPerl || language() == ScriptLanguage::kPhp ||
      language() == ScriptLanguage::kJScript || language() == ScriptLanguage::kCfml || python()) {
    const bool word = perl()     ? token.text == "sub"
                      : python() ? token.text == "def"
                                 : token.text == "function";
    if (!word) return false;
    const std::uint32_t name = ahead().is("&") ? 2 : 1;
    if (ahead(name).kind != TokenKind::kName) return false;
    open = at_ + name + 1;
    while (open < end_ && open < at_ + 400 && !code_->tokens[open].is("{") &&
           !code_->tokens[open].is(";")) {
      const std::uint32_t match = code_->tokens[open].is("(") ? code_->tokens[open].match : 0;
      open = match > open ? match + 1 : open + 1;
    }
  } else {
    if (!ahead().is("(") || at_ == 0) return false;
    const std::uint32_t close = ahead().match;
    if (close == 0 || close + 1 >= end_) return false;
    open = close + 1;
    if (code_->tokens[open].name("throws")) {
      while (open < end_ && open < close + 16 && !code_->tokens[open].is("{")) ++open;
    }
    const Token& previous = code_->tokens[at_ - 1];
    const bool type = (previous.kind == TokenKind::kName && previous.text != "new" &&
                       previous.text != "return" && previous.text != "else") ||
                      previous.is("]") || previous.is(">");
    if (!type) return false;
  }
  if (open >= end_) return false;
  if (code_->tokens[open].is(";")) {
    at_ = open + 1;
    return true;
  }
  if (!code_->tokens[open].is("{")) return false;
  at_ = code_->tokens[open].match > open ? code_->tokens[open].match + 1 : end_;
  return true;
}

}  // namespace konseki::webshell
