// Functions over texts that are computed: nothing when an argument is not constant.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/match/webshell/builtin_call.h"
#include "agent/match/webshell/value.h"

namespace konseki::webshell {

// Every `from` in `subject` becomes `to`; stops growing a little beyond kMaxText.
std::string replaced(std::string_view subject, std::string_view from, std::string_view to,
                     bool any_case);
// str_replace(search, replace, subject): texts or arrays of texts.
std::optional<Value> replace_in(const BuiltinCall& call, bool any_case);
// A part of a text: its start counts from 0 or 1, its third argument is a length or the end.
std::optional<Value> sub_text(const BuiltinCall& call, bool from_one, bool to_end_index);
std::optional<Value> trimmed(const BuiltinCall& call, bool left, bool right);
std::optional<Value> cased(const BuiltinCall& call, bool upper);
// chr: the characters that all arguments name, as bytes or beyond 255 as UTF-8.
std::optional<Value> character(const BuiltinCall& call, bool utf8);
std::optional<Value> packed(const BuiltinCall& call);      // pack
std::optional<Value> translated(const BuiltinCall& call);  // strtr
std::optional<Value> formatted(const BuiltinCall& call);   // sprintf with %s %d %c alone
std::optional<Value> found_part(const BuiltinCall& call, bool last, bool any_case);  // strstr
std::optional<Value> without_slashes(const BuiltinCall& call, bool escapes);         // stripslashes
std::optional<Value> repeated(const BuiltinCall& call);                              // str_repeat
std::optional<Value> position(const BuiltinCall& call);                              // strpos
// A number written in base `from`, as number (10) or text of base `to`.
std::optional<Value> based(const BuiltinCall& call, int from, int to);

}  // namespace konseki::webshell
