#include "agent/match/indicators/address_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "agent/match/indicators/punycode.h"

namespace konseki {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z'); }

bool starts_with_folded(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(),
                                                    [](char a, char b) { return a == lower(b); });
}

// Longer ones first where one begins another.
constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kDefanged = {{
    {"[://]", "://"},
    {"[:]//", "://"},
    {"[dot]", "."},
    {"(dot)", "."},
    {"{dot}", "."},
    {"[.]", "."},
    {"(.)", "."},
    {"{.}", "."},
    {"[.", "."},
    {".]", "."},
    {"[at]", "@"},
    {"(at)", "@"},
    {"[@]", "@"},
    {"(@)", "@"},
    {"[:]", ":"},
    {"[/]", "/"},
    {"\\.", "."},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kSchemes = {{
    {"hxxps:", "https:"},
    {"hxxp:", "http:"},
    {"hxtps:", "https:"},
    {"hxtp:", "http:"},
    {"h**ps:", "https:"},
    {"h**p:", "http:"},
    {"fxp:", "ftp:"},
}};

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > 63) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return is_alnum(c) || c == '-' || c == '_'; });
}

std::optional<std::string> canonical_host(std::string_view text) {
  if (const auto network = stix::parse_ip_network(text);
      network && text.find('/') == std::string_view::npos) {
    const std::string address = network_text(*network);
    return address.find(':') == std::string::npos ? address : '[' + address + ']';
  }
  return canonical_domain(text);
}

std::string v6_text(const std::array<std::uint8_t, 16>& bytes) {
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) groups[i] = bytes[2 * i] * 256U + bytes[2 * i + 1];
  std::size_t best = 8;
  std::size_t longest = 1;  // a single group of zeros is not shortened
  for (std::size_t i = 0; i < 8;) {
    std::size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > longest) {
      best = i;
      longest = end - i;
    }
    i = std::max(end, i + 1);
  }
  std::string out;
  for (std::size_t i = 0; i < 8;) {
    if (i == best) {
      out += "::";
      i += longest;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    out += fmt::format("{:x}", groups[i++]);
  }
  return out;
}

}  // namespace

std::string refang(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const auto& [from, to] : kSchemes) {
    if (!starts_with_folded(text, from) &&
        !(starts_with_folded(text, from.substr(0, from.size() - 1)) &&
          starts_with_folded(text.substr(from.size() - 1), "[:"))) {
      continue;
    }
    out.append(to.substr(0, to.size() - 1));
    text.remove_prefix(from.size() - 1);
    break;
  }
  // A literal IPv6 host in brackets holds ':' right behind "[", so "[." and ".]" cannot be one.
  while (!text.empty()) {
    const auto* const found =
        std::find_if(kDefanged.begin(), kDefanged.end(),
                     [&](const auto& each) { return starts_with_folded(text, each.first); });
    if (found == kDefanged.end()) {
      out.push_back(text.front());
      text.remove_prefix(1);
    } else {
      out.append(found->second);
      text.remove_prefix(found->first.size());
    }
  }
  return out;
}

