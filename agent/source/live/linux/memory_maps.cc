#include "agent/source/live/linux/memory_maps.h"

#include <algorithm>
#include <charconv>

namespace konseki {
namespace {

constexpr std::size_t kMaxRegions = 1'000'000;
constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;
constexpr std::uint64_t kSwapped = std::uint64_t{1} << 62;
constexpr std::uint64_t kKernelThread = 0x00200000;  // PF_KTHREAD

// Takes the text up to `end`, and `end` itself.
std::string_view take_to(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view out = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return out;
}

template <class Number>
bool parse(std::string_view text, Number& out, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return error == std::errc() && end == text.data() + text.size();
}

// "rwxp" or any part of it as '-'.
bool is_access(std::string_view text) {
  return text.size() == 4 && (text[0] == 'r' || text[0] == '-') &&
         (text[1] == 'w' || text[1] == '-') && (text[2] == 'x' || text[2] == '-') &&
         (text[3] == 'p' || text[3] == 's');
}

bool may_be_device(std::string_view file) {
  if (file.starts_with("/dev/shm/") || file.starts_with("/dev/zero")) return false;
  for (const std::string_view folder : {"/dev/", "/sys/", "/proc/"}) {
    if (file.starts_with(folder)) return true;
  }
  return file.starts_with("anon_inode:") || file.starts_with("socket:");
}

}  // namespace

std::vector<MemoryRegion> parse_maps(std::string_view maps) {
  std::vector<MemoryRegion> out;
  while (!maps.empty() && out.size() < kMaxRegions) {
    std::string_view line = take_to(maps, '\n');
    MemoryRegion region;
    std::uint64_t end = 0;
    if (!parse(take_to(line, '-'), region.base, 16)) continue;
    if (!parse(take_to(line, ' '), end, 16) || end <= region.base) continue;
    const std::string_view access = take_to(line, ' ');
    if (!is_access(access) || access[0] != 'r') continue;
    for (int i = 0; i < 3; ++i) take_to(line, ' ');  // offset, device, inode
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line.starts_with("[v") || line == "[uprobes]" || line == "[sigpage]") continue;
    region.size = end - region.base;
    region.access = access.substr(0, 3);
    region.file = line;
    region.shared = access[3] == 's';
    region.is_device = may_be_device(line);
    out.push_back(std::move(region));
  }
  return out;
}

void add_pages(MemoryRegion& region, std::uint64_t offset, std::span<const std::uint64_t> entries,
               std::uint64_t page_size) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if ((entries[i] & kSwapped) != 0) region.swapped += page_size;
    if ((entries[i] & kPresent) == 0) continue;
    const std::uint64_t address = region.base + offset + i * page_size;
    if (!region.resident.empty() && region.resident.back().end() == address) {
      region.resident.back().length += page_size;
    } else {
      region.resident.push_back({address, page_size});
    }
  }
}

bool is_kernel_thread(std::string_view stat) {
  // The name in parentheses may hold anything; behind it come state, five numbers and the flags.
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return false;
  stat.remove_prefix(std::min(name_end + 2, stat.size()));
  for (int i = 0; i < 6; ++i) take_to(stat, ' ');
  std::uint64_t flags = 0;
  return parse(take_to(stat, ' '), flags, 10) && (flags & kKernelThread) != 0;
}

}  // namespace konseki
