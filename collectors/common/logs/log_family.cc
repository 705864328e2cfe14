#include "collectors/common/logs/log_family.h"

#include <array>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The longest run of digits and dashes inside them that ends at `end`; empty when none.
std::string_view number_before(std::string_view text, std::size_t end) {
  std::size_t start = end;
  while (start > 0 &&
         (is_digit(text[start - 1]) || (text[start - 1] == '-' && start < end && start > 1 &&
                                        is_digit(text[start - 2]) && is_digit(text[start])))) {
    --start;
  }
  return text.substr(start, end - start);
}

std::string without_dashes(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '-') out += c;
  }
  return out;
}

}  // namespace

LogFamily log_family(std::string_view path) {
  LogFamily out;
  std::string_view stem = path;
  for (const std::string_view ending :
       std::to_array<std::string_view>({".gz", ".GZ", ".bz2", ".xz", ".zst"})) {
    if (stem.ends_with(ending)) stem.remove_suffix(ending.size());
  }
  // NAME.log.N, NAME.log-YYYYMMDD
  const std::string_view last = number_before(stem, stem.size());
  if (!last.empty() && last.size() < stem.size()) {
    const char before = stem[stem.size() - last.size() - 1];
    if (before == '.' || before == '-' || before == '_') {
      out.family = stem.substr(0, stem.size() - last.size() - 1);
      out.rotation = without_dashes(last);
      return out;
    }
  }
  // NAME-YYYYMMDD.log, NAME.YYYY-MM-DD.txt, u_exYYMMDD.log
  const std::size_t slash = stem.rfind('/');
  const std::size_t dot = stem.rfind('.');
  if (dot != std::string_view::npos && (slash == std::string_view::npos || dot > slash)) {
    const std::string_view middle = number_before(stem, dot);
    if (middle.size() >= 6) {
      std::size_t start = dot - middle.size();
      if (start > 0 && (stem[start - 1] == '.' || stem[start - 1] == '-')) --start;
      out.family = std::string(stem.substr(0, start)) + std::string(stem.substr(dot));
      out.rotation = without_dashes(middle);
      return out;
    }
  }
  out.family = stem;
  return out;
}

bool is_proxy_access_log(std::string_view path) {
  const std::string folded = fold_case(path);
  const std::size_t slash = folded.rfind('/');
  const std::size_t squid = folded.find("/squid");
  return squid != std::string::npos && squid < slash &&
         folded.find("access", slash) != std::string::npos;
}

}  // namespace konseki
