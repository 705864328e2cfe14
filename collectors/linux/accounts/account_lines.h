// The lines of shadow(5), group(5) and gshadow(5), as found. passwd(5) is in agent/artifact.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/linux/accounts/password.h"
#include "konseki/byte_reader.h"

namespace konseki {

struct ShadowLine {
  std::string name;
  PasswordFacts password;
  std::optional<std::int64_t> changed;  // days since 1970; 0: must be changed at the next log-in
  std::optional<std::int64_t> minimum_age;
  std::optional<std::int64_t> maximum_age;
  std::optional<std::int64_t> inactive;
  std::optional<std::int64_t> expires;  // days since 1970
  std::string problem;
  ByteRange range;
};

struct GroupLine {
  std::string name;
  PasswordFacts password;
  std::optional<std::uint32_t> gid;
  std::vector<std::string> members;
  std::string problem;
  std::uint32_t line = 0;
  ByteRange range;
};

struct GroupShadowLine {
  std::string name;
  PasswordFacts password;
  std::vector<std::string> administrators;
  std::vector<std::string> members;
};

// Each calls `visit` for every line that is neither blank nor a comment. Pure; any bytes come in.
void parse_shadow(std::string_view text, const std::function<void(ShadowLine&&)>& visit);
void parse_group(std::string_view text, const std::function<void(GroupLine&&)>& visit);
void parse_gshadow(std::string_view text, const std::function<void(GroupShadowLine&&)>& visit);

}  // namespace konseki
