#include "agent/bundle/export_member.h"

#include <algorithm>
#include <vector>

namespace konseki {
namespace {

constexpr std::size_t kPiece = 1024 * 1024;

}  // namespace

Result<void> export_content(
    BundleReader& bundle, const Member& member, ByteRange range, ExportReport& report,
    const std::function<Result<void>(std::uint64_t offset, std::span<const std::byte>)>& piece) {
  const auto content = bundle.open(member);
  bool whole = content.has_value();
  std::vector<std::byte> buffer(
      static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, range.length)));
  for (std::uint64_t done = 0; done < range.length;) {
    const auto room = std::span(buffer).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), range.length - done)));
    std::size_t got = 0;
    if (whole) got = (*content)->read_at(range.offset + done, room).value_or(0);
    if (got < room.size()) {
      whole = false;
      std::fill(room.begin() + static_cast<std::ptrdiff_t>(got), room.end(), std::byte{0});
    }
    KONSEKI_TRY(piece(range.offset + done, room));
    done += room.size();
  }
  report.content_bytes += range.length;
  if (!whole) {
    report.remarks.push_back({member.header.name,
                              {"could not be read to its end; the rest is zeros",
                               "最後まで読み取れず、残りをゼロで埋めました"}});
  }
  return {};
}

bool has_content(const Member& member) {
  return member.header.type == MemberType::kFile || member.header.type == MemberType::kHardLink;
}

void remark_type(const Member& member, ExportReport& report) {
  report.remarks.push_back({member.header.name,
                            {"left out: the form cannot hold FIFOs and devices",
                             "この形式は FIFO やデバイスを格納できないため除外しました"}});
}

}  // namespace konseki
