#include "agent/match/indicators/atom.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"
#include "agent/match/indicators/address_text.h"
#include "agent/match/stix/text_pattern.h"

namespace konseki {
namespace {

constexpr std::array<std::string_view, 22> kNames = {
    "md5",        "sha1",          "sha256",       "sha512",      "imphash",    "file-name",
    "file-path",  "path-regex",    "domain-name",  "ip-address",  "ip-network", "url",
    "email-addr", "email-subject", "registry-key", "mutex",       "named-pipe", "service-name",
    "task-name",  "user-agent",    "user-account", "command-line"};
constexpr std::string_view kCertificateName = "certificate";

constexpr std::size_t kMostText = 32 * 1024;  // what a command line of Windows can hold

struct Problem {
  std::string_view en;
  std::string_view ja;
};

tl::unexpected<Error> refuse(std::string_view text, Problem problem) {
  constexpr std::size_t kShown = 80;
  std::string shown = to_well_formed(text.substr(0, kShown));
  if (text.size() > kShown) shown += "…";
  return fail(ErrorCode::kInvalidArgument, std::move(shown),
              {std::string(problem.en), std::string(problem.ja)});
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

std::size_t digest_length(AtomType type) {
  switch (type) {
    case AtomType::kMd5:
    case AtomType::kImphash:
      return 32;
    case AtomType::kSha1:
      return 40;
    case AtomType::kSha256:
      return 64;
    case AtomType::kSha512:
      return 128;
    default:
      return 0;
  }
}

// Runs of separators become one '/'; "\\?\" and "\??\" in front go away, an UNC name keeps two.
std::string canonical_path(std::string_view text) {
  std::string out;
  for (const std::string_view prefix : {"\\\\?\\", "\\??\\", "//?/"}) {
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  }
  const bool is_unc = text.starts_with("\\\\") || text.starts_with("//");
  for (const char c : text) {
    const char plain = c == '\\' ? '/' : c;
    if (plain == '/' && !out.empty() && out.back() == '/') continue;
    out.push_back(plain);
  }
  while (out.size() > 1 && out.back() == '/') out.pop_back();
  return is_unc ? '/' + out : out;
}

constexpr std::array<std::array<std::string_view, 2>, 7> kHives = {{
    {"hklm", "HKEY_LOCAL_MACHINE"},
    {"hkcu", "HKEY_CURRENT_USER"},
    {"hkcr", "HKEY_CLASSES_ROOT"},
    {"hku", "HKEY_USERS"},
    {"hkcc", "HKEY_CURRENT_CONFIG"},
    {"registry\\machine", "HKEY_LOCAL_MACHINE"},
    {"registry\\user", "HKEY_USERS"},
}};

std::string canonical_key(std::string_view text) {
  const bool slashes = text.find('\\') == std::string_view::npos;
  std::string key;
  for (const char c : text) {
    const char plain = c == '/' && slashes ? '\\' : c;
    if (plain == '\\' && (key.empty() || key.back() == '\\')) continue;
    key.push_back(plain);
  }
  while (key.ends_with('\\')) key.pop_back();
  const std::string folded = lower_ascii(key);
  for (const auto& [from, to] : kHives) {
    for (const std::string_view drive : {"", ":"}) {  // "HKLM:\" is PowerShell's
      const std::string prefix = std::string(from) + std::string(drive);
      if (folded != prefix && !folded.starts_with(prefix + '\\')) continue;
      return std::string(to) + key.substr(prefix.size());
    }
  }
  if (folded.starts_with("hkey_")) {
    const std::size_t end = std::min(key.find('\\'), key.size());
    for (std::size_t i = 0; i < end; ++i) {
      if (key[i] >= 'a' && key[i] <= 'z') key[i] = static_cast<char>(key[i] - 32);
    }
  }
  return key;
}

Result<Atom> make_digest(AtomType type, std::string_view text) {
  std::string value;
  for (const char c : text) {
    if (type == AtomType::kCertificate && (c == ':' || c == ' ')) continue;
    value.push_back(c);
  }
  const std::size_t length = digest_length(type);
  const bool fits = length != 0 ? value.size() == length
                                : value.size() == 32 || value.size() == 40 || value.size() == 64;
  if (!fits || !std::all_of(value.begin(), value.end(), is_hex)) {
    return refuse(text,
                  {"This is no digest of that kind.", "この種類のハッシュ値ではありません。"});
  }
  return Atom{type, lower_ascii(value), {}, {}};
}

// An address of full length is one, whatever was asked for; a shorter prefix is a network.
Result<Atom> make_address(std::string_view text) {
  const std::string plain = refang(text);
  std::optional<std::uint16_t> port;
  auto network = stix::parse_ip_network(plain);
  if (!network) {
    if (const auto split = split_port(plain)) {
      network = stix::parse_ip_network(split->host);
      port = split->port;
    }
  }
  if (!network) {
    return refuse(text, {"This is neither an IP address nor a network.",
                         "IP アドレスでもネットワークでもありません。"});
  }
  std::string value = network_text(*network);
  const bool is_network = value.find('/') != std::string::npos;
  return Atom{is_network ? AtomType::kIpNetwork : AtomType::kIpAddress, std::move(value), {}, port};
}

Result<Atom> make_domain(std::string_view text) {
  const std::string plain = refang(text);
  std::string_view rest = plain;
  if (rest.starts_with("*.")) rest.remove_prefix(2);
  if (rest.starts_with('.')) rest.remove_prefix(1);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (const auto split = split_port(rest)) {
    if (auto domain = canonical_domain(split->host)) {
      return Atom{AtomType::kDomain, *std::move(domain), {}, split->port};
    }
  }
  return refuse(text, {"This is no domain name.", "ドメイン名ではありません。"});
}

Result<Atom> make_url(std::string_view text) {
  if (auto url = canonical_url(refang(text))) return Atom{AtomType::kUrl, *std::move(url), {}, {}};
  return refuse(text, {"This is no URL.", "URL ではありません。"});
}

Result<Atom> make_email(std::string_view text) {
  if (auto mail = canonical_email(refang(text))) {
    return Atom{AtomType::kEmailAddress, *std::move(mail), {}, {}};
  }
  return refuse(text, {"This is no mail address.", "メールアドレスではありません。"});
}

Result<Atom> make_path(std::string_view text) {
  std::string path = canonical_path(text);
  const bool is_name = path.find('/') == std::string::npos;
  return Atom{is_name ? AtomType::kFileName : AtomType::kFilePath, std::move(path), {}, {}};
}

Result<Atom> make_regex(std::string_view text) {
  auto compiled = stix::compile_matches(text);
  if (!compiled) {
    return refuse(text, {"This is no regular expression, or one that is too large.",
                         "正規表現として正しくないか、大きすぎます。"});
  }
  return Atom{AtomType::kPathRegex, std::string(text), {}, {}};
}

std::string_view without_prefix(std::string_view text, std::string_view prefix) {
  if (lower_ascii(text.substr(0, prefix.size())) == prefix) text.remove_prefix(prefix.size());
  return text;
}

}  // namespace

std::string_view atom_type_name(AtomType type) {
  const auto at = static_cast<std::size_t>(type);
  return at < kNames.size() ? kNames[at] : kCertificateName;
}

std::optional<AtomType> atom_type_of_name(std::string_view name) {
  if (name == kCertificateName) return AtomType::kCertificate;
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<AtomType>(found - kNames.begin());
}

Result<Atom> make_atom(AtomType type, std::string_view text) {
  if (type != AtomType::kPathRegex && type != AtomType::kCommandLine) text = trim_value(text);
  if (text.empty()) return refuse(text, {"The value is empty.", "値が空です。"});
  if (text.size() > kMostText) {
    return refuse(text, {"The value is longer than 32 KiB.", "値が 32 KiB を超えています。"});
  }
  switch (type) {
    case AtomType::kMd5:
    case AtomType::kSha1:
    case AtomType::kSha256:
    case AtomType::kSha512:
    case AtomType::kImphash:
    case AtomType::kCertificate:
      return make_digest(type, text);
    case AtomType::kFileName:
    case AtomType::kFilePath:
      return make_path(text);
    case AtomType::kPathRegex:
      return make_regex(text);
    case AtomType::kDomain:
      return make_domain(text);
    case AtomType::kIpAddress:
    case AtomType::kIpNetwork:
      return make_address(text);
    case AtomType::kUrl:
      return make_url(text);
    case AtomType::kEmailAddress:
      return make_email(text);
    case AtomType::kRegistryKey:
      return Atom{type, canonical_key(text), {}, {}};
    case AtomType::kNamedPipe:
      return Atom{type,
                  std::string(without_prefix(without_prefix(text, "\\\\.\\pipe\\"), "\\pipe\\")),
                  {},
                  {}};
    case AtomType::kTaskName:
      return Atom{type, std::string(without_prefix(text, "\\")), {}, {}};
    case AtomType::kEmailSubject:
    case AtomType::kMutex:
    case AtomType::kServiceName:
    case AtomType::kUserAgent:
    case AtomType::kUserAccount:
    case AtomType::kCommandLine:
      break;
  }
  return Atom{type, std::string(text), {}, {}};
}

Result<Atom> guess_atom(std::string_view text) {
  text = trim_value(text);
  for (const AtomType type :
       {AtomType::kMd5, AtomType::kSha1, AtomType::kSha256, AtomType::kSha512}) {
    if (text.size() == digest_length(type) && std::all_of(text.begin(), text.end(), is_hex)) {
      return make_digest(type, text);
    }
  }
  if (text.size() > kMostText) {
    return refuse(text, {"The value is longer than 32 KiB.", "値が 32 KiB を超えています。"});
  }
  const std::string plain = refang(text);
  if (auto address = make_address(plain)) return address;
  if (plain.find("://") != std::string::npos) return make_url(plain);
  if (plain.find('@') != std::string::npos && plain.find('/') == std::string::npos) {
    return make_email(plain);
  }
  if (auto domain = make_domain(plain)) {
    const std::string& name = domain->value;
    if (!is_file_extension(name.substr(name.rfind('.') + 1))) return domain;
  } else if (auto url = make_url(plain)) {
    return url;
  }
  return refuse(text, {"This is no digest, address, network, URL, domain or mail address.",
                       "ハッシュ値、アドレス、ネットワーク、URL、ドメイン、メールアドレスの"
                       "どれでもありません。"});
}

}  // namespace konseki
