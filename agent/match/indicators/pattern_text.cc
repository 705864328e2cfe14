#include "agent/match/indicators/pattern_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"
#include "agent/match/stix/pattern_parser.h"

namespace konseki {
namespace {

using stix::Comparison;
using stix::Condition;
using stix::Expression;
using stix::Literal;
using stix::Operator;

struct PathRow {
  std::string_view path;  // folded
  AtomType type;
};

constexpr std::array kPaths = std::to_array<PathRow>({
    {"file:hashes.md5", AtomType::kMd5},
    {"file:hashes.sha-1", AtomType::kSha1},
    {"file:hashes.sha1", AtomType::kSha1},
    {"file:hashes.sha-256", AtomType::kSha256},
    {"file:hashes.sha256", AtomType::kSha256},
    {"file:hashes.sha-512", AtomType::kSha512},
    {"file:hashes.sha512", AtomType::kSha512},
    {"artifact:hashes.md5", AtomType::kMd5},
    {"artifact:hashes.sha-1", AtomType::kSha1},
    {"artifact:hashes.sha-256", AtomType::kSha256},
    {"artifact:hashes.sha-512", AtomType::kSha512},
    {"process:image_ref.hashes.md5", AtomType::kMd5},
    {"process:image_ref.hashes.sha-1", AtomType::kSha1},
    {"process:image_ref.hashes.sha-256", AtomType::kSha256},
    {"file:name", AtomType::kFileName},
    {"process:image_ref.name", AtomType::kFileName},
    {"file:extensions.windows-pebinary-ext.imphash", AtomType::kImphash},
    {"domain-name:value", AtomType::kDomain},
    {"hostname:value", AtomType::kDomain},
    {"ipv4-addr:value", AtomType::kIpAddress},
    {"ipv6-addr:value", AtomType::kIpAddress},
    {"network-traffic:dst_ref.value", AtomType::kIpAddress},
    {"url:value", AtomType::kUrl},
    {"email-addr:value", AtomType::kEmailAddress},
    {"email-message:from_ref.value", AtomType::kEmailAddress},
    {"email-message:sender_ref.value", AtomType::kEmailAddress},
    {"email-message:subject", AtomType::kEmailSubject},
    {"email-message:body_multipart[*].body_raw_ref.name", AtomType::kFileName},
    {"windows-registry-key:key", AtomType::kRegistryKey},
    {"win-registry-key:key", AtomType::kRegistryKey},
    {"mutex:name", AtomType::kMutex},
    {"process:extensions.windows-service-ext.service_name", AtomType::kServiceName},
    {"network-traffic:extensions.http-request-ext.request_header.user-agent", AtomType::kUserAgent},
    {"user-account:account_login", AtomType::kUserAccount},
    {"user-account:user_id", AtomType::kUserAccount},
    {"x509-certificate:hashes.md5", AtomType::kCertificate},
    {"x509-certificate:hashes.sha-1", AtomType::kCertificate},
    {"x509-certificate:hashes.sha-256", AtomType::kCertificate},
});

std::string property_of(const stix::ObjectPath& path) {
  std::string out;
  for (const stix::PathStep& step : path.steps) {
    if (step.kind == stix::PathStep::Kind::kKey) {
      if (!out.empty()) out += '.';
      out += step.key;
    } else if (step.kind == stix::PathStep::Kind::kAny) {
      out += "[*]";
    } else {
      out += fmt::format("[{}]", step.index);
    }
  }
  return out;
}

// An address where a name may stand as well: network-traffic:dst_ref.value.
Result<Atom> atom_of(AtomType type, std::string_view property, const std::string& text) {
  auto atom = make_atom(type, text);
  if (!atom && type == AtomType::kIpAddress && property == "dst_ref.value") {
    return make_atom(AtomType::kDomain, text);
  }
  return atom;
}

bool add_atoms(const Comparison& test, std::vector<Atom>& out) {
  const bool is_subset = test.op == Operator::kSubset && test.path.type.starts_with("ipv");
  if (test.negated || (test.op != Operator::kEqual && test.op != Operator::kIn && !is_subset)) {
    return false;
  }
  const std::string property = property_of(test.path);
  auto type = atom_type_of_path(test.path.type, property);
  if (!type) return false;
  if (is_subset) type = AtomType::kIpNetwork;
  for (const Literal& value : test.values) {
    if (value.kind != Literal::Kind::kText) return false;
    auto atom = atom_of(*type, property, value.text);
    if (!atom) return false;
    out.push_back(*std::move(atom));
  }
  return true;
}

// "network-traffic:dst_ref.value = X AND network-traffic:dst_port = N", also with the type of the
// address and the protocol beside them, which say nothing that the address does not.
bool add_endpoint(const Condition& both, std::vector<Atom>& out) {
  std::vector<Atom> found;
  std::optional<std::uint16_t> port;
  for (const Condition& child : both.children) {
    if (child.kind != Condition::Kind::kComparison) return false;
    const Comparison& test = child.comparison;
    if (test.path.type != "network-traffic" || test.negated || test.op != Operator::kEqual) {
      return false;
    }
    const std::string property = property_of(test.path);
    if (property == "dst_ref.type") continue;
    if (property == "dst_port" && test.values[0].kind == Literal::Kind::kInteger && !port &&
        test.values[0].integer > 0 && test.values[0].integer <= 0xFFFF) {
      port = static_cast<std::uint16_t>(test.values[0].integer);
      continue;
    }
    if (property != "dst_ref.value" || !found.empty() || !add_atoms(test, found)) return false;
  }
  if (found.size() != 1) return false;
  if (port) found[0].port = port;
  out.push_back(std::move(found[0]));
  return true;
}

bool add_atoms(const Condition& condition, std::vector<Atom>& out) {
  switch (condition.kind) {
    case Condition::Kind::kComparison:
      return add_atoms(condition.comparison, out);
    case Condition::Kind::kAnd:
      return add_endpoint(condition, out);
    case Condition::Kind::kOr:
      break;
  }
  return std::all_of(condition.children.begin(), condition.children.end(),
                     [&](const Condition& child) { return add_atoms(child, out); });
}

bool add_atoms(const Expression& expression, std::vector<Atom>& out) {
  if (!expression.qualifiers.empty()) return false;
  if (expression.kind == Expression::Kind::kTest) return add_atoms(expression.test, out);
  if (expression.kind != Expression::Kind::kOr) return false;
  return std::all_of(expression.children.begin(), expression.children.end(),
                     [&](const Expression& child) { return add_atoms(child, out); });
}

// A part of a pattern on its way: inside one [ ] where `type` is set or `is_mixed`.
struct Rendered {
  std::string text;
  std::string type;
  bool is_comparison = true;
  bool is_mixed = false;  // OR over several object types: stands in a [ ] of its own
  bool is_group = false;  // needs parentheses beside another operator
};

std::string in_brackets(const Rendered& part) {
  if (!part.is_comparison) return part.is_group ? "(" + part.text + ")" : part.text;
  return "[" + part.text + "]";
}

std::string grouped(const Rendered& part) {
  return part.is_group ? "(" + part.text + ")" : part.text;
}

Rendered joined_or(const std::vector<Rendered>& parts) {
  Rendered out;
  out.is_group = true;
  const bool one_bracket =
      std::all_of(parts.begin(), parts.end(), [](const Rendered& p) { return p.is_comparison; });
  out.is_comparison = one_bracket;
  out.type = parts[0].type;
  for (const Rendered& part : parts) {
    if (part.is_mixed || part.type != out.type) out.is_mixed = true;
    if (!out.text.empty()) out.text += " OR ";
    out.text += one_bracket ? grouped(part) : in_brackets(part);
  }
  return out;
}

Rendered joined_and(const std::vector<Rendered>& parts) {
  std::vector<Rendered> groups;  // one for every object type, and those that stand alone
  for (const Rendered& part : parts) {
    const bool stands_alone = !part.is_comparison || part.is_mixed;
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const Rendered& group) {
      return !stands_alone && group.is_comparison && !group.is_mixed && group.type == part.type;
    });
    if (same == groups.end()) {
      groups.push_back(part);
    } else {
      same->text = grouped(*same) + " AND " + grouped(part);
      same->is_group = false;  // AND binds closer than OR
    }
  }
  if (groups.size() == 1) return groups[0];
  Rendered out;
  out.is_comparison = false;
  out.is_group = true;
  for (const Rendered& group : groups) {
    if (!out.text.empty()) out.text += " AND ";
    out.text += in_brackets(group);
  }
  return out;
}

