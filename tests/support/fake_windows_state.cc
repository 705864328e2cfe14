#include "tests/support/fake_windows_state.h"

#include <algorithm>

#include "agent/base/unicode.h"

namespace konseki::testing {
namespace {

std::vector<std::byte> little_endian(std::uint64_t number, std::size_t size) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(number >> (8 * i)));
  return bytes;
}

// ASCII is all that the tests need here.
std::vector<std::byte> utf16(std::string_view text) {
  std::vector<std::byte> bytes;
  for (const char c : text) {
    bytes.push_back(static_cast<std::byte>(c));
    bytes.push_back(std::byte{0});
  }
  bytes.insert(bytes.end(), 2, std::byte{0});
  return bytes;
}

}  // namespace

WindowsKey& FakeWindowsState::key_at(const std::string& path) {
  const auto parent_end = path.rfind('\\');
  if (parent_end != std::string::npos) {
    WindowsKey& parent = key_at(path.substr(0, parent_end));
    const std::string name = path.substr(parent_end + 1);
    const bool known = std::ranges::any_of(parent.subkeys, [&](const std::string& each) {
      return fold_case(each) == fold_case(name);
    });
    if (!known) parent.subkeys.push_back(name);
  }
  WindowsKey& key = keys_[fold_case(path)];
  key.last_written = Timestamp::from_unix(1'700'000'000);
  return key;
}

void FakeWindowsState::add_key(const std::string& key) { key_at(key); }

void FakeWindowsState::set_text(const std::string& key, const std::string& name,
                                std::string_view text) {
  key_at(key).values.push_back({name, 1, utf16(text)});
}

void FakeWindowsState::set_number(const std::string& key, const std::string& name,
                                  std::uint32_t number) {
  key_at(key).values.push_back({name, 4, little_endian(number, 4)});
}

void FakeWindowsState::set_filetime(const std::string& key, const std::string& name,
                                    std::uint64_t ticks) {
  key_at(key).values.push_back({name, 11, little_endian(ticks, 8)});
}

Result<WindowsKey> FakeWindowsState::machine_key(std::string_view path) {
  if (std::ranges::find(denied_, path) != denied_.end()) {
    return fail(ErrorCode::kPermissionDenied, std::string(path) + ": denied");
  }
  const auto found = keys_.find(fold_case(path));
  if (found == keys_.end()) return fail(ErrorCode::kNotFound, std::string(path));
  return found->second;
}

}  // namespace konseki::testing
