// NameHash: a cheap hash for tables of fixed names that are asked for every name of a script.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace konseki::webshell {

// Looks at the length and at up to eight bytes at either end. Only for tables whose keys are our
// own: keys from evidence could be made to collide.
struct NameHash {
  std::size_t operator()(std::string_view name) const {
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    if (name.size() >= sizeof head) {
      std::memcpy(&head, name.data(), sizeof head);
      std::memcpy(&tail, name.data() + name.size() - sizeof tail, sizeof tail);
    } else {
      for (const char c : name) head = head << 8 | static_cast<unsigned char>(c);
    }
    std::uint64_t mixed = (head ^ name.size()) * 0x9e3779b97f4a7c15 ^ tail * 0xc2b2ae3d27d4eb4f;
    mixed ^= mixed >> 32;
    return static_cast<std::size_t>(mixed * 0x9e3779b97f4a7c15 >> 16);
  }
};

}  // namespace konseki::webshell
