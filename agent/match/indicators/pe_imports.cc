#include "agent/match/indicators/pe_imports.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "agent/base/digest.h"
#include "agent/match/indicators/pe_ordinals.h"

namespace konseki {
namespace {

constexpr std::size_t kMostLibraries = 256;
constexpr std::size_t kMostFunctions = 65'536;
constexpr std::size_t kMostName = 255;
constexpr std::size_t kMostSections = 96;  // what Windows loads

class PeFile {
 public:
  explicit PeFile(ByteReader& content) : content_(content) {}

  bool read_headers() {
    if (number<std::uint16_t>(0) != 0x5A4D) return false;
    const std::uint64_t header = number<std::uint32_t>(0x3C);
    if (number<std::uint32_t>(header) != 0x4550) return false;
    const std::size_t sections =
        std::min<std::size_t>(number<std::uint16_t>(header + 6), kMostSections);
    const std::uint64_t optional = header + 24;
    const std::uint64_t table = optional + number<std::uint16_t>(header + 20);
    const auto magic = number<std::uint16_t>(optional);
    if (magic != 0x10B && magic != 0x20B) return false;
    is_wide_ = magic == 0x20B;
    const std::uint64_t directories = optional + (is_wide_ ? 112 : 96);
    if (number<std::uint32_t>(directories - 4) < 2) return false;
    imports_ = number<std::uint32_t>(directories + 8);
    for (std::size_t i = 0; i < sections; ++i) {
      const std::uint64_t at = table + i * 40;
      Section section;
      section.address = number<std::uint32_t>(at + 12);
      section.size = std::max(number<std::uint32_t>(at + 8), number<std::uint32_t>(at + 16));
      // The loader rounds down to sectors.
      section.offset = number<std::uint32_t>(at + 20) & ~std::uint32_t{0x1FF};
      sections_.push_back(section);
    }
    return imports_ != 0;
  }

  std::string names() {
    std::string out;
    std::size_t functions = 0;
    for (std::size_t i = 0; i < kMostLibraries; ++i) {
      const auto at = offset_of(imports_ + i * 20);
      if (!at) break;
      const std::uint64_t lookup = number<std::uint32_t>(*at);
      const std::uint64_t name = number<std::uint32_t>(*at + 12);
      const std::uint64_t addresses = number<std::uint32_t>(*at + 16);
      if (name == 0 || (lookup == 0 && addresses == 0)) break;
      const auto place = offset_of(name);
      if (!place) break;
      const std::string library = text(*place);
      if (library.empty()) break;
      add_functions(library, lookup != 0 ? lookup : addresses, functions, out);
      if (functions >= kMostFunctions) break;
    }
    return out;
  }

 private:
  struct Section {
    std::uint64_t address = 0;
    std::uint64_t size = 0;
    std::uint64_t offset = 0;
  };

  void add_functions(const std::string& library, std::uint64_t thunks, std::size_t& functions,
                     std::string& out) {
    std::string_view short_name = library;
    for (const std::string_view ending : {".dll", ".ocx", ".sys"}) {
      if (short_name.ends_with(ending)) {
        short_name.remove_suffix(ending.size());
        break;
      }
    }
    const std::uint64_t size = is_wide_ ? 8 : 4;
    for (; functions < kMostFunctions; thunks += size, ++functions) {
      const auto at = offset_of(thunks);
      if (!at) return;
      const std::uint64_t thunk =
          is_wide_ ? number<std::uint64_t>(*at) : number<std::uint32_t>(*at);
      if (thunk == 0) return;
      std::string name;
      if ((thunk >> (is_wide_ ? 63 : 31)) != 0) {
        name = pe_ordinal_name(library, static_cast<std::uint16_t>(thunk));
      } else {
        const auto place = offset_of(thunk + 2);
        if (!place) continue;
        name = text(*place);
      }
      if (name.empty()) continue;
      if (!out.empty()) out.push_back(',');
      out += fmt::format("{}.{}", short_name, name);
    }
  }

  std::optional<std::uint64_t> offset_of(std::uint64_t address) const {
    for (const Section& each : sections_) {
      if (address >= each.address && address - each.address < each.size) {
        return each.offset + (address - each.address);
      }
    }
    return std::nullopt;
  }

  // Lower-case, up to NUL; empty when it is longer than any name.
  std::string text(std::uint64_t at) {
    std::string out;
    for (; out.size() <= kMostName; ++at) {
      const auto c = number<std::uint8_t>(at);
      if (c == 0) return out;
      out.push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c));
    }
    return {};
  }

  // Zero outside the file.
  template <class T>
  T number(std::uint64_t at) {
    T value = 0;
    if (at < block_at_ || at + sizeof(T) > block_at_ + block_.size()) load(at);
    if (at >= block_at_ && at + sizeof(T) <= block_at_ + block_.size()) {
      std::memcpy(&value, block_.data() + (at - block_at_), sizeof(T));
    }
    return value;
  }

  void load(std::uint64_t at) {
    constexpr std::size_t kBlock = 4096;
    block_.resize(kBlock);
    block_at_ = at;
    const auto count = content_.read_at(at, block_);
    block_.resize(count ? *count : 0);
  }

  ByteReader& content_;
  std::vector<Section> sections_;
  bool is_wide_ = false;
  std::uint64_t imports_ = 0;
  std::vector<std::byte> block_;
  std::uint64_t block_at_ = 0;
};

}  // namespace

std::optional<std::string> import_names(ByteReader& content) {
  PeFile file(content);
  if (!file.read_headers()) return std::nullopt;
  std::string names = file.names();
  if (names.empty()) return std::nullopt;
  return names;
}

std::optional<std::string> import_hash(ByteReader& content) {
  const auto names = import_names(content);
  if (!names) return std::nullopt;
  DigestPass pass;
  pass.update(std::as_bytes(std::span(*names)));
  return to_hex(pass.finish().md5);
}

}  // namespace konseki
