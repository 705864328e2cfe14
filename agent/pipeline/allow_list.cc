#include "agent/pipeline/allow_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/digest.h"

namespace konseki {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// Lower case; empty where `text` is no digest.
std::string canonical_digest(std::string_view text) {
  if (text.size() != 32 && text.size() != 40 && text.size() != 64) return {};
  std::string out;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) {
      out += c;
    } else if (c >= 'A' && c <= 'F') {
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      return {};
    }
  }
  return out;
}

}  // namespace

Result<void> AllowList::add(std::string_view text, std::string_view file) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t separator = line.find(';');
    std::string digest = canonical_digest(trimmed(line.substr(0, separator)));
    if (digest.empty()) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("{}:{}", file, number),
                  {"Write a digest (MD5, SHA-1 or SHA-256), a semicolon and a comment.",
                   "ハッシュ値 (MD5、SHA-1、SHA-256)、セミコロン、コメントの順に書いてください。"});
    }
    std::string comment;
    if (separator != std::string_view::npos) comment = trimmed(line.substr(separator + 1));
    comments_.insert_or_assign(std::move(digest), std::move(comment));
  }
  return {};
}

const std::string* AllowList::find(std::string_view hex_digest) const {
  const auto found = comments_.find(hex_digest);
  return found == comments_.end() ? nullptr : &found->second;
}

const std::string* AllowList::find(const Digests& digests) const {
  if (comments_.empty()) return nullptr;
  for (const std::string& each :
       {to_hex(digests.sha256), to_hex(digests.sha1), to_hex(digests.md5)}) {
    if (const std::string* comment = find(each)) return comment;
  }
  return nullptr;
}

}  // namespace konseki
