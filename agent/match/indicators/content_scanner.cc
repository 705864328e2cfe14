#include "agent/match/indicators/content_scanner.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include "agent/base/unicode.h"
#include "agent/match/indicators/address_text.h"
#include "agent/match/indicators/punycode.h"

namespace konseki {
namespace {

constexpr std::size_t kMostHost = 253;
constexpr std::size_t kMostUrl = 2048;
constexpr std::size_t kMostLocal = 64;
constexpr std::size_t kMostScheme = 16;

enum Class : std::uint8_t {
  kHostPart = 1,   // letters, digits, '-', '_'
  kLocalPart = 2,  // of a mail address
  kUrlPart = 4,    // behind the host of a URL
  kHexDigit = 8,
  kDigit = 16,
};

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> out{};
  for (unsigned c = 0x21; c < 0x7F; ++c) out[c] = kUrlPart;
  for (const char c : {'"', '\'', '<', '>', '`', '\\', '^', '{', '}', '|'}) {
    out[static_cast<unsigned char>(c)] = 0;
  }
  const auto add = [&](unsigned from, unsigned to, unsigned bits) {
    for (unsigned c = from; c <= to; ++c) out[c] = static_cast<std::uint8_t>(out[c] | bits);
  };
  add('a', 'z', kHostPart | kLocalPart);
  add('A', 'Z', kHostPart | kLocalPart);
  add('0', '9', kHostPart | kLocalPart | kHexDigit | kDigit);
  add('a', 'f', kHexDigit);
  add('A', 'F', kHexDigit);
  for (const char c : {'-', '_'})
    add(static_cast<unsigned>(c), static_cast<unsigned>(c), kHostPart);
  for (const char c : {'.', '_', '-', '+'}) {
    add(static_cast<unsigned>(c), static_cast<unsigned>(c), kLocalPart);
  }
  return out;
}();

bool is(char c, unsigned bits) { return (kClasses[static_cast<unsigned char>(c)] & bits) != 0; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
int hex_value(char c) { return is(c, kDigit) ? c - '0' : lower(c) - 'a' + 10; }

// Content as characters of one byte or two. What is no ASCII in UTF-16 reads as 0x80, which no name
// holds.
struct View {
  std::string_view bytes;
  std::size_t stride = 1;
  std::size_t first = 0;  // offset of character 0

  std::size_t size() const { return (bytes.size() - first + stride - 1) / stride; }
  char operator[](std::size_t i) const {
    const std::size_t at = first + i * stride;
    if (stride == 1) return bytes[at];
    const bool is_ascii = at + 1 < bytes.size() ? bytes[at + 1] == '\0' : true;
    return is_ascii ? bytes[at] : '\x80';
  }
  std::uint64_t offset(std::size_t i) const { return first + i * stride; }
};

enum class Form { kPlain, kDecoded };

class Scan {
 public:
  Scan(const ContentScanner::Options& options, std::uint64_t base, CandidateSink& sink)
      : options_(options), base_(base), sink_(sink) {}

  void run(std::string_view bytes) {
    each_dot(bytes);
    each_hidden_dot(bytes, '[');
    each_hidden_dot(bytes, '(');
    each_hidden_dot(bytes, '%');
    if (options_.ipv6) each_colon(bytes);
  }

 private:
  void each_dot(std::string_view bytes) {
    const char* const begin = bytes.data();
    const char* const end = begin + bytes.size();
    for (const char* at = begin; at < end;) {
      at = static_cast<const char*>(std::memchr(at, '.', static_cast<std::size_t>(end - at)));
      if (at == nullptr) return;
      const auto dot = static_cast<std::size_t>(at - begin);
      ++at;
      if (dot == 0 || dot + 1 >= bytes.size()) continue;
      const char before = bytes[dot - 1];
      const char after = bytes[dot + 1];
      if (is(before, kHostPart) && is(after, kHostPart)) {
        const View view{bytes};
        at = begin + std::max(dot + 1, view_end(view, dot));
      } else if (before == '\0' && after == '\0' && dot >= 2 && dot + 2 < bytes.size() &&
                 is(bytes[dot - 2], kHostPart) && is(bytes[dot + 2], kHostPart)) {
        const View view{bytes, 2, dot % 2};
        at = begin + std::max(dot + 1, view.offset(view_end(view, dot / 2)));
      } else if (options_.idn && ((before | after) & 0x80) != 0) {
        idn_host(bytes, dot);
      } else if (form_ == Form::kPlain && is_defanged_dot(bytes, dot)) {
        at = begin + decode_around(bytes, dot, Form::kPlain);
      }
    }
  }

  // "[dot]", "(dot)" and "%2e": the only forms without a dot.
  void each_hidden_dot(std::string_view bytes, char first) {
    for (std::size_t at = bytes.find(first); at != std::string_view::npos;
         at = bytes.find(first, at + 1)) {
      if (at == 0 || at + 5 >= bytes.size()) continue;
      const bool is_code = first == '%';
      if (is_code
              ? bytes[at + 1] != '2' || lower(bytes[at + 2]) != 'e'
              : lower(bytes[at + 1]) != 'd' || lower(bytes[at + 2]) != 'o' ||
                    lower(bytes[at + 3]) != 't' || (bytes[at + 4] != ']' && bytes[at + 4] != ')')) {
        continue;
      }
      if (!was_decoded(at)) decode_around(bytes, at, is_code ? Form::kDecoded : Form::kPlain);
    }
  }

  bool was_decoded(std::size_t at) const {
    return std::any_of(decoded_.begin(), decoded_.end(),
                       [&](const ByteRange& each) { return at >= each.offset && at < each.end(); });
  }

  void each_colon(std::string_view bytes) {
    for (std::size_t at = bytes.find(':'); at != std::string_view::npos;
         at = bytes.find(':', at + 1)) {
      const bool is_wide =
          at >= 1 && at + 1 < bytes.size() && bytes[at - 1] == '\0' && bytes[at + 1] == '\0';
      const View view = is_wide ? View{bytes, 2, at % 2} : View{bytes};
      const std::size_t end = ipv6(view, is_wide ? at / 2 : at);
      if (end > 0) at = std::max(at, static_cast<std::size_t>(view.offset(end)) - 1);
    }
  }

  static bool is_defanged_dot(std::string_view bytes, std::size_t dot) {
    const char before = bytes[dot - 1];
    const char after = bytes[dot + 1];
    if (before == '[' || before == '(' || before == '{' || before == '\\') return true;
    return after == ']' && is(before, kHostPart);
  }

  // The token around the dot of a view; answers the first character behind it.
  std::size_t view_end(const View& view, std::size_t dot) {
    std::size_t begin = dot;
    const std::size_t least = dot > kMostHost + kMostScheme ? dot - kMostHost - kMostScheme : 0;
    while (begin > least && (is(view[begin - 1], kHostPart) || view[begin - 1] == '.')) --begin;
    std::size_t end = dot + 1;
    const std::size_t size = view.size();
    const std::size_t most = std::min(size, dot + kMostHost + 1);
    while (end < most && (is(view[end], kHostPart) || view[end] == '.')) ++end;
    const std::size_t behind = end;
    while (begin < dot && (view[begin] == '.' || view[begin] == '-')) ++begin;
    while (end > dot + 1 && (view[end - 1] == '.' || view[end - 1] == '-')) --end;
    if (end - begin > kMostHost || begin >= dot || end <= dot + 1) return behind;
    const char before = begin > 0 ? view[begin - 1] : ' ';
    const char after = end < size ? view[end] : ' ';
    if (form_ == Form::kPlain && view.stride == 1) {
      if ((before == '%' || after == '%') && decodes_to_more(view.bytes, begin, end)) {
        return std::max(behind, decode_around(view.bytes, dot, Form::kDecoded));
      }
      const bool hidden_scheme = before == '/' && begin >= 3 && view[begin - 3] == ']';
      if (hidden_scheme || is_opening(before, view, begin) || is_opening(after, view, end)) {
        return std::max(behind, decode_around(view.bytes, dot, Form::kPlain));
      }
    }
    // What looks like a letter behind a backslash may be an escape of JSON or a shell.
    const bool known = token(view, begin, end);
    if (!known && before == '\\') {
      const std::size_t skipped = escape_length(view, begin, dot);
      if (skipped > 0) token(view, begin + skipped, end);
    }
    return behind;
  }

  static std::size_t escape_length(const View& view, std::size_t begin, std::size_t dot) {
    const char c = lower(view[begin]);
    const std::size_t length = c == 'u' ? 5 : c == 'x' ? 3 : 1;
    if (length == 1 && c != 'n' && c != 't' && c != 'r') return 0;
    if (begin + length >= dot) return 0;
    for (std::size_t i = 1; i < length; ++i) {
      if (!is(view[begin + i], kHexDigit)) return 0;
    }
    return length;
  }

  // Whether a bracket next to a token is one that hides a dot.
  static bool is_opening(char c, const View& view, std::size_t at) {
    if (c != '[' && c != '(' && c != '{' && c != ']' && c != ')' && c != '}') return false;
    const std::size_t from = at > 8 ? at - 8 : 0;
    const std::string_view around = view.bytes.substr(from, 16);
    for (const std::string_view form : {"[.", ".]", "(.)", "{.}", "dot]", "DOT]", "dot)", "DOT)",
                                        "[:]", "[@]", "[at]", "://]", "(at)"}) {
      if (around.find(form) != std::string_view::npos) return true;
    }
    return false;
  }

  // Whether "%XX" at either end of a token is an encoded character that belongs there.
  static bool decodes_to_more(std::string_view bytes, std::size_t begin, std::size_t end) {
    const auto fits = [&](std::size_t percent) {
      if (percent + 2 >= bytes.size() || !is(bytes[percent + 1], kHexDigit) ||
          !is(bytes[percent + 2], kHexDigit)) {
        return false;
      }
      const int code = hex_value(bytes[percent + 1]) * 16 + hex_value(bytes[percent + 2]);
      return code >= 0x20 && code < 0x7F;
    };
    return (begin > 0 && bytes[begin - 1] == '%' && fits(begin - 1)) ||
           (end < bytes.size() && bytes[end] == '%' && fits(end));
  }

  static bool ends_window(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F || c == '"' || c == '\'' || c == '<' || c == '>' ||
           c == '`';
  }

  // Undoes an encoding of the words around `at` and looks again; answers their end.
  std::size_t decode_around(std::string_view bytes, std::size_t at, Form form) {
    std::size_t begin = at;
    const std::size_t done = decoded_.empty() ? 0 : static_cast<std::size_t>(decoded_.back().end());
    const std::size_t least = std::max(done <= at ? done : 0, at > 512 ? at - 512 : 0);
    while (begin > least && !ends_window(bytes[begin - 1])) --begin;
    std::size_t end = at;
    const std::size_t most = std::min(bytes.size(), at + kMostUrl);
    while (end < most && !ends_window(bytes[end])) ++end;
    std::string plain;
    const std::string_view window = bytes.substr(begin, end - begin);
    if (form == Form::kPlain) {
      plain = refang_inside(window);
    } else {
      // What follows "=" in a query, up to "&", was encoded by itself.
      for (std::size_t i = 0; i < window.size(); ++i) {
        const bool is_code = window[i] == '%' && i + 2 < window.size() &&
                             is(window[i + 1], kHexDigit) && is(window[i + 2], kHexDigit);
        if (is_code) {
          const int code = hex_value(window[i + 1]) * 16 + hex_value(window[i + 2]);
          plain.push_back(static_cast<char>(code));
          i += 2;
        } else {
          plain.push_back(window[i] == '&' || window[i] == '=' ? ' ' : window[i]);
        }
      }
    }
    Scan inner(options_, base_, sink_);
    inner.form_ = Form::kDecoded;
    inner.fixed_ = ByteRange{base_ + begin, end - begin};
    inner.run_plain(plain);
    decoded_.push_back({begin, end - begin});
    return std::max(end, at + 1);
  }

  // refang() knows "hxxp" only at the start of a text.
  static std::string refang_inside(std::string_view window) {
    std::string out;
    while (!window.empty()) {
      std::size_t at = std::string_view::npos;
      for (const std::string_view word : {"hxxp", "hXXp", "HXXP", "hxtp", "fxp"}) {
        at = std::min(at, window.find(word, 1));
      }
      out += refang(window.substr(0, at));
      window = at == std::string_view::npos ? std::string_view() : window.substr(at);
    }
    return out;
  }

  void run_plain(std::string_view text) {
    each_dot(text);
    if (options_.ipv6) each_colon(text);
  }

  ByteRange range(const View& view, std::size_t begin, std::size_t end) const {
    if (fixed_) return *fixed_;
    return {base_ + view.offset(begin), (end - begin) * view.stride};
  }

  // True when something at this place was known.
  bool token(const View& view, std::size_t begin, std::size_t end) {
    std::array<char, kMostHost + 1> buffer{};
    std::size_t dots = 0;
    bool numeric = true;
    std::size_t last_label = begin;
    for (std::size_t i = begin; i < end; ++i) {
      const char c = view[i];
      buffer[i - begin] = lower(c);
      if (c == '.') {
        ++dots;
        last_label = i + 1;
      } else if (!is(c, kDigit)) {
        numeric = false;
      }
    }
    const std::string_view host(buffer.data(), end - begin);
    Candidate candidate;
    candidate.text = host;
    candidate.range = range(view, begin, end);
    std::size_t after = end;
    candidate.port = read_port(view, after);
    bool known = false;
    if (numeric) {
      if (dots != 3) return false;
      const auto address = stix::parse_ip_network(host);
      if (!address) return false;
      candidate.kind = Candidate::Kind::kAddress;
      candidate.address = &*address;
      known = sink_.take(candidate);
    } else {
      // A last part without a letter is a version or a number, not a domain.
      const std::string_view last = host.substr(last_label - begin);
      if (last.size() < 2 || std::all_of(last.begin(), last.end(), [](char c) {
            return is(c, kDigit) || c == '_' || c == '-';
          })) {
        return false;
      }
      known = sink_.take(candidate);
    }
    if (options_.urls && url(view, begin, end, after, host)) known = true;
    if (options_.emails && email(view, begin, end, host)) known = true;
    return known;
  }

  // A port behind `at`, which then is moved past it.
  static std::uint16_t read_port(const View& view, std::size_t& at) {
    if (at + 1 >= view.size() || view[at] != ':' || !is(view[at + 1], kDigit)) return 0;
    unsigned value = 0;
    std::size_t i = at + 1;
    for (; i < view.size() && is(view[i], kDigit); ++i) {
      value = value * 10 + static_cast<unsigned>(view[i] - '0');
      if (value > 65535) return 0;
    }
    at = i;
    return static_cast<std::uint16_t>(value);
  }

  bool url(const View& view, std::size_t begin, std::size_t end, std::size_t after,
           std::string_view host) {
    std::size_t scheme_begin = begin;
    std::size_t user = begin;  // of "user:password@"
    if (begin > 0 && view[begin - 1] == '@') {
      const std::size_t least = begin > 128 ? begin - 128 : 0;
      while (user > least && is(view[user - 1], kUrlPart) && view[user - 1] != '/') --user;
    }
    if (user >= 3 && view[user - 1] == '/' && view[user - 2] == '/' && view[user - 3] == ':') {
      scheme_begin = user - 3;
      const std::size_t least = scheme_begin > kMostScheme ? scheme_begin - kMostScheme : 0;
      while (scheme_begin > least && is(view[scheme_begin - 1], kHostPart)) --scheme_begin;
    } else {
      user = begin;
    }
    const bool has_path = after < view.size() && (view[after] == '/' || view[after] == '?');
    if (scheme_begin == begin && !has_path) return false;
    std::size_t path_end = after;
    if (has_path) {
      const std::size_t most = std::min(view.size(), begin + kMostUrl);
      while (path_end < most && is(view[path_end], kUrlPart)) ++path_end;
      while (path_end > after) {
        const char last = view[path_end - 1];
        if (last != '.' && last != ',' && last != ';' && last != ':' && last != '!' &&
            last != ')' && last != ']') {
          break;
        }
        --path_end;
      }
    }
    std::string text;
    for (std::size_t i = scheme_begin; i < user; ++i) text.push_back(lower(view[i]));
    if (text.starts_with("hxxp") || text.starts_with("hxtp")) text.replace(0, 4, "http");
    for (std::size_t i = user; i < begin; ++i) text.push_back(view[i]);
    text += host;
    for (std::size_t i = end; i < path_end; ++i) text.push_back(view[i]);
    const auto canonical = canonical_url(text);
    if (!canonical) return false;
    Candidate candidate;
    candidate.kind = Candidate::Kind::kUrl;
    candidate.text = *canonical;
    candidate.range = range(view, scheme_begin, path_end);
    return sink_.take(candidate);
  }

  bool email(const View& view, std::size_t begin, std::size_t end, std::string_view host) {
    if (begin < 2 || view[begin - 1] != '@') return false;
    std::size_t local = begin - 1;
    const std::size_t least = local > kMostLocal ? local - kMostLocal : 0;
    while (local > least && is(view[local - 1], kLocalPart)) --local;
    if (local == begin - 1) return false;
    std::string text;
    for (std::size_t i = local; i < begin; ++i) text.push_back(lower(view[i]));
    while (text.starts_with('.') || text.starts_with('\'')) text.erase(0, 1), ++local;
    if (text.size() < 2) return false;
    text += host;
    Candidate candidate;
    candidate.kind = Candidate::Kind::kEmail;
    candidate.text = text;
    candidate.range = range(view, local, end);
    return sink_.take(candidate);
  }

  // An IPv6 address around a colon; answers the end of the token, 0 when it is none.
  std::size_t ipv6(const View& view, std::size_t colon) {
    constexpr std::size_t kLongest = 46;
    std::size_t begin = colon;
    const std::size_t least = colon > kLongest ? colon - kLongest : 0;
    while (begin > least && (is(view[begin - 1], kHexDigit) || view[begin - 1] == ':')) --begin;
    std::size_t end = colon + 1;
    const std::size_t most = std::min(view.size(), colon + kLongest);
    while (end < most && (is(view[end], kHexDigit) || view[end] == ':' || view[end] == '.')) ++end;
    const std::size_t behind = end;
    while (end > colon + 1 && view[end - 1] == '.') --end;
    if (begin > 0 && is(view[begin - 1], kHostPart)) return behind;
    if (end < view.size() && is(view[end], kHostPart)) return behind;
    std::string text;
    std::size_t colons = 0;
    for (std::size_t i = begin; i < end; ++i) {
      text.push_back(lower(view[i]));
      if (view[i] == ':') ++colons;
    }
    if (colons < 2 || text.size() < 3) return behind;
    if (text.find("::") == std::string::npos && colons != 7 && colons != 6) return behind;
    const auto address = stix::parse_ip_network(text);
    if (!address) return behind;
    Candidate candidate;
    candidate.kind = Candidate::Kind::kAddress;
    candidate.text = text;
    candidate.address = &*address;
    candidate.range = range(view, begin, end);
    std::size_t after = end;
    if (after < view.size() && view[after] == ']') {
      ++after;
      candidate.port = read_port(view, after);
    }
    sink_.take(candidate);
    return behind;
  }

  // A host with characters of other scripts around `dot`.
  void idn_host(std::string_view bytes, std::size_t dot) {
    const auto belongs = [](char c) { return is(c, kHostPart) || c == '.' || (c & 0x80) != 0; };
    std::size_t begin = dot;
    const std::size_t least = dot > kMostHost ? dot - kMostHost : 0;
    while (begin > least && belongs(bytes[begin - 1])) --begin;
    std::size_t end = dot + 1;
    const std::size_t most = std::min(bytes.size(), dot + kMostHost);
    while (end < most && belongs(bytes[end])) ++end;
    if (begin < other_script_end_) return;
    other_script_end_ = end;
    const auto host = canonical_domain(bytes.substr(begin, end - begin));
    if (!host) return;
    Candidate candidate;
    candidate.text = *host;
    candidate.range = fixed_ ? *fixed_ : ByteRange{base_ + begin, end - begin};
    sink_.take(candidate);
  }

  const ContentScanner::Options& options_;
  std::uint64_t base_;
  CandidateSink& sink_;
  Form form_ = Form::kPlain;
  std::optional<ByteRange> fixed_;    // where decoded text stands
  std::vector<ByteRange> decoded_;    // words that were decoded, in the order of one pass
  std::size_t other_script_end_ = 0;  // of the last host in another script
};

}  // namespace

void ContentScanner::scan(std::span<const std::byte> content, std::uint64_t base,
                          CandidateSink& sink) const {
  scan(std::string_view(reinterpret_cast<const char*>(content.data()), content.size()), base, sink);
}

void ContentScanner::scan(std::string_view text, std::uint64_t base, CandidateSink& sink) const {
  Scan(options_, base, sink).run(text);
}

std::string excerpt_of(std::string_view content, ByteRange range) {
  constexpr std::size_t kBefore = 100;
  constexpr std::size_t kMost = 240;
  const auto at = static_cast<std::size_t>(std::min<std::uint64_t>(range.offset, content.size()));
  const auto is_end = [&](std::size_t i) { return content[i] == '\n' || content[i] == '\r'; };
  std::size_t begin = at;
  while (begin > 0 && at - begin < kBefore && !is_end(begin - 1)) --begin;
  std::size_t end = at;
  while (end < content.size() && end - begin < kMost && !is_end(end)) ++end;
  // Not in the middle of a character.
  while (begin < at && (content[begin] & 0xC0) == 0x80) ++begin;
  while (end > at && end < content.size() && (content[end] & 0xC0) == 0x80) --end;
  std::string out;
  for (std::size_t i = begin; i < end; ++i) {
    if (content[i] == '\0') continue;  // UTF-16 reads as what it says
    out.push_back(static_cast<unsigned char>(content[i]) < 0x20 ? ' ' : content[i]);
  }
  return to_well_formed(out);
}

}  // namespace konseki