std::optional<Rendered> render(const PatternNode& node) {
  if (node.kind == PatternNode::Kind::kTest) {
    if (node.text.empty()) return std::nullopt;
    Rendered out;
    out.text = node.text;
    out.type = node.type;
    return out;
  }
  std::vector<Rendered> parts;
  for (const PatternNode& child : node.children) {
    auto part = render(child);
    // Without one of its parts an AND would say more than it was told.
    if (!part && node.kind == PatternNode::Kind::kAnd) return std::nullopt;
    if (part) parts.push_back(*std::move(part));
  }
  if (parts.empty()) return std::nullopt;
  if (parts.size() == 1) return parts[0];
  return node.kind == PatternNode::Kind::kAnd ? joined_and(parts) : joined_or(parts);
}

std::string hash_path(std::string_view object, std::size_t digits) {
  const std::string_view name = digits == 32    ? "MD5"
                                : digits == 40  ? "'SHA-1'"
                                : digits == 128 ? "'SHA-512'"
                                                : "'SHA-256'";
  return fmt::format("{}:hashes.{}", object, name);
}

std::string path_test(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  std::string folder = regex_of_text(path.substr(0, slash));
  for (std::size_t at = 0; (at = folder.find('/', at)) != std::string::npos; at += 5) {
    folder.replace(at, 1, "[\\\\/]");
  }
  return fmt::format("file:parent_directory_ref.path MATCHES {} AND file:name MATCHES {}",
                     quoted_text("(?i)(^|[\\\\/])" + folder + "[\\\\/]?$"),
                     quoted_text("(?i)^" + regex_of_text(path.substr(slash + 1)) + "$"));
}

}  // namespace

