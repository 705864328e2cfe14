#include "agent/bundle/export.h"
#include "agent/bundle/export_member.h"
#include "agent/bundle/member_names.h"
#include "agent/bundle/zip_writer.h"

namespace konseki {
namespace {

// "[root]/etc" as "fs/$rootfs$/etc", which dissect knows in a ZIP; volumes without a place of
// their own beside it.
std::string zip_name(const std::string& name) {
  constexpr std::string_view kRoot = "[root]";
  // Windows programs take '\' for a folder, in Linux names too.
  const std::string safe = safe_member_path(name, PathStyle::kWindows);
  if (safe != kRoot && !safe.starts_with("[root]/")) return safe;
  const std::string rest = safe.substr(kRoot.size());
  if (rest.starts_with("/$fs$/")) return "fs" + rest;
  return "fs/$rootfs$" + rest;
}

Result<void> add_member(BundleReader& bundle, const Member& member, MemberNames& names,
                        ZipWriter& zip, ExportReport& report) {
  const MemberHeader& header = member.header;
  ZipEntry entry{zip_name(header.name), header.type, header.size, header.mode,
                 header.modified.value_or(Timestamp{})};
  if (header.type == MemberType::kDirectory) {
    entry.name += '/';
    entry.size = 0;
  } else {
    // Tools look at names without case: the second of two is renamed, as on a Windows volume.
    std::string unique = names.unique(entry.name);
    if (unique != entry.name) {
      report.remarks.push_back(
          {header.name, {"written as " + unique, unique + " という名前で書き出しました"}});
      entry.name = std::move(unique);
    }
  }
  if (header.type == MemberType::kHardLink) entry.type = MemberType::kFile;
  if (header.type == MemberType::kSymlink) entry.size = header.link_target.size();
  KONSEKI_TRY(zip.begin(entry));
  if (has_content(member)) {
    KONSEKI_TRY(export_content(
        bundle, member, {0, header.size}, report,
        [&](std::uint64_t, std::span<const std::byte> piece) { return zip.write(piece); }));
  } else if (header.type == MemberType::kSymlink) {
    KONSEKI_TRY(zip.write(std::as_bytes(std::span(header.link_target))));
  }
  ++report.members;
  return zip.end();
}

}  // namespace

Result<ExportReport> export_zip(BundleReader& bundle, OutputStream& out) {
  ExportReport report;
  MemberNames names;
  ZipWriter zip(out);
  for (const Member& member : bundle.members()) {
    const MemberType type = member.header.type;
    if (!has_content(member) && type != MemberType::kDirectory && type != MemberType::kSymlink) {
      remark_type(member, report);
      continue;
    }
    KONSEKI_TRY(add_member(bundle, member, names, zip, report));
  }
  KONSEKI_TRY(zip.finish());
  return report;
}

}  // namespace konseki
