// The lines of /etc/passwd, passwd(5), as found: odd lines are data, not errors.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace konseki {

// One line. Views point into the text that was parsed.
struct PasswdEntry {
  std::string_view name;
  std::string_view password;
  std::string_view uid_text;  // as written; `uid` is absent when that is no decimal number
  std::string_view gid_text;
  std::string_view comment;  // GECOS
  std::string_view home;
  std::string_view shell;
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> gid;
  std::size_t field_count = 0;    // 7 in a sound line; fields that are missing are empty
  std::uint32_t line = 0;         // from 1
  std::uint64_t offset = 0;       // of the line's first byte
  std::string_view raw;           // the whole line without its end
  std::string_view problem = {};  // empty, or what is wrong in technical English

  // "+name", "-name" or "+@group": a NIS compatibility line, not an account of this host.
  bool is_nis() const { return !name.empty() && (name[0] == '+' || name[0] == '-'); }
};

// Calls `visit` for every line that is neither blank nor a comment, in order. LF and CRLF ends, a
// last line without an end and stray NULs are accepted. Pure; any bytes may come in.
void parse_passwd(std::string_view text, const std::function<void(const PasswdEntry&)>& visit);

}  // namespace konseki
