#include "agent/match/indicators/atom_key.h"

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"
#include "agent/match/indicators/address_text.h"

namespace konseki {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return (c | 0x20) - 'a' + 10;
}

std::string from_hex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    out.push_back(static_cast<char>(hex_value(text[i]) * 16 + hex_value(text[i + 1])));
  }
  return out;
}

std::string to_hex_text(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

bool is_digest(AtomType type) {
  return type <= AtomType::kImphash || type == AtomType::kCertificate;
}

bool keeps_case(AtomType type) {
  return type == AtomType::kPathRegex || type == AtomType::kUrl || type == AtomType::kMutex;
}

stix::IpNetwork network_of(std::string_view payload, bool has_prefix) {
  stix::IpNetwork out;
  if (has_prefix && payload.size() >= 2) {
    out.prefix = static_cast<unsigned char>(payload[1]);
    payload.remove_prefix(2);
  } else {
    out.prefix = payload.size() == 16 ? 128 : 32;
  }
  out.is_v6 = payload.size() == 16;
  for (std::size_t i = 0; i < std::min<std::size_t>(payload.size(), 16); ++i) {
    out.bytes[i] = static_cast<std::uint8_t>(payload[i]);
  }
  return out;
}

struct Variable {
  std::string_view name;
  std::string_view folder;  // '*' is any one part
};
// Ends of the folders that a variable names, on any Windows or Linux.
constexpr std::array<Variable, 30> kVariables = {{
    {"%allusersprofile%", "documents and settings/all users"},
    {"%allusersprofile%", "programdata"},
    {"%appdata%", "appdata/roaming"},
    {"%appdata%", "application data"},
    {"%commonappdata%", "programdata"},
    {"%commonprogramfiles%", "program files (x86)/common files"},
    {"%commonprogramfiles%", "program files/common files"},
    {"%home%", "home/*"},
    {"%home%", "root"},
    {"%homepath%", "users/*"},
    {"%localappdata%", "appdata/local"},
    {"%localappdata%", "local settings/application data"},
    {"%programdata%", "all users/application data"},
    {"%programdata%", "programdata"},
    {"%programfiles%", "program files"},
    {"%programfiles%", "program files (x86)"},
    {"%programfiles(x86)%", "program files (x86)"},
    {"%public%", "users/public"},
    {"%system%", "windows/system32"},
    {"%system%", "windows/syswow64"},
    {"%systemroot%", "windows"},
    {"%systemroot%", "winnt"},
    {"%temp%", "temp"},
    {"%temp%", "tmp"},
    {"%tmp%", "temp"},
    {"%tmp%", "tmp"},
    {"%userprofile%", "documents and settings/*"},
    {"%userprofile%", "users/*"},
    {"%windir%", "windows"},
    {"%windir%", "winnt"},
}};

// The last part of `path`, which loses it and the separator before.
std::string_view pop_part(std::string_view& path, char separator) {
  const std::size_t at = path.rfind(separator);
  const std::string_view part = at == std::string_view::npos ? path : path.substr(at + 1);
  path = at == std::string_view::npos ? std::string_view() : path.substr(0, at);
  return part;
}

bool ends_in_folder(std::string_view path, std::string_view folder) {
  while (!folder.empty()) {
    const std::string_view wanted = pop_part(folder, '/');
    const std::string_view part = pop_part(path, '/');
    if (part.empty() || (wanted != "*" && wanted != part)) return false;
  }
  return true;
}

}  // namespace

std::string atom_payload(AtomType type, std::string_view value) {
  if (is_digest(type)) return from_hex(value);
  if (type == AtomType::kIpAddress || type == AtomType::kIpNetwork) {
    const auto network = stix::parse_ip_network(value);
    if (!network) return {};
    return type == AtomType::kIpAddress ? address_payload(*network) : network_payload(*network);
  }
  if (type == AtomType::kRegistryKey) return folded_key(value);
  return keeps_case(type) ? std::string(value) : fold_case(value);
}

std::string_view atom_key(AtomType type, std::string_view payload) {
  switch (type) {
    case AtomType::kFilePath:
      return payload.substr(payload.rfind('/') + 1);
    case AtomType::kRegistryKey:
      return payload.substr(payload.rfind('\\') + 1);
    case AtomType::kUrl: {
      const std::size_t scheme = payload.find("://");
      return scheme == std::string_view::npos ? payload : payload.substr(scheme + 3);
    }
    default:
      return payload;
  }
}

std::string atom_text(AtomType type, std::string_view payload) {
  if (is_digest(type)) return to_hex_text(payload);
  if (type == AtomType::kIpAddress) return network_text(network_of(payload, false));
  if (type == AtomType::kIpNetwork) return network_text(network_of(payload, true));
  return std::string(payload);
}

std::string address_payload(const stix::IpNetwork& address) {
  const stix::IpNetwork canonical = canonical_network(address);
  return {reinterpret_cast<const char*>(canonical.bytes.data()), canonical.is_v6 ? 16U : 4U};
}

std::string network_payload(const stix::IpNetwork& network) {
  const stix::IpNetwork canonical = canonical_network(network);
  std::string out = {canonical.is_v6 ? '\6' : '\4', static_cast<char>(canonical.prefix)};
  out.append(reinterpret_cast<const char*>(canonical.bytes.data()), canonical.is_v6 ? 16 : 4);
  return out;
}

std::string folded_key(std::string_view key) {
  std::string out = fold_case(key);
  constexpr std::string_view kSet = "\\controlset";
  const std::size_t at = out.find(kSet);
  const std::size_t digits = at + kSet.size();
  if (at != std::string::npos && out.size() >= digits + 3 && out[digits] >= '0' &&
      out[digits] <= '9' && (out.size() == digits + 3 || out[digits + 3] == '\\')) {
    out.replace(at, kSet.size() + 3, "\\currentcontrolset");
  }
  // A user's own hive, by its number as by its short name.
  constexpr std::string_view kUsers = "hkey_users\\s-1-5-21-";
  if (out.starts_with(kUsers)) {
    constexpr std::string_view kClasses = "_classes";
    const std::size_t end = std::min(out.find('\\', kUsers.size()), out.size());
    const bool is_classes = std::string_view(out).substr(0, end).ends_with(kClasses);
    out.replace(0, end, is_classes ? "hkey_current_user\\software\\classes" : "hkey_current_user");
  }
  return out;
}

bool ends_in_path(std::string_view text, std::string_view end, char separator) {
  if (separator == '/' && end.starts_with('%')) {
    const std::size_t slash = end.find('/');
    if (slash == std::string_view::npos) return false;
    const std::string_view variable = end.substr(0, slash);
    end.remove_prefix(slash);
    if (!text.ends_with(end)) return false;
    text.remove_suffix(end.size());
    if (variable == "%systemdrive%" || variable == "%homedrive%") {
      return text.empty() || (text.size() == 2 && text[1] == ':');
    }
    bool is_known = false;
    for (const Variable& each : kVariables) {
      if (each.name != variable) continue;
      is_known = true;
      if (ends_in_folder(text, each.folder)) return true;
    }
    return !is_known;  // a variable that nobody knows: its folder may be any
  }
  if (!text.ends_with(end)) return false;
  return text.size() == end.size() || end.starts_with(separator) ||
         text[text.size() - end.size() - 1] == separator;
}

}  // namespace konseki
