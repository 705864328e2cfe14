// Writes registry hives for tests, so that no fixture needs third-party data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/registry_hive.h"

namespace konseki::testing {

struct HiveKey {
  std::string name;  // WTF-8
  std::vector<RegistryValue> values;
  std::vector<HiveKey> subkeys;
  std::uint64_t last_written = 132'223'104'000'000'000;  // FILETIME, 2020-01-01T00:00:00Z

  // The key at `path` below this one, '/' separated, made where absent.
  HiveKey& at(std::string_view path);
};

RegistryValue sz(std::string name, std::string_view text);
RegistryValue expand_sz(std::string name, std::string_view text);
RegistryValue multi_sz(std::string name, const std::vector<std::string>& texts);
RegistryValue dword(std::string name, std::uint32_t number);
RegistryValue qword(std::string name, std::uint64_t number);
RegistryValue binary(std::string name, std::string_view bytes);

std::string utf16le(std::string_view wtf8);

// A hive file of format 1.5 with one bin: lh lists, one security cell, big data in segments.
std::string build_hive(const HiveKey& root);

}  // namespace konseki::testing