std::string quoted_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string regex_of_text(std::string_view text) {
  constexpr std::string_view kSpecial = "\\^$.|?*+()[]{}-#";
  std::string out;
  for (const char c : text) {
    if (kSpecial.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

Result<stix::Pattern> pattern_of_tree(const PatternNode& root) {
  const auto whole = render(root);
  if (!whole) {
    return fail(ErrorCode::kInvalidArgument, {},
                {"no condition in it can be applied", "適用できる条件がありません"});
  }
  const std::string text = whole->is_comparison ? "[" + whole->text + "]" : whole->text;
  return stix::parse_pattern(text, stix::Version::k21);
}

std::optional<AtomType> atom_type_of_path(std::string_view type, std::string_view property) {
  const std::string wanted = fold_case(std::string(type) + ":" + std::string(property));
  const auto* const found = std::find_if(kPaths.begin(), kPaths.end(),
                                         [&](const PathRow& row) { return row.path == wanted; });
  if (found == kPaths.end()) return std::nullopt;
  return found->type;
}

std::optional<std::vector<Atom>> atoms_of_pattern(const stix::Pattern& pattern) {
  std::vector<Atom> atoms;
  if (!add_atoms(pattern.root, atoms) || atoms.empty()) return std::nullopt;
  return atoms;
}

std::optional<std::string> pattern_text_of_atom(const Atom& atom) {
  const std::string value = quoted_text(atom.value);
  const bool is_v6 = atom.value.find(':') != std::string::npos;
  switch (atom.type) {
    case AtomType::kMd5:
    case AtomType::kSha1:
    case AtomType::kSha256:
    case AtomType::kSha512:
      return fmt::format("[{} = {}]", hash_path("file", atom.value.size()), value);
    case AtomType::kImphash:
      return fmt::format("[file:extensions.'windows-pebinary-ext'.imphash = {}]", value);
    case AtomType::kFileName:
      return fmt::format("[file:name MATCHES {}]",
                         quoted_text("(?i)^" + regex_of_text(atom.value) + "$"));
    case AtomType::kFilePath:
      return "[" + path_test(atom.value) + "]";
    case AtomType::kPathRegex:
      return fmt::format("[file:name MATCHES {0} OR file:parent_directory_ref.path MATCHES {0}]",
                         value);
    case AtomType::kDomain:
    case AtomType::kIpAddress: {
      const std::string_view type = atom.type == AtomType::kDomain ? "domain-name"
                                    : is_v6                        ? "ipv6-addr"
                                                                   : "ipv4-addr";
      if (!atom.port) return fmt::format("[{}:value = {}]", type, value);
      return fmt::format("[network-traffic:dst_ref.value = {} AND network-traffic:dst_port = {}]",
                         value, *atom.port);
    }
    case AtomType::kIpNetwork:
      return fmt::format("[{}:value ISSUBSET {}]", is_v6 ? "ipv6-addr" : "ipv4-addr", value);
    case AtomType::kUrl:
      return fmt::format("[url:value = {}]", value);
    case AtomType::kEmailAddress:
      return fmt::format("[email-addr:value = {}]", value);
    case AtomType::kEmailSubject:
      return fmt::format("[email-message:subject = {}]", value);
    case AtomType::kRegistryKey:
      return fmt::format("[windows-registry-key:key MATCHES {}]",
                         quoted_text("(?i)^" + regex_of_text(atom.value) + "$"));
    case AtomType::kMutex:
      return fmt::format("[mutex:name = {}]", value);
    case AtomType::kNamedPipe:
      return fmt::format("[file:name MATCHES {}]",
                         quoted_text("(?i)^(.*\\\\pipe\\\\)?" + regex_of_text(atom.value) + "$"));
    case AtomType::kServiceName:
      return fmt::format("[process:extensions.'windows-service-ext'.service_name = {}]", value);
    case AtomType::kTaskName:
      return std::nullopt;
    case AtomType::kUserAgent:
      return fmt::format(
          "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = {}]",
          value);
    case AtomType::kUserAccount:
      return fmt::format("[user-account:account_login = {}]", value);
    case AtomType::kCommandLine:
      return fmt::format("[process:command_line MATCHES {}]",
                         quoted_text("(?i)" + regex_of_text(atom.value)));
    case AtomType::kCertificate:
      return fmt::format("[{} = {}]", hash_path("x509-certificate", atom.value.size()), value);
  }
  return std::nullopt;
}

}  // namespace konseki