std::string_view trim_value(std::string_view text) {
  constexpr std::array<std::string_view, 3> kUnseen = {"\xEF\xBB\xBF", "\xE2\x80\x8B", "\xC2\xA0"};
  for (bool more = true; more;) {
    more = false;
    while (!text.empty() && (is_space(text.front()) || text.front() == '\0')) {
      text.remove_prefix(1);
    }
    while (!text.empty() && (is_space(text.back()) || text.back() == '\0')) text.remove_suffix(1);
    for (const std::string_view unseen : kUnseen) {
      if (text.starts_with(unseen)) text.remove_prefix(unseen.size()), more = true;
      if (text.ends_with(unseen)) text.remove_suffix(unseen.size()), more = true;
    }
  }
  if (text.size() >= 2 && text.front() == text.back() &&
      (text.front() == '"' || text.front() == '\'' || text.front() == '`')) {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

std::optional<std::string> canonical_domain(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > 1024) return std::nullopt;
  auto host = to_ascii_host(text);
  if (!host || host->size() > 253) return std::nullopt;
  std::size_t labels = 0;
  std::string_view last;
  for (std::string_view rest = *host;; ++labels) {
    const std::size_t dot = rest.find('.');
    last = rest.substr(0, dot);
    if (!is_label(last)) return std::nullopt;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (labels == 0 || last.size() < 2 || std::all_of(last.begin(), last.end(), is_digit)) {
    return std::nullopt;
  }
  return host;
}

std::optional<std::string> canonical_email(std::string_view text) {
  if (const std::size_t open = text.rfind('<'); open != std::string_view::npos) {
    const std::size_t close = text.find('>', open);
    if (close == std::string_view::npos) return std::nullopt;
    text = trim_value(text.substr(open + 1, close - open - 1));
  }
  if (starts_with_folded(text, "mailto:")) text.remove_prefix(7);
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64) return std::nullopt;
  const std::string_view local = text.substr(0, at);
  constexpr std::string_view kNever = " \t\r\n\"(),:;<>@[\\]";
  if (local.find_first_of(kNever) != std::string_view::npos) return std::nullopt;
  const auto domain = canonical_domain(text.substr(at + 1));
  if (!domain) return std::nullopt;
  std::string out(local);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out + '@' + *domain;
}

std::optional<std::string> canonical_url(std::string_view text) {
  std::string scheme;
  if (const std::size_t colon = text.find("://"); colon != std::string_view::npos && colon <= 16) {
    scheme = text.substr(0, colon);
    std::transform(scheme.begin(), scheme.end(), scheme.begin(), lower);
    if (scheme.empty() || !std::all_of(scheme.begin(), scheme.end(), [](char c) {
          return is_alnum(c) || c == '+' || c == '-' || c == '.';
        })) {
      return std::nullopt;
    }
    text.remove_prefix(colon + 3);
  }
  text = text.substr(0, text.find('#'));
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, end);
  std::string_view path = text.substr(end);
  if (path == "/") path = {};
  if (scheme.empty() && path.empty()) return std::nullopt;
  std::string user;
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    user = authority.substr(0, at + 1);
    authority.remove_prefix(at + 1);
  }
  const auto split = split_port(authority);
  if (!split) return std::nullopt;
  const auto host = canonical_host(split->host);
  if (!host) return std::nullopt;
  std::string out = scheme.empty() ? std::string() : scheme + "://";
  out += user + *host;
  const bool is_default =
      (split->port == 80 && scheme == "http") || (split->port == 443 && scheme == "https");
  if (split->port && !is_default) out += fmt::format(":{}", *split->port);
  out += path;
  return out;
}

stix::IpNetwork canonical_network(stix::IpNetwork network) {
  constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (network.is_v6 && network.prefix >= 96 &&
      std::equal(kMapped.begin(), kMapped.end(), network.bytes.begin())) {
    std::copy(network.bytes.begin() + 12, network.bytes.end(), network.bytes.begin());
    network.is_v6 = false;
    network.prefix -= 96;
  }
  const int length = network.is_v6 ? 128 : 32;
  for (int bit = network.prefix; bit < length; ++bit) {
    network.bytes[static_cast<std::size_t>(bit / 8)] &=
        static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
  }
  std::fill(network.bytes.begin() + length / 8, network.bytes.end(), std::uint8_t{0});
  return network;
}

std::string network_text(const stix::IpNetwork& network) {
  const stix::IpNetwork canonical = canonical_network(network);
  std::string out = canonical.is_v6
                        ? v6_text(canonical.bytes)
                        : fmt::format("{}.{}.{}.{}", canonical.bytes[0], canonical.bytes[1],
                                      canonical.bytes[2], canonical.bytes[3]);
  if (canonical.prefix != (canonical.is_v6 ? 128 : 32)) out += fmt::format("/{}", canonical.prefix);
  return out;
}

std::optional<HostAndPort> split_port(std::string_view text) {
  HostAndPort out;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    out.host = text.substr(1, close - 1);
    port = text.substr(close + 1);
    if (!port.empty() && port.front() != ':') return std::nullopt;
  } else {
    const std::size_t colon = text.find(':');
    const bool bare_v6 = colon != std::string_view::npos && text.rfind(':') != colon;
    out.host = bare_v6 ? text : text.substr(0, colon);
    if (!bare_v6 && colon != std::string_view::npos) port = text.substr(colon);
  }
  if (port.empty()) return out;
  std::uint16_t number = 0;
  const char* const end = port.data() + port.size();
  const auto result = std::from_chars(port.data() + 1, end, number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  out.port = number;
  return out;
}

bool is_file_extension(std::string_view label) {
  static constexpr std::array<std::string_view, 56> kExtensions = {
      "7z",   "apk", "asp", "aspx", "bak", "bat", "bin",  "bmp",  "cab",  "cfg",  "chm", "cmd",
      "conf", "cpl", "css", "csv",  "dat", "dll", "dmp",  "doc",  "docm", "docx", "elf", "exe",
      "gif",  "hta", "htm", "html", "inf", "ini", "jar",  "jpg",  "js",   "json", "jsp", "lnk",
      "log",  "msi", "ocx", "pdf",  "php", "png", "ppt",  "pptx", "ps1",  "reg",  "rtf", "scr",
      "sys",  "tmp", "txt", "vbs",  "wsf", "xls", "xlsx", "xml"};
  return std::binary_search(kExtensions.begin(), kExtensions.end(), label);
}

}  // namespace konseki
