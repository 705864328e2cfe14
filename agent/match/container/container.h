// Container: what lies inside archives, handed on member by member within limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki {

// Bounds of everything inside one file of the evidence, all nesting taken together.
struct ContainerLimits {
  unsigned depth = 4;  // containers inside containers
  std::uint64_t members = 100'000;
  std::uint64_t member_size = std::uint64_t{64} << 20;  // bytes; larger members are gaps
  std::uint64_t total_size = std::uint64_t{1} << 30;    // bytes unpacked
  // Unpacked bytes for each packed one, asked from `ratio_from` unpacked bytes on.
  std::uint64_t ratio = 200;
  std::uint64_t ratio_from = std::uint64_t{64} << 20;
};

// One regular file inside. Valid for one call.
struct ContainerMember {
  const std::vector<std::string>& names;  // outermost first, UTF-8, as PathSpec::members
  std::string_view raw_name;              // of the innermost, as the archive holds it
  std::span<const std::byte> content;
  std::optional<Timestamp> modified;
};

struct ContainerVisitor {
  // False: the rest of the container that it lies in is left alone, and so is what it holds.
  std::function<bool(const ContainerMember&)> member;
  // What could not be looked into; no names: the container itself.
  std::function<void(const std::vector<std::string>& names, const Error&)> gap;
};

// True when the content begins as an archive or compressed file that walk_container() knows: zip
// (jar, docx, ...), tar, gzip, bzip2, xz, zstd, 7z, cab, lha, Debian packages.
bool is_container(std::span<const std::byte> head);

// Hands every member to `visitor`, each container among them followed by its own members, in the
// archive's order. Members that need a password, are too large or are damaged become gaps; no
// password is ever tried. `name` of the file gives the name of what a .gz holds. Thread-safe.
void walk_container(ByteReader& content, std::string_view name, const ContainerLimits& limits,
                    const ContainerVisitor& visitor);

}  // namespace konseki
