// Lexers: code of one language to tokens. Pure; ill-formed code gives some tokens, never an error.
//
// What the languages write in their own ways comes out in one shape: interpolated strings as
// concatenations in brackets, backticks as a call of the command function, Python's indentation as
// braces, CFML's tags as calls.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/match/webshell/arena.h"
#include "agent/match/webshell/script_language.h"
#include "agent/match/webshell/token.h"

namespace konseki::webshell {

// Code is never longer than this (4 GiB offsets, bounded work); callers cut before.
constexpr std::size_t kMaxCode = 64 << 20;
// Lexers stop after so many tokens.
constexpr std::size_t kMaxTokens = 4 << 20;

// PHP between the tags; `?> markup <?php` inside is skipped. The views reach into `code`.
void lex_php(std::string_view code, Arena& arena, Tokens& out);
// Java, C#, JScript: strings, escapes, comments and operators of the C family.
void lex_c_family(std::string_view code, ScriptLanguage language, Arena& arena, Tokens& out);
void lex_basic(std::string_view code, Arena& arena, Tokens& out);  // VBScript and VB.NET
void lex_perl(std::string_view code, Arena& arena, Tokens& out);
void lex_python(std::string_view code, Arena& arena, Tokens& out);
void lex_cfml(std::string_view page, Arena& arena, Tokens& out);  // a whole page, tags and all

// The lexer of the language; kShell and kServerConfig have none and give nothing.
void lex(ScriptLanguage language, std::string_view code, Arena& arena, Tokens& out);

// Fills Token::match of every bracket that is closed.
void match_brackets(Tokens& tokens);

}  // namespace konseki::webshell
