#include "agent/match/indicators/field_test.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "agent/match/indicators/value_fields.h"
#include "agent/match/stix/text_pattern.h"
#include "konseki/time.h"

namespace konseki {
namespace {

constexpr std::string_view kSeparators = "\\/";

std::string type_of(std::string_view path) { return std::string(path.substr(0, path.find(':'))); }

tl::unexpected<Error> no_meaning() {
  return fail(
      ErrorCode::kUnsupported, {},
      {"this condition has no meaning for this property", "この条件はこの項目には使えません"});
}

tl::unexpected<Error> no_value(std::string_view value) {
  return fail(
      ErrorCode::kInvalidArgument, std::string(value.substr(0, 80)),
      {"the value is not of the kind that this property holds", "値の種類がこの項目に合いません"});
}

PatternNode leaf(std::string_view path, std::string_view rest) {
  PatternNode out;
  out.type = type_of(path);
  out.text = fmt::format("{} {}", path, rest);
  return out;
}

PatternNode join(PatternNode::Kind kind, std::vector<PatternNode> children) {
  PatternNode out;
  out.kind = kind;
  out.children = std::move(children);
  return out;
}

// An expression of text in which either separator of paths stands for both.
std::string path_expression(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find_first_of(kSeparators, at), text.size());
    out += regex_of_text(text.substr(at, end - at));
    at = end;
    if (at == text.size()) break;
    out += "[\\\\/]+";
    at = std::min(text.find_first_not_of(kSeparators, at), text.size());
  }
  return out;
}

struct Anchors {
  std::string_view front;
  std::string_view back;
};

Anchors anchors_of(FieldCondition condition) {
  switch (condition) {
    case FieldCondition::kIs:
      return {"^", "$"};
    case FieldCondition::kStartsWith:
      return {"^", ""};
    case FieldCondition::kEndsWith:
      return {"", "$"};
    default:
      return {"", ""};
  }
}

bool is_order(FieldCondition condition) {
  return condition == FieldCondition::kGreater || condition == FieldCondition::kLess ||
         condition == FieldCondition::kGreaterEqual || condition == FieldCondition::kLessEqual;
}

std::string_view order_word(FieldCondition condition) {
  switch (condition) {
    case FieldCondition::kGreater:
      return ">";
    case FieldCondition::kLess:
      return "<";
    case FieldCondition::kGreaterEqual:
      return ">=";
    case FieldCondition::kLessEqual:
      return "<=";
    default:
      return "=";
  }
}

std::string matches(const FieldTest& test, const std::string& expression) {
  return fmt::format("{}MATCHES {}", test.negated ? "NOT " : "",
                     quoted_text((test.case_sensitive ? "" : "(?i)") + expression));
}

// An expression for `value` under the condition; `of` makes one of plain text.
Result<std::string> expression_of(const FieldTest& test, std::string_view value,
                                  std::string (*of)(std::string_view)) {
  if (test.condition == FieldCondition::kMatches) {
    if (const auto compiled = stix::compile_matches(value); !compiled) {
      return fail(compiled.error());
    }
    return std::string(value);
  }
  const Anchors anchors = anchors_of(test.condition);
  return std::string(anchors.front) + of(value) + std::string(anchors.back);
}

Result<std::string> number_or_time(FieldKind kind, std::string_view value) {
  if (kind == FieldKind::kTime) {
    const auto instant = parse_feed_time(value);
    if (!instant) return no_value(value);
    std::string text = stix::to_timestamp(*instant).iso8601();
    if (text.ends_with(".000000000Z")) text.replace(19, 11, "Z");
    return "t'" + text + "'";
  }
  std::int64_t number = 0;
  const bool is_hex = value.starts_with("0x") || value.starts_with("0X");
  const std::string_view digits = is_hex ? value.substr(2) : value;
  const char* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, number, is_hex ? 16 : 10);
  if (parsed.ec != std::errc() || parsed.ptr != end) return no_value(value);
  return fmt::format("{}", number);
}

Result<PatternNode> ordered_node(const Field& field, const FieldTest& test,
                                 std::string_view value) {
  if (test.condition != FieldCondition::kIs && !is_order(test.condition)) return no_meaning();
  const std::size_t to = value.find(" TO ");
  if (value.starts_with('[') && value.ends_with(']') && to != std::string_view::npos) {
    KONSEKI_ASSIGN(const std::string low, number_or_time(field.kind, value.substr(1, to - 1)));
    KONSEKI_ASSIGN(const std::string high,
                   number_or_time(field.kind, value.substr(to + 4, value.size() - to - 5)));
    if (test.negated) {
      return join(PatternNode::Kind::kOr,
                  {leaf(field.path, "< " + low), leaf(field.path, "> " + high)});
    }
    return join(PatternNode::Kind::kAnd,
                {leaf(field.path, ">= " + low), leaf(field.path, "<= " + high)});
  }
  KONSEKI_ASSIGN(const std::string literal, number_or_time(field.kind, value));
  return leaf(field.path, fmt::format("{}{} {}", test.negated ? "NOT " : "",
                                      order_word(test.condition), literal));
}

void add_path_atom(PatternNode& node, const FieldTest& test, const std::string& expression) {
  auto atom = make_atom(AtomType::kPathRegex, (test.case_sensitive ? "" : "(?i)") + expression);
  if (atom && !test.negated) node.atom = *std::move(atom);
}

