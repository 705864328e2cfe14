#include "agent/kit/kit_list.h"

#include <algorithm>
#include <charconv>

#include "agent/base/digest.h"
#include "agent/base/hex.h"

namespace konseki {
namespace {

constexpr std::string_view kFirstLine = "konseki kit list 1\n";
constexpr std::string_view kGap = "  ";
constexpr std::size_t kHexDigest = 64;

// Below the kit's folder, whatever reads it.
bool good_path(std::string_view path) {
  if (path.empty() || path.find('\\') != std::string_view::npos) return false;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

bool parse_line(std::string_view line, KitList& list) {
  KitFile file;
  if (line.size() <= kHexDigest || !read_hex(line.substr(0, kHexDigest), file.sha256)) {
    return false;
  }
  line.remove_prefix(kHexDigest);
  if (!line.starts_with(kGap)) return false;
  line.remove_prefix(kGap.size());
  const std::size_t end = line.find(kGap);
  if (end == std::string_view::npos) return false;
  const auto [stop, error] = std::from_chars(line.data(), line.data() + end, file.size);
  if (error != std::errc() || stop != line.data() + end) return false;
  const std::string_view path = line.substr(end + kGap.size());
  return good_path(path) && list.emplace(path, file).second;
}

}  // namespace

std::string write_kit_list(const KitList& list) {
  std::string out(kFirstLine);
  for (const auto& [path, file] : list) {
    out += to_hex(file.sha256);
    out += kGap;
    out += std::to_string(file.size);
    out += kGap;
    out += path + "\n";
  }
  return out;
}

Result<KitList> parse_kit_list(std::string_view text) {
  const auto damaged = [](const std::string& where) {
    return fail(ErrorCode::kCorrupt, where,
                {"The kit's list of contents is damaged.", "キットの内容一覧が破損しています。"});
  };
  KitList list;
  std::string_view rest = text;
  if (!rest.starts_with(kFirstLine)) return damaged("kit.list:1");
  rest.remove_prefix(kFirstLine.size());
  for (std::size_t number = 2; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos || !parse_line(rest.substr(0, end), list)) {
      return damaged("kit.list:" + std::to_string(number));
    }
    rest.remove_prefix(end + 1);
  }
  // Order, leading zeros: no byte of the list is free.
  if (write_kit_list(list) != text) return damaged("kit.list");
  return list;
}

}  // namespace konseki
