#include "tests/support/regf_builder.h"

#include <algorithm>
#include <cstring>

#include "agent/base/unicode.h"

namespace konseki::testing {
namespace {

constexpr std::uint32_t kNone = 0xFFFF'FFFF;
constexpr std::size_t kSegment = 16344;  // data beyond this goes to a "db" cell

void put(std::string& out, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i) out += static_cast<char>(value >> (8 * i));
}

void put_at(std::string& out, std::size_t at, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i) out[at + i] = static_cast<char>(value >> (8 * i));
}

std::vector<std::byte> to_bytes(std::string_view text) {
  std::vector<std::byte> bytes(text.size());
  if (!text.empty()) std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

// The stored form of a name and whether it is "compressed" to the low bytes of its units.
std::pair<std::string, bool> stored_name(std::string_view name) {
  const std::string wide = utf16le(name);
  std::string narrow;
  for (std::size_t i = 0; i < wide.size(); i += 2) {
    if (wide[i + 1] != 0) return {wide, false};
    narrow += wide[i];
  }
  return {narrow, true};
}

class Writer {
 public:
  Writer() : bins_(32, '\0') {}  // the bin's header, filled at the end

  std::uint32_t cell(std::string_view content) {
    const std::size_t size = (content.size() + 4 + 7) / 8 * 8;
    const auto offset = static_cast<std::uint32_t>(bins_.size());
    put(bins_, static_cast<std::uint32_t>(-static_cast<std::int64_t>(size)), 4);
    bins_ += content;
    bins_.resize(offset + size, '\0');
    return offset;
  }

  std::uint32_t security() {
    std::string sk = "sk";
    put(sk, 0, 2);
    put(sk, bins_.size(), 4);  // the only one: linked to itself
    put(sk, bins_.size(), 4);
    put(sk, 1, 4);
    put(sk, 20, 4);
    sk += std::string("\x01\x00\x04\x80", 4) + std::string(16, '\0');
    return cell(sk);
  }

  std::uint32_t data(std::string_view bytes) {
    if (bytes.size() <= kSegment) return cell(bytes);
    std::string list;
    std::size_t count = 0;
    for (std::string_view rest = bytes; !rest.empty(); ++count) {
      const std::string_view part = rest.substr(0, kSegment);
      put(list, cell(std::string(part) + std::string(4, '\0')), 4);
      rest.remove_prefix(part.size());
    }
    std::string db = "db";
    put(db, count, 2);
    put(db, cell(list), 4);
    put(db, 0, 4);
    return cell(db);
  }

  std::uint32_t value(const RegistryValue& value) {
    const auto [name, narrow] = stored_name(value.name);
    const std::string_view bytes(reinterpret_cast<const char*>(value.data.data()),
                                 value.data.size());
    std::string vk = "vk";
    put(vk, name.size(), 2);
    if (bytes.size() <= 4) {
      put(vk, 0x8000'0000 | bytes.size(), 4);
      vk += std::string(bytes) + std::string(4 - bytes.size(), '\0');
    } else {
      put(vk, bytes.size(), 4);
      put(vk, data(bytes), 4);
    }
    put(vk, static_cast<std::uint32_t>(value.type), 4);
    put(vk, narrow ? 1 : 0, 2);
    put(vk, 0, 2);
    return cell(vk + name);
  }

  std::uint32_t values(const HiveKey& key) {
    if (key.values.empty()) return kNone;
    std::string list;
    for (const RegistryValue& one : key.values) put(list, value(one), 4);
    return cell(list);
  }

  std::uint32_t subkeys(const HiveKey& key, std::uint32_t parent) {
    if (key.subkeys.empty()) return kNone;
    std::string list = "lh";
    put(list, key.subkeys.size(), 2);
    for (const HiveKey& child : key.subkeys) {
      put(list, this->key(child, parent), 4);
      std::uint32_t hash = 0;
      for (char c : child.name) hash = hash * 37 + (c >= 'a' && c <= 'z' ? c - 32 : c);
      put(list, hash, 4);
    }
    return cell(list);
  }

  std::uint32_t key(const HiveKey& key, std::uint32_t parent) {
    if (security_ == kNone) security_ = security();
    const auto [name, narrow] = stored_name(key.name);
    std::string nk = "nk";
    put(nk, (narrow ? 0x20 : 0) | (parent == kNone ? 0x0C : 0), 2);
    put(nk, key.last_written, 8);
    put(nk, 0, 4);
    put(nk, parent, 4);
    put(nk, key.subkeys.size(), 4);
    put(nk, 0, 4);
    put(nk, kNone, 4);  // 0x1C: subkey list, set below
    put(nk, kNone, 4);
    put(nk, key.values.size(), 4);
    put(nk, values(key), 4);
    put(nk, security_, 4);
    put(nk, kNone, 4);
    nk += std::string(20, '\0');
    put(nk, name.size(), 2);
    put(nk, 0, 2);
    const std::uint32_t offset = cell(nk + name);
    const std::uint32_t list = subkeys(key, offset);
    put_at(bins_, offset + 4 + 0x1C, list, 4);
    return offset;
  }

  std::string finish(std::uint32_t root) {
    const std::size_t size = (bins_.size() + 8 + 4095) / 4096 * 4096;
    put(bins_, size - bins_.size(), 4);  // the free rest
    bins_.resize(size, '\0');
    put_at(bins_, 0, 0x6E69'6268, 4);  // "hbin"
    put_at(bins_, 8, size, 4);
    std::string header = "regf";
    put(header, 1, 4);
    put(header, 1, 4);
    put(header, 132'223'104'000'000'000, 8);
    for (std::uint32_t number : {1U, 5U, 0U, 1U, root, static_cast<std::uint32_t>(size), 1U}) {
      put(header, number, 4);
    }
    header.resize(4096, '\0');
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < 508; i += 4) {
      std::uint32_t word = 0;
      std::memcpy(&word, header.data() + i, 4);
      sum ^= word;
    }
    put_at(header, 508, sum, 4);
    return header + bins_;
  }

 private:
  std::string bins_;
  std::uint32_t security_ = kNone;
};

RegistryValue make(std::string name, RegistryType type, std::string_view data) {
  return {std::move(name), type, to_bytes(data)};
}

}  // namespace

HiveKey& HiveKey::at(std::string_view path) {
  HiveKey* key = this;
  while (!path.empty()) {
    const std::string segment(path.substr(0, path.find('/')));
    path.remove_prefix(std::min(path.size(), segment.size() + 1));
    auto found = std::find_if(key->subkeys.begin(), key->subkeys.end(),
                              [&](const HiveKey& child) { return child.name == segment; });
    if (found == key->subkeys.end()) {
      HiveKey child;
      child.name = segment;
      found = key->subkeys.insert(key->subkeys.end(), std::move(child));
    }
    key = &*found;
  }
  return *key;
}

std::string utf16le(std::string_view wtf8) {
  std::string out;
  for (std::size_t at = 0; at < wtf8.size();) {
    const std::uint32_t c = next_code_point(wtf8, at);
    if (c >= 0x10000) {
      put(out, 0xD800 + ((c - 0x10000) >> 10), 2);
      put(out, 0xDC00 + ((c - 0x10000) & 0x3FF), 2);
    } else {
      put(out, c, 2);
    }
  }
  return out;
}

RegistryValue sz(std::string name, std::string_view text) {
  return make(std::move(name), RegistryType::kSz, utf16le(text) + std::string(2, '\0'));
}
RegistryValue expand_sz(std::string name, std::string_view text) {
  return make(std::move(name), RegistryType::kExpandSz, utf16le(text) + std::string(2, '\0'));
}
RegistryValue multi_sz(std::string name, const std::vector<std::string>& texts) {
  std::string data;
  for (const std::string& text : texts) data += utf16le(text) + std::string(2, '\0');
  return make(std::move(name), RegistryType::kMultiSz, data + std::string(2, '\0'));
}
RegistryValue dword(std::string name, std::uint32_t number) {
  std::string data;
  put(data, number, 4);
  return make(std::move(name), RegistryType::kDword, data);
}
RegistryValue qword(std::string name, std::uint64_t number) {
  std::string data;
  put(data, number, 8);
  return make(std::move(name), RegistryType::kQword, data);
}
RegistryValue binary(std::string name, std::string_view bytes) {
  return make(std::move(name), RegistryType::kBinary, bytes);
}

std::string build_hive(const HiveKey& root) {
  Writer writer;
  const std::uint32_t offset = writer.key(root, kNone);
  return writer.finish(offset);
}

}  // namespace konseki::testing