Result<PatternNode> file_name_node(const Field& field, const FieldTest& test,
                                   std::string_view value) {
  KONSEKI_ASSIGN(const std::string expression, expression_of(test, value, regex_of_text));
  PatternNode node = leaf(field.path, matches(test, expression));
  if (test.negated) return node;
  if (test.condition == FieldCondition::kIs) {
    if (auto atom = make_atom(AtomType::kFileName, value)) node.atom = *std::move(atom);
  } else if (test.condition != FieldCondition::kMatches) {
    const bool to_end = test.condition == FieldCondition::kEndsWith;
    const bool from_start = test.condition == FieldCondition::kStartsWith;
    add_path_atom(
        node, test,
        (from_start ? "(^|[\\\\/])" : "") + regex_of_text(value) + (to_end ? "$" : "[^\\\\/]*$"));
  }
  return node;
}

// STIX keeps folder and name of a file apart; the test is spread over both.
Result<PatternNode> whole_path_node(const Field& field, const FieldTest& test,
                                    std::string_view value) {
  const std::string folder = std::string(field.path) + ":parent_directory_ref.path";
  const std::string name = std::string(field.path) + ":name";
  const auto both = test.negated ? PatternNode::Kind::kOr : PatternNode::Kind::kAnd;
  const auto either = test.negated ? PatternNode::Kind::kAnd : PatternNode::Kind::kOr;
  KONSEKI_ASSIGN(const std::string expression, expression_of(test, value, path_expression));
  const Anchors anchors = anchors_of(test.condition);
  std::vector<PatternNode> ways;
  const std::size_t cut = value.find_last_of(kSeparators);
  if (test.condition != FieldCondition::kMatches && cut != std::string_view::npos) {
    const std::string front = path_expression(value.substr(0, cut));
    const std::string back = regex_of_text(value.substr(cut + 1));
    ways.push_back(
        join(both, {leaf(folder, matches(test, std::string(anchors.front) + front + "[\\\\/]*$")),
                    leaf(name, matches(test, "^" + back + std::string(anchors.back)))}));
  }
  if (test.condition != FieldCondition::kIs || ways.empty()) {
    if (test.condition != FieldCondition::kEndsWith) {
      ways.push_back(leaf(folder, matches(test, expression)));
    }
    if (test.condition != FieldCondition::kStartsWith && cut == std::string_view::npos) {
      ways.push_back(leaf(name, matches(test, expression)));
    }
  }
  PatternNode node = ways.size() == 1 ? std::move(ways[0]) : join(either, std::move(ways));
  if (test.negated) return node;
  if (test.condition == FieldCondition::kIs) {
    if (auto atom = make_atom(AtomType::kFilePath, value)) node.atom = *std::move(atom);
  } else {
    add_path_atom(node, test, expression);
  }
  return node;
}

Result<PatternNode> folder_node(const Field& field, const FieldTest& test, std::string_view value) {
  while (value.size() > 1 && kSeparators.find(value.back()) != std::string_view::npos) {
    value.remove_suffix(1);
  }
  KONSEKI_ASSIGN(std::string expression, expression_of(test, value, path_expression));
  PatternNode node = leaf(field.path, matches(test, expression));
  if (test.negated || test.condition == FieldCondition::kMatches) return node;
  if (expression.ends_with('$')) expression.pop_back();
  add_path_atom(node, test, expression + "[^\\\\/]*[\\\\/]");
  return node;
}

Result<PatternNode> text_node(const Field& field, const FieldTest& test, std::string_view value) {
  PatternNode node;
  const std::string_view negation = test.negated ? "NOT " : "";
  std::optional<Atom> atom;
  if (field.atom && test.condition == FieldCondition::kIs) {
    KONSEKI_ASSIGN(atom, make_atom(*field.atom, value));
  } else if (field.atom == AtomType::kCommandLine && test.condition == FieldCondition::kContains) {
    KONSEKI_ASSIGN(atom, make_atom(*field.atom, value));
  } else if (field.atom == AtomType::kDomain && test.condition == FieldCondition::kContains) {
    // A whole domain name is meant with its subdomains, not inside another name.
    if (auto domain = make_atom(AtomType::kDomain, value)) atom = *std::move(domain);
  }
  if (!field.path.empty()) {
    if (atom && atom->type == AtomType::kIpNetwork) {
      node = leaf(field.path, fmt::format("{}ISSUBSET {}", negation, quoted_text(atom->value)));
    } else if (test.condition == FieldCondition::kIs &&
               (field.kind == FieldKind::kExact || test.case_sensitive)) {
      const std::string& exact =
          atom && field.kind == FieldKind::kExact ? atom->value : std::string(value);
      node = leaf(field.path, fmt::format("{}= {}", negation, quoted_text(exact)));
    } else {
      KONSEKI_ASSIGN(const std::string expression, expression_of(test, value, regex_of_text));
      node = leaf(field.path, matches(test, expression));
    }
  } else if (!atom) {
    return no_meaning();
  }
  if (!test.negated) node.atom = std::move(atom);
  return node;
}

}  // namespace

Result<PatternNode> field_node(const Field& field, const FieldTest& test, std::string_view value) {
  if (value.empty()) {
    return fail(ErrorCode::kInvalidArgument, {}, {"the value is empty", "値が空です"});
  }
  if (field.kind == FieldKind::kNumber || field.kind == FieldKind::kTime) {
    return ordered_node(field, test, value);
  }
  if (is_order(test.condition)) return no_meaning();
  switch (field.kind) {
    case FieldKind::kFileName:
      return file_name_node(field, test, value);
    case FieldKind::kWholePath:
      return whole_path_node(field, test, value);
    case FieldKind::kFolder:
      return folder_node(field, test, value);
    default:
      return text_node(field, test, value);
  }
}

}  // namespace konseki
