#include "agent/diff/deb_package.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "agent/match/container/archive_stream.h"
#include "collectors/linux/dpkg/dpkg_status.h"

namespace konseki {
namespace {

constexpr std::string_view kMagic = "!<arch>\n";
constexpr std::string_view kFirst = "debian-binary";
constexpr std::size_t kHeader = 60;  // ar(5)
constexpr unsigned kMostParts = 16;
constexpr std::size_t kMostControl = std::size_t{1} << 20;

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Error damaged(std::string_view what) {
  return {ErrorCode::kCorrupt,
          "Debian package: " + std::string(what),
          {"Fetch the package again: apt-get download NAME.",
           "パッケージを取得し直してください (apt-get download 名前)。"}};
}

// Name and version stand in control.tar's "control".
void read_control(ByteReader& file, ByteRange range, DebPackage& package) {
  PartReader part(file, range);
  const auto archive = open_archive(part, ArchiveForm::kAny);
  if (!archive) return;
  for (unsigned i = 0; i < kMostParts * 4; ++i) {
    const auto member = (*archive)->next();
    if (!member || !*member) return;
    if ((*member)->name != "./control" && (*member)->name != "control") continue;
    std::string text;
    while (text.size() < kMostControl) {
      const auto chunk = (*archive)->read();
      if (!chunk || chunk->empty()) break;
      text += text_of(*chunk);
    }
    parse_dpkg_status(text, [&](PackageStanza&& stanza) {
      if (!package.name.empty()) return;
      package.name = stanza.field("Package");
      package.version = stanza.field("Version");
    });
    return;
  }
}

}  // namespace

Result<std::size_t> PartReader::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= range_.length) return std::size_t{0};
  const std::uint64_t most = std::min<std::uint64_t>(out.size(), range_.length - offset);
  return whole_.read_at(range_.offset + offset, out.first(static_cast<std::size_t>(most)));
}

bool is_deb(std::span<const std::byte> head) {
  const std::string_view text = text_of(head);
  return text.starts_with(kMagic) && text.substr(kMagic.size()).starts_with(kFirst);
}

Result<DebPackage> read_deb(ByteReader& file) {
  DebPackage package;
  ByteRange control;
  std::uint64_t at = kMagic.size();
  for (unsigned i = 0; i < kMostParts && package.data.length == 0; ++i) {
    std::array<std::byte, kHeader> header;
    KONSEKI_ASSIGN(const std::size_t got, file.read_at(at, header));
    if (got < kHeader) return fail(damaged("it ends before data.tar"));
    const std::string_view text = text_of(header);
    std::uint64_t size = 0;
    const std::string_view digits = text.substr(48, 10);
    const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    if (text.substr(58) != "`\n" || error != std::errc() || last == digits.data()) {
      return fail(damaged("no header of a part at offset " + std::to_string(at)));
    }
    const ByteRange range{at + kHeader, size};
    if (range.offset > file.size() || size > file.size() - range.offset) {
      return fail(damaged("a part is larger than the file"));
    }
    const std::string_view name = text.substr(0, 16);
    if (name.starts_with("control.tar")) control = range;
    if (name.starts_with("data.tar")) package.data = range;
    at = range.end() + size % 2;
  }
  if (package.data.length == 0) return fail(damaged("no data.tar in it"));
  if (control.length > 0) read_control(file, control, package);
  return package;
}

}  // namespace konseki
