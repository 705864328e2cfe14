#include "agent/bundle/export.h"
#include "agent/bundle/export_member.h"
#include "agent/bundle/member_names.h"
#include "agent/bundle/tar_header.h"

namespace konseki {
namespace {

constexpr std::uint64_t kLeastSparse = std::uint64_t{1} << 30;

Result<void> put(OutputStream& out, std::string_view bytes) {
  return out.write(std::as_bytes(std::span(bytes)));
}

// Stored parts of the content, one after the other.
Result<void> put_content(BundleReader& bundle, const Member& member, const MemberHeader& header,
                         OutputStream& out, ExportReport& report) {
  std::vector<ByteRange> ranges = header.data;
  if (ranges.empty()) ranges.push_back({0, header.size});
  for (const ByteRange& range : ranges) {
    KONSEKI_TRY(export_content(
        bundle, member, range, report,
        [&](std::uint64_t, std::span<const std::byte> piece) { return out.write(piece); }));
  }
  return put(out, std::string(static_cast<std::size_t>(tar_padding(stored_size(header))), '\0'));
}

}  // namespace

Result<ExportReport> export_tar(BundleReader& bundle, OutputStream& out) {
  ExportReport report;
  std::string head;
  for (const Member& member : bundle.members()) {
    MemberHeader header = member.header;
    header.name = safe_member_path(header.name, PathStyle::kPosix);
    if (header.type == MemberType::kHardLink) {
      header.type = MemberType::kFile;
      header.link_target.clear();
    }
    if (header.type == MemberType::kFile && header.size < kLeastSparse) header.data.clear();
    if (const auto valid = check_member_header(header); !valid) {
      report.remarks.push_back(
          {header.name,
           {"left out: " + valid.error().detail, "除外しました: " + valid.error().detail}});
      continue;
    }
    head.clear();
    append_tar_header(head, header);
    KONSEKI_TRY(put(out, head));
    if (has_content(member)) KONSEKI_TRY(put_content(bundle, member, header, out, report));
    ++report.members;
  }
  KONSEKI_TRY(put(out, std::string(2 * kTarBlock, '\0')));
  return report;
}

}  // namespace konseki
