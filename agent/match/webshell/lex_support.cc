#include "agent/match/webshell/lex_support.h"

#include <algorithm>

namespace konseki::webshell {

namespace {

bool is_three(std::uint32_t packed) {
  switch (packed) {
    case sign("==="):
    case sign("!=="):
    case sign("<=>"):
    case sign("**="):
    case sign("..."):
    case sign("?\?="):
    case sign("<<="):
    case sign(">>="):
    case sign("?->"):
      return true;
    default:
      return false;
  }
}

bool is_two(std::uint32_t packed) {
  switch (packed) {
    case sign("->"):
    case sign("=>"):
    case sign("::"):
    case sign("=="):
    case sign("!="):
    case sign("<="):
    case sign(">="):
    case sign("&&"):
    case sign("||"):
    case sign("??"):
    case sign("++"):
    case sign("--"):
    case sign(".="):
    case sign("+="):
    case sign("-="):
    case sign("*="):
    case sign("/="):
    case sign("%="):
    case sign("^="):
    case sign("|="):
    case sign("&="):
    case sign("<<"):
    case sign(">>"):
    case sign("**"):
    case sign("=~"):
    case sign("!~"):
    case sign("<>"):
    case sign(".."):
      return true;
    default:
      return false;
  }
}

}  // namespace

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x110000) {
    out += static_cast<char>(0xf0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += '?';
  }
}

void LexCursor::push_sign(std::string_view op, std::size_t offset) {
  push(TokenKind::kSign, op, offset);
  std::uint32_t packed = 0;
  for (std::size_t i = 0; i < op.size() && i < 3; ++i) {
    packed |= static_cast<std::uint32_t>(static_cast<unsigned char>(op[i])) << (8 * i);
  }
  out_.back().sign = packed;
}

void LexCursor::take_sign() {
  std::size_t length = 1;
  const char next = peek(1);
  if (next != 0 && !is_word(next) && !is_blank(next) && next != '(' && next != '$') {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(code_[at_ + i])) << (8 * i);
    };
    const std::uint32_t two = byte(0) | byte(1);
    if (at_ + 2 < code_.size() && is_three(two | byte(2))) {
      length = 3;
    } else if (is_two(two)) {
      length = 2;
    }
  }
  push_sign(code_.substr(at_, length), at_);
  at_ += length;
}

void LexCursor::take_number() {
  const std::size_t start = at_;
  while (is_word(peek()) || (peek() == '.' && is_digit(peek(1)))) ++at_;
  push(TokenKind::kNumber, code_.substr(start, at_ - start), start);
}

void LexCursor::take_name() {
  const std::size_t start = at_;
  const bool upper = (skip_word() & kUpperByte) != 0;
  const std::string_view name = code_.substr(start, at_ - start);
  push(TokenKind::kName, upper ? arena_.lower(name) : name, start);
}

void LexCursor::push_break() {
  if (!out_.empty() && out_.back().kind != TokenKind::kBreak) push(TokenKind::kBreak, {}, at_);
}

std::string_view resolve_escapes(std::string_view body, Arena& arena, bool& numeric) {
  if (body.find('\\') == std::string_view::npos) return body;
  std::string text;
  text.reserve(body.size());
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] != '\\' || i + 1 == body.size()) {
      text += body[i];
      continue;
    }
    const char c = body[++i];
    switch (c) {
      case 'n':
        text += '\n';
        break;
      case 't':
        text += '\t';
        break;
      case 'r':
        text += '\r';
        break;
      case 'v':
        text += '\v';
        break;
      case 'f':
        text += '\f';
        break;
      case 'e':
        text += '\x1b';
        break;
      case 'x':
      case 'X':
      case 'u': {
        const bool braces = i + 1 < body.size() && body[i + 1] == '{';
        std::size_t at = i + 1 + (braces ? 1 : 0);
        const std::size_t most = braces ? 6 : (c == 'u' ? 4 : 2);
        std::uint32_t code = 0;
        std::size_t count = 0;
        while (at < body.size() && count < most && hex_digit(body[at]) >= 0) {
          code = code * 16 + static_cast<std::uint32_t>(hex_digit(body[at++]));
          ++count;
        }
        if (count == 0) {
          text += '\\';
          text += c;
          break;
        }
        if (braces && at < body.size() && body[at] == '}') ++at;
        numeric = true;
        if (c == 'u') {
          append_utf8(text, code);
        } else {
          text += static_cast<char>(code);
        }
        i = at - 1;
        break;
      }
      default:
        if (c >= '0' && c <= '7') {
          std::uint32_t code = 0;
          std::size_t count = 0;
          while (i < body.size() && count < 3 && body[i] >= '0' && body[i] <= '7') {
            code = code * 8 + static_cast<std::uint32_t>(body[i++] - '0');
            ++count;
          }
          --i;
          numeric = true;
          text += static_cast<char>(code);
        } else {
          if (c != '"' && c != '\'' && c != '\\' && c != '$' && c != '`' && c != '/') text += '\\';
          text += c;
        }
    }
  }
  return arena.keep(text);
}

void match_brackets(Tokens& tokens) {
  std::vector<std::uint32_t> open;
  for (std::uint32_t i = 0; i < tokens.size(); ++i) {
    Token& token = tokens[i];
    if (token.kind != TokenKind::kSign || token.text.size() != 1) continue;
    const char c = token.text[0];
    if (c == '(' || c == '[' || c == '{') {
      open.push_back(i);
    } else if (c == ')' || c == ']' || c == '}') {
      const char wanted = c == ')' ? '(' : (c == ']' ? '[' : '{');
      // A stray closing bracket closes nothing; a missing one is closed by its parent.
      for (std::size_t back = open.size(); back > 0 && back + 8 > open.size(); --back) {
        if (tokens[open[back - 1]].text[0] == wanted) {
          tokens[open[back - 1]].match = i;
          open.resize(back - 1);
          break;
        }
      }
    }
  }
}

void lex(ScriptLanguage language, std::string_view code, Arena& arena, Tokens& out) {
  code = code.substr(0, kMaxCode);
  switch (language) {
    case ScriptLanguage::kPhp:
      lex_php(code, arena, out);
      break;
    case ScriptLanguage::kVbScript:
    case ScriptLanguage::kVbNet:
      lex_basic(code, arena, out);
      break;
    case ScriptLanguage::kJScript:
    case ScriptLanguage::kCSharp:
    case ScriptLanguage::kJava:
      lex_c_family(code, language, arena, out);
      break;
    case ScriptLanguage::kCfml:
      lex_cfml(code, arena, out);
      break;
    case ScriptLanguage::kPerl:
      lex_perl(code, arena, out);
      break;
    case ScriptLanguage::kPython:
      lex_python(code, arena, out);
      break;
    case ScriptLanguage::kShell:
    case ScriptLanguage::kServerConfig:
      break;
  }
  match_brackets(out);
}

}  // namespace konseki::webshell
