#include "collectors/linux/accounts/password.h"

#include <algorithm>
#include <array>

namespace konseki {
namespace {

struct Prefix {
  std::string_view text;
  std::string_view algorithm;
};

// crypt(5) of libxcrypt.
constexpr auto kPrefixes = std::to_array<Prefix>({
    {"$y$", "yescrypt"},
    {"$gy$", "gost-yescrypt"},
    {"$sm3$", "sm3crypt"},
    {"$7$", "scrypt"},
    {"$2a$", "bcrypt"},
    {"$2b$", "bcrypt"},
    {"$2x$", "bcrypt"},
    {"$2y$", "bcrypt"},
    {"$6$", "sha512crypt"},
    {"$5$", "sha256crypt"},
    {"$sha1", "sha1crypt"},
    {"$md5", "sunmd5"},
    {"$1$", "md5crypt"},
    {"$3$", "nthash"},
});

bool is_crypt_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '.' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
  });
}

std::string_view algorithm_of(std::string_view hash) {
  for (const Prefix& prefix : kPrefixes) {
    if (hash.starts_with(prefix.text) && hash.size() > prefix.text.size()) return prefix.algorithm;
  }
  if (hash.starts_with('$')) return "unknown";
  if (hash.size() == 20 && hash.starts_with('_') && is_crypt_text(hash.substr(1)))
    return "bsdicrypt";
  if (hash.size() >= 13 && is_crypt_text(hash)) return hash.size() == 13 ? "descrypt" : "bigcrypt";
  return {};
}

}  // namespace

PasswordFacts password_facts(std::string_view field) {
  if (field.empty()) return {"empty", {}};
  std::string_view rest = field;
  while (rest.starts_with('!')) rest.remove_prefix(1);
  const bool locked = rest.size() != field.size();
  if (rest.empty() || rest.starts_with('*') || rest == "x") return {"none", {}};
  const std::string_view algorithm = algorithm_of(rest);
  if (algorithm.empty()) return {locked ? "none" : "invalid", {}};
  return {locked ? "locked" : "set", algorithm};
}

}  // namespace konseki
