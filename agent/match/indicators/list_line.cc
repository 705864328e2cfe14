#include "agent/match/indicators/list_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "agent/base/unicode.h"
#include "agent/match/indicators/address_text.h"
#include "agent/match/indicators/pattern_text.h"

namespace konseki {
namespace {

constexpr std::string_view kDelimiters = ";\t,| ";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t";
  const std::size_t from = text.find_first_not_of(kSpace);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

std::optional<int> whole_number(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

bool is_registry(std::string_view text) {
  const std::string folded = fold_case(text.substr(0, 24));
  for (const std::string_view hive :
       {"hkey_", "hklm\\", "hkcu\\", "hkcr\\", "hku\\", "hklm:\\", "hkcu:\\", "\\registry\\"}) {
    if (folded.starts_with(hive)) return true;
  }
  return false;
}

bool is_path(std::string_view text) {
  if (text.find_first_of(";\t|") != std::string_view::npos) return false;
  if (text.size() > 2 && text[1] == ':' && (text[2] == '\\' || text[2] == '/')) return true;
  if (text.starts_with("\\\\") || text.starts_with("~/")) return true;
  return (text.starts_with('%') && text.find('%', 1) != std::string_view::npos &&
          text.find_first_of("\\/") != std::string_view::npos) ||
         (text.find('\\') != std::string_view::npos && text.find("\\.") == std::string_view::npos);
}

bool is_file_name(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  return dot != std::string_view::npos && dot > 0 && text.size() < 256 &&
         text.find_first_of("/\\:;,|\"<>*?") == std::string_view::npos &&
         is_file_extension(fold_case(text.substr(dot + 1)));
}

Atom host_of_bare_url(Atom url) {
  const std::size_t colon = url.value.find("://");
  if (url.type != AtomType::kUrl || colon == std::string::npos) return url;
  const std::string rest = url.value.substr(colon + 3);
  if (rest.find_first_of("/?@") != std::string::npos) return url;
  if (auto host = make_atom(AtomType::kIpAddress, rest)) return *std::move(host);
  if (auto host = make_atom(AtomType::kDomain, rest)) return *std::move(host);
  return url;
}

bool names_this_host(const Atom& atom) {
  return atom.value == "0.0.0.0" || atom.value == "127.0.0.1" || atom.value == "::" ||
         atom.value == "::1";
}

// "||evil.example^" of filter lists.
std::string_view without_filter(std::string_view text) {
  if (!text.starts_with("||")) return text;
  text.remove_prefix(2);
  return text.substr(0, text.find('^'));
}

// "...;NUMBER" or "...;NUMBER;...".
bool has_score(std::string_view line) {
  const std::size_t first = line.find(';');
  if (first == std::string_view::npos || first == 0) return false;
  const std::string_view rest = line.substr(first + 1);
  return whole_number(rest.substr(0, rest.find(';'))).has_value();
}

// A digest at the start, whatever stands behind it.
std::string_view leading_digest(std::string_view line) {
  const std::size_t end = line.find_first_not_of("0123456789abcdefABCDEF");
  const std::string_view digits = line.substr(0, end);
  const std::size_t size = digits.size();
  const bool is_digest = size == 32 || size == 40 || size == 64 || size == 128;
  const bool ends = digits.size() == line.size() ||
                    std::string_view(";, \t|").find(line[size]) != std::string_view::npos;
  return is_digest && ends ? digits : std::string_view();
}

ListLine of_atom(Atom atom) {
  ListLine out;
  out.atoms.push_back(std::move(atom));
  return out;
}

// What stands behind the value: "score;description", "score" or "description".
void read_rest(std::string_view rest, char delimiter, ListLine& out) {
  rest = trimmed(rest);
  const std::size_t end = std::min(rest.find(delimiter), rest.size());
  if (delimiter != ' ') {
    if (const auto score = whole_number(rest.substr(0, end))) {
      out.score = score;
      rest = end == rest.size() ? std::string_view() : trimmed(rest.substr(end + 1));
    }
  }
  while (rest.starts_with('*') || rest.starts_with('#') || rest.starts_with('/')) {
    rest = trimmed(rest.substr(1));
  }
  out.description = rest;
}

}  // namespace

Result<Atom> guess_listed(std::string_view text) {
  if (is_registry(text)) return make_atom(AtomType::kRegistryKey, text);
  if (is_path(text)) return make_atom(AtomType::kFilePath, text);
  auto atom = guess_atom(text);
  if (!atom) {
    if (is_file_name(text)) return make_atom(AtomType::kFileName, text);
    return atom;
  }
  // A lone slash is asked for on purpose.
  if (text.ends_with('/')) return atom;
  return host_of_bare_url(*std::move(atom));
}

Result<ListLine> read_list_line(std::string_view line, bool among_addresses) {
  line = without_filter(trimmed(line));
  ListLine out;
  if (line.starts_with('[') && line.find(':') != std::string_view::npos && line.ends_with(']') &&
      line.find('\'') != std::string_view::npos) {
    out.pattern = line;
    return out;
  }
  if (line.starts_with('/')) {
    if (!among_addresses) {
      KONSEKI_ASSIGN(Atom path, make_atom(AtomType::kFilePath, line));
      return of_atom(std::move(path));
    }
    out.pattern =
        fmt::format("[url:value MATCHES {}]", quoted_text("^[a-z]+://[^/]+" + regex_of_text(line)));
    return out;
  }
  if (const std::string_view digest = leading_digest(line); !digest.empty()) {
    KONSEKI_ASSIGN(Atom atom, guess_atom(digest));
    out.atoms.push_back(std::move(atom));
    if (digest.size() < line.size()) {
      read_rest(line.substr(digest.size() + 1), line[digest.size()], out);
    }
    return out;
  }
  // What may hold a delimiter itself is tried whole first.
  const bool is_whole_first = line.find_first_of("/\\") != std::string_view::npos ||
                              line.find_first_of(kDelimiters) == std::string_view::npos;
  if (is_whole_first) {
    if (auto whole = guess_listed(line)) return of_atom(*std::move(whole));
  }
  for (const char delimiter : kDelimiters) {
    const std::size_t end = line.find(delimiter);
    if (end == std::string_view::npos || end == 0) continue;
    auto first = guess_listed(trimmed(line.substr(0, end)));
    if (!first) continue;
    const std::string_view rest = trimmed(line.substr(end + 1));
    if (names_this_host(*first)) {  // a hosts file blocks names by this address
      const std::string_view name = rest.substr(0, rest.find_first_of(" \t#"));
      if (auto blocked = make_atom(AtomType::kDomain, name)) return of_atom(*std::move(blocked));
    }
    out.atoms.push_back(*std::move(first));
    read_rest(rest, delimiter, out);
    return out;
  }
  KONSEKI_ASSIGN(Atom whole, guess_listed(line));
  return of_atom(std::move(whole));
}

bool looks_like_scored_path(std::string_view line) {
  return has_score(line) && !guess_atom(trimmed(line.substr(0, line.find(';'))));
}

Result<ListLine> read_scored_path(std::string_view line) {
  if (!has_score(line)) {
    return fail(ErrorCode::kInvalidArgument, std::string(line.substr(0, 80)),
                {"a line of this list must be REGEX;SCORE or REGEX;SCORE;EXCLUDED-REGEX",
                 "このリストの行は「正規表現;スコア」または「正規表現;スコア;除外正規表現」です"});
  }
  const std::size_t first = line.find(';');
  const std::string_view rest = line.substr(first + 1);
  const std::size_t second = std::min(rest.find(';'), rest.size());
  KONSEKI_ASSIGN(Atom atom, make_atom(AtomType::kPathRegex, line.substr(0, first)));
  if (second < rest.size()) {
    KONSEKI_ASSIGN(const Atom excluded, make_atom(AtomType::kPathRegex, rest.substr(second + 1)));
    atom.excluded = excluded.value;
  }
  ListLine out = of_atom(std::move(atom));
  out.score = whole_number(rest.substr(0, second));
  return out;
}

}  // namespace konseki
