#include "collectors/linux/dpkg/dpkg_status.h"

#include <algorithm>

#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

class StatusReader {
 public:
  explicit StatusReader(const std::function<void(PackageStanza&&)>& visit) : visit_(visit) {}

  void line(const ConfigLine& line) {
    std::string_view text = line.text;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (trim_left(text).empty()) return end(line.offset);
    if (stanza_.fields.empty() && stanza_.problem.empty()) stanza_.range.offset = line.offset;
    const std::size_t colon = text.find(':');
    if (is_blank(text.front()) && !stanza_.fields.empty()) {
      stanza_.fields.back().second += '\n';
      stanza_.fields.back().second += text.substr(1);
    } else if (colon != std::string_view::npos && colon > 0 && !is_blank(text.front())) {
      stanza_.fields.emplace_back(text.substr(0, colon), trim(text.substr(colon + 1)));
    } else if (stanza_.problem.empty()) {
      stanza_.problem = "line " + std::to_string(line.number) + " is no field";
    }
  }

  void end(std::uint64_t offset) {
    if (!stanza_.fields.empty() || !stanza_.problem.empty()) {
      stanza_.range.length = offset - stanza_.range.offset;
      visit_(std::move(stanza_));
    }
    stanza_ = {};
  }

 private:
  const std::function<void(PackageStanza&&)>& visit_;
  PackageStanza stanza_;
};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace

std::optional<Md5> parse_md5(std::string_view hex) {
  Md5 md5{};
  if (hex.size() != md5.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(lower(hex[i]));
    if (digit == std::string_view::npos) return std::nullopt;
    md5[i / 2] = md5[i / 2] << 4 | static_cast<std::byte>(digit);
  }
  return md5;
}

std::string_view PackageStanza::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (same_name(key, name)) return value;
  }
  return {};
}

std::vector<Conffile> PackageStanza::conffiles() const {
  std::vector<Conffile> files;
  for (std::string_view line : split(field("Conffiles"), '\n')) {
    std::string_view rest = trim(line);
    // The path may hold blanks; the digest and the marks behind it may not.
    Conffile file;
    while (rest.ends_with(" obsolete") || rest.ends_with(" remove-on-upgrade")) {
      file.obsolete = file.obsolete || rest.ends_with(" obsolete");
      rest = trim(rest.substr(0, rest.rfind(' ')));
    }
    const std::size_t blank = rest.rfind(' ');
    if (blank == std::string_view::npos || !rest.starts_with('/')) continue;
    file.path = trim(rest.substr(0, blank));
    file.md5 = parse_md5(rest.substr(blank + 1));
    files.push_back(std::move(file));
  }
  return files;
}

bool PackageStanza::installed() const {
  const std::string_view status = field("Status");
  // A status.d paragraph has no Status field and is always installed.
  return status.empty() || !(status.ends_with("not-installed") || status.ends_with("config-files"));
}

void parse_dpkg_status(std::string_view text, const std::function<void(PackageStanza&&)>& visit) {
  StatusReader reader(visit);
  for_each_line(text, [&](const ConfigLine& line) { reader.line(line); });
  reader.end(text.size());
}

std::vector<Diversion> parse_diversions(std::string_view text) {
  const std::vector<std::string_view> lines = lines_of(text);
  std::vector<Diversion> diversions;
  for (std::size_t i = 0; i + 2 < lines.size(); i += 3) {
    diversions.push_back(
        {std::string(lines[i]), std::string(lines[i + 1]), std::string(lines[i + 2])});
  }
  return diversions;
}

std::vector<StatOverride> parse_statoverride(std::string_view text) {
  std::vector<StatOverride> overrides;
  for (std::string_view line : lines_of(text)) {
    std::string_view rest = line;
    StatOverride found;
    found.user = take_word(rest);
    found.group = take_word(rest);
    found.mode = take_word(rest);
    found.path = rest;
    if (!found.path.empty()) overrides.push_back(std::move(found));
  }
  return overrides;
}

std::string_view info_package(std::string_view path, std::string_view suffix) {
  constexpr std::string_view kInfo = "/var/lib/dpkg/info/";
  if (!path.starts_with(kInfo) || !path.ends_with(suffix)) return {};
  const std::string_view name = path.substr(kInfo.size());
  if (name.size() <= suffix.size() || name.find('/') != std::string_view::npos) return {};
  return name.substr(0, name.size() - suffix.size());
}

}  // namespace konseki
