#include "agent/source/directory/collected_name.h"

#include <array>

#include "agent/base/hex.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

struct Alias {
  std::string_view directory;  // folded
  std::string_view name;       // folded
  std::string_view file;
  std::string_view stream;
};
constexpr std::array kAliases = {Alias{"$extend", "$j", "$UsnJrnl", "$J"},
                                 Alias{"$extend", "$max", "$UsnJrnl", "$Max"},
                                 Alias{"$extend", "$usnjrnl$j", "$UsnJrnl", "$J"},
                                 Alias{"$extend", "$usnjrnl_$j", "$UsnJrnl", "$J"},
                                 Alias{"$extend", "$usnjrnl$max", "$UsnJrnl", "$Max"},
                                 Alias{"$extend", "$usnjrnl_$max", "$UsnJrnl", "$Max"},
                                 Alias{"", "$secure_$sds", "$Secure", "$SDS"},
                                 Alias{"", "$secure$sds", "$Secure", "$SDS"},
                                 Alias{"", "$secure_$sii", "$Secure", "$SII"},
                                 Alias{"$extend/$rmmetadata/$txflog", "$t", "$Tops", "$T"}};

}  // namespace

std::optional<std::string> percent_decoded(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const int high = name[at] == '%' && at + 2 < name.size() ? hex_digit(name[at + 1]) : -1;
    const int low = high >= 0 ? hex_digit(name[at + 2]) : -1;
    if (low < 0) {
      out += name[at];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  if (out.empty() || out == "." || out == ".." || out.find('/') != std::string::npos ||
      out.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  return out;
}

std::optional<CollectedStream> collected_stream(std::string_view directory, std::string_view name) {
  const auto colon = name.find(':');
  if (colon != std::string_view::npos && colon > 0) {
    std::string_view stream = name.substr(colon + 1);
    constexpr std::string_view kType = ":$DATA";
    if (stream.size() > kType.size() && stream.substr(stream.size() - kType.size()) == kType) {
      stream.remove_suffix(kType.size());
    }
    if (!stream.empty())
      return CollectedStream{std::string(name.substr(0, colon)), std::string(stream)};
  }
  if (name.empty() || name.front() != '$') return std::nullopt;
  const std::string folded_directory = fold_case(directory);
  const std::string folded_name = fold_case(name);
  for (const Alias& alias : kAliases) {
    if (folded_directory == alias.directory && folded_name == alias.name) {
      return CollectedStream{std::string(alias.file), std::string(alias.stream)};
    }
  }
  return std::nullopt;
}

std::optional<char> drive_letter(std::string_view folder) {
  const auto decoded = percent_decoded(folder);
  if (!decoded) return std::nullopt;
  std::string_view name = *decoded;
  for (const std::string_view device : {"\\\\.\\", "\\\\?\\"}) {
    if (name.substr(0, device.size()) == device) name.remove_prefix(device.size());
  }
  if (name.empty() || name.size() > 2 || (name.size() == 2 && name[1] != ':')) return std::nullopt;
  if (name[0] >= 'a' && name[0] <= 'z') return static_cast<char>(name[0] - 'a' + 'A');
  if (name[0] >= 'A' && name[0] <= 'Z') return name[0];
  return std::nullopt;
}

}  // namespace konseki
