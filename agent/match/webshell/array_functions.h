// Functions over arrays that are computed: nothing when an argument is not constant.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "agent/match/webshell/builtin_call.h"
#include "agent/match/webshell/value.h"

namespace konseki::webshell {

std::optional<Value> joined(const BuiltinCall& call);  // implode
// A list of `parts`, which must outlive the analysis.
std::optional<Value> array_value(const BuiltinCall& call, std::span<const std::string_view> parts);
std::optional<Value> exploded(const BuiltinCall& call, std::string_view glue,
                              std::string_view text);
std::optional<Value> split_in_pieces(const BuiltinCall& call);  // str_split
std::optional<Value> reversed_array(const BuiltinCall& call);
std::optional<Value> keys_of_array(const BuiltinCall& call);
std::optional<Value> flipped_array(const BuiltinCall& call);
// array_diff: the texts of the first that stand in none of the others.
std::optional<Value> difference(const BuiltinCall& call);
std::optional<Value> shared_keys(const BuiltinCall& call, bool in_others);  // array_intersect_key
std::optional<Value> merged_arrays(const BuiltinCall& call, bool names);    // array_merge
std::optional<Value> slice(const BuiltinCall& call);                        // array_slice
std::optional<Value> combined_array(const BuiltinCall& call);               // array_combine
std::optional<Value> key_at_front(const BuiltinCall& call);                 // key, array_rand
std::optional<Value> key_of_value(const BuiltinCall& call);                 // array_search
std::optional<Value> element_at(const BuiltinCall& call, bool last);
std::optional<Value> numbers_of_range(const BuiltinCall& call);  // range

}  // namespace konseki::webshell
