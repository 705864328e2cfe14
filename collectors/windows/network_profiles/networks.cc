#include "collectors/windows/network_profiles/networks.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"
#include "collectors/windows/base/key_match.h"
#include "collectors/windows/base/registry_text.h"

namespace konseki::windows {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"profile_id", FieldType::kText, "GUID of the profile"},
    {"name", FieldType::kText, "Name of the network, often the SSID"},
    {"description", FieldType::kText, "Description"},
    {"kind", FieldType::kText, "wired, wireless, vpn, mobile_broadband, or a number"},
    {"category", FieldType::kText, "public, private or domain"},
    {"first_connected_local", FieldType::kText, "First connection, in the host's local time"},
    {"last_connected_local", FieldType::kText, "Last connection, in the host's local time"},
    {"gateway_mac", FieldType::kText, "Hardware address of the default gateway"},
    {"dns_suffix", FieldType::kText, "DNS suffix"},
    {"managed", FieldType::kBool, "True for a network of a domain"},
    {"last_written", FieldType::kTime, "Last write of the profile's key",
     "Content Modification Time"},
});

// A SYSTEMTIME, which NetworkList keeps in local time; "" when it is none.
std::string local_time(const RegistryValue* value) {
  if (value == nullptr || value->data.size() != 16) return {};
  Cursor cursor(value->data);
  std::array<std::uint16_t, 8> part{};
  for (std::uint16_t& number : part) number = cursor.u16();
  if (part[0] == 0) return {};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}", part[0], part[1], part[3],
                     part[4], part[5], part[6], part[7]);
}

std::string kind_name(std::uint64_t type) {
  switch (type) {  // IANA interface types
    case 6:
      return "wired";
    case 23:
      return "vpn";
    case 71:
      return "wireless";
    case 243:
      return "mobile_broadband";
    default:
      return fmt::format("{}", type);
  }
}

std::string category_name(std::uint64_t category) {
  static constexpr std::array<std::string_view, 3> kNames = {"public", "private", "domain"};
  return category < kNames.size() ? std::string(kNames[category]) : fmt::format("{}", category);
}

std::string mac_text(const RegistryValue* value) {
  if (value == nullptr || value->data.size() != 6) return {};
  std::string out;
  for (std::byte byte : value->data) {
    out += fmt::format("{}{:02x}", out.empty() ? "" : ":", std::to_integer<unsigned>(byte));
  }
  return out;
}

void set_unless_empty(Record& record, std::string_view field, std::string value) {
  if (!value.empty()) record.set(field, std::move(value));
}

using Values = std::vector<RegistryValue>;

Record profile_record(const RegistryKey& key, const Values& values) {
  Record record(kNetworkProfileSchema);
  record.set("profile_id", key.name());
  set_unless_empty(record, "name", text_of(values, "ProfileName"));
  set_unless_empty(record, "description", text_of(values, "Description"));
  if (auto type = integer_of(values, "NameType")) record.set("kind", kind_name(*type));
  if (auto category = integer_of(values, "Category")) {
    record.set("category", category_name(*category));
  }
  set_unless_empty(record, "first_connected_local", local_time(find_value(values, "DateCreated")));
  set_unless_empty(record, "last_connected_local",
                   local_time(find_value(values, "DateLastConnected")));
  if (auto managed = integer_of(values, "Managed")) record.set("managed", *managed != 0);
  record.set("last_written", key.last_written());
  return record;
}

void add_signature(Record& record, const Values& values) {
  set_unless_empty(record, "gateway_mac", mac_text(find_value(values, "DefaultGatewayMac")));
  set_unless_empty(record, "dns_suffix", text_of(values, "DnsSuffix"));
}

}  // namespace

const RecordSchema kNetworkProfileSchema{"windows.network_profile",
                                         "Networks that the host was connected to", kFields};

void parse_network_profiles(const RegistryHive& software, const RecordEmitter& emit) {
  const KeyPattern patterns[] = {
      KeyPattern("Microsoft/Windows NT/CurrentVersion/NetworkList/Profiles/*"),
      KeyPattern("Microsoft/Windows NT/CurrentVersion/NetworkList/Signatures/*/*")};
  const KeyDamageHandler damaged = [&](const std::string& path, const Error& error) {
    emit(damaged_key(kNetworkProfileSchema, "HKEY_LOCAL_MACHINE\\SOFTWARE", path, error));
  };
  std::map<std::string, Record> profiles;  // by folded GUID
  std::multimap<std::string, Values> signatures;
  const auto visit = [&](const RegistryKey& key, const std::string& path,
                         std::span<const std::size_t> matched) {
    auto values = key.values();
    if (!values) return damaged(path, values.error());
    if (matched.front() == 0) {
      profiles.emplace(fold_case(key.name()), profile_record(key, *values));
    } else {
      std::string id = fold_case(text_of(*values, "ProfileGuid"));
      signatures.emplace(std::move(id), *std::move(values));
    }
  };
  auto root = software.root();
  if (!root) return damaged("", root.error());
  match_keys(**root, patterns, visit, damaged);
  for (auto& [id, values] : signatures) {
    if (auto found = profiles.find(id); found != profiles.end()) {
      add_signature(found->second, values);
      continue;
    }
    Record record(kNetworkProfileSchema);
    set_unless_empty(record, "profile_id", text_of(values, "ProfileGuid"));
    set_unless_empty(record, "name", text_of(values, "FirstNetwork"));
    set_unless_empty(record, "description", text_of(values, "Description"));
    add_signature(record, values);
    emit(std::move(record));
  }
  for (auto& [id, record] : profiles) emit(std::move(record));
}

}  // namespace konseki::windows
