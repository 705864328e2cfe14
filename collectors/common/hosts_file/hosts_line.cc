#include "collectors/common/hosts_file/hosts_line.h"

#include <algorithm>
#include <array>

namespace konseki {
namespace {

constexpr std::size_t kMostNames = 256;  // of one line

constexpr auto kFields = std::to_array<FieldSpec>({
    {"address", FieldType::kText, "Address that the names stand for"},
    {"names", FieldType::kTextList, "The names"},
    {"modified", FieldType::kTime, "Last modification of the file", "Content Modification Time"},
    {"line", FieldType::kUint, "Number of the line in the file, from 1"},
});

struct Default {
  std::string_view address;
  std::string_view name;
};

// What Windows and the installers of Debian and Red Hat write.
constexpr auto kDefaults = std::to_array<Default>({{"127.0.0.1", "localhost"},
                                                   {"127.0.0.1", "localhost.localdomain"},
                                                   {"127.0.0.1", "localhost4"},
                                                   {"127.0.0.1", "localhost4.localdomain4"},
                                                   {"::1", "localhost"},
                                                   {"::1", "localhost.localdomain"},
                                                   {"::1", "localhost6"},
                                                   {"::1", "localhost6.localdomain6"},
                                                   {"::1", "ip6-localhost"},
                                                   {"::1", "ip6-loopback"},
                                                   {"fe00::0", "ip6-localnet"},
                                                   {"ff00::0", "ip6-mcastprefix"},
                                                   {"ff02::1", "ip6-allnodes"},
                                                   {"ff02::2", "ip6-allrouters"}});

bool is_default(std::string_view address, std::string_view name) {
  return std::ranges::any_of(kDefaults, [&](const Default& known) {
    return known.address == address && known.name == name;
  });
}

std::string_view next_word(std::string_view& text) {
  constexpr std::string_view kBlanks = " \t\r";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  const std::size_t end = std::min(text.find_first_of(kBlanks), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

}  // namespace

const RecordSchema kHostsEntrySchema{"hosts.entry", "Names that a hosts file gives addresses",
                                     kFields};

std::optional<HostsLine> read_hosts_line(std::string_view line) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (line.starts_with(kMark)) line.remove_prefix(kMark.size());
  line = line.substr(0, line.find('#'));
  HostsLine out;
  out.address = next_word(line);
  for (std::string_view name = next_word(line); !name.empty() && out.names.size() < kMostNames;
       name = next_word(line)) {
    if (!is_default(out.address, name)) out.names.emplace_back(name);
  }
  if (out.names.empty()) return std::nullopt;
  return out;
}

}  // namespace konseki
