// The text files of dpkg's database, deb-control(5), dpkg(1) FILES.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"

namespace konseki {

using Md5 = std::array<std::byte, 16>;

std::optional<Md5> parse_md5(std::string_view hex);

struct Conffile {
  std::string path;
  std::optional<Md5> md5;  // absent: "newconffile", not yet installed
  bool obsolete = false;
};

// One paragraph of the status file.
struct PackageStanza {
  std::vector<std::pair<std::string, std::string>> fields;  // values with their continuation lines
  ByteRange range;
  std::string problem;  // lines that are no field; empty when sound

  std::string_view field(std::string_view name) const;  // case-blind; empty when absent
  std::vector<Conffile> conffiles() const;
  bool installed() const;  // files of it may be there
};

// Calls `visit` for every paragraph. Pure; any bytes may come in.
void parse_dpkg_status(std::string_view text, const std::function<void(PackageStanza&&)>& visit);

// A file that dpkg moved aside: packages other than `package` have their `from` at `to`.
struct Diversion {
  std::string from;
  std::string to;
  std::string package;  // ":" when an administrator made it
};
std::vector<Diversion> parse_diversions(std::string_view text);

struct StatOverride {
  std::string user;
  std::string group;
  std::string mode;
  std::string path;
};
std::vector<StatOverride> parse_statoverride(std::string_view text);

// "libc6:amd64" of "/var/lib/dpkg/info/libc6:amd64.list"; empty when the suffix is another.
std::string_view info_package(std::string_view path, std::string_view suffix);

}  // namespace konseki
