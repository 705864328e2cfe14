#include "agent/source/bundle/bundle_source.h"

#include <algorithm>
#include <limits>

#include "agent/base/cursor.h"
#include "agent/base/memory_reader.h"
#include "agent/bundle/entry_row.h"
#include "agent/bundle/manifest_builder.h"
#include "agent/bundle/member_names.h"
#include "agent/bundle/reader.h"
#include "agent/bundle/xxh64.h"
#include "agent/source/bundle/bundle_file_system.h"
#include "agent/source/bundle/run_record.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMostRunRecord = 16 * 1024 * 1024;

class BundleSource : public Source {
 public:
  BundleSource(SourceInfo info, RunRecord run,
               std::vector<std::unique_ptr<FileSystem>> file_systems)
      : info_(std::move(info)), run_(std::move(run)), file_systems_(std::move(file_systems)) {}

  const SourceInfo& info() const override { return info_; }
  std::span<const std::unique_ptr<FileSystem>> file_systems() override { return file_systems_; }
  std::span<const UnreadableVolume> unreadable() const override { return run_.unreadable; }
  std::span<const VolumeDetail> details() const override { return run_.details; }
  std::optional<HostFacts> recorded_host() const override { return run_.host; }

 private:
  SourceInfo info_;
  RunRecord run_;
  std::vector<std::unique_ptr<FileSystem>> file_systems_;
};

// As volume_of_member(), as a number; volumes.size() when it is none.
std::size_t volume_number(const std::vector<VolumeInfo>& volumes, std::string_view member) {
  std::vector<const VolumeInfo*> pointers;
  for (const VolumeInfo& volume : volumes) pointers.push_back(&volume);
  const VolumeInfo* found = volume_of_member(pointers, member);
  return found ? static_cast<std::size_t>(found - volumes.data()) : volumes.size();
}

// Volumes that members speak of and run.json does not, as in a bundle whose start is lost.
void add_missing_volumes(const BundleReader& bundle, std::vector<VolumeInfo>& volumes) {
  for (const Member& member : bundle.members()) {
    const std::string_view name = member.header.name;
    if (volume_number(volumes, name) != volumes.size()) continue;
    VolumeInfo volume;
    if (name.starts_with("fs/")) {
      std::string_view rest = name.substr(3);
      // "$fs$/fs0" and "$vss$/1" take two parts.
      auto end = rest.find('/');
      if (rest.starts_with('$') && end != std::string_view::npos) end = rest.find('/', end + 1);
      volume.mount = rest.substr(0, end);
    } else if (name != "[root]" && !name.starts_with("[root]/")) {
      continue;
    }
    volume.style = guess_path_style(volume.mount, {});
    volume.type = "unknown";
    volume.access_method = "bundle";
    volumes.push_back(std::move(volume));
  }
}

std::vector<const Member*> file_segments(const BundleReader& bundle) {
  std::vector<const Member*> segments;
  for (const Member& member : bundle.members()) {
    const std::string_view name = member.header.name;
    if (name.starts_with("konseki/files.") && name.ends_with(".jsonl")) segments.push_back(&member);
  }
  segments.resize(
      std::min<std::size_t>(segments.size(), std::numeric_limits<std::uint16_t>::max()));
  return segments;
}

struct Indexes {
  std::vector<RowIndex> volumes;
  HashSet named_members;  // that a row speaks of
};

void index_row(std::string_view line, RowRef where, const std::vector<VolumeInfo>& volumes,
               Indexes& indexes) {
  const FileRowView row = file_row_view(line);
  if (const JsonView& member = row[FileField::kMember]) {
    indexes.named_members.insert(xxh64(member.text()));
  }
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    if (!is_row_of(row, volumes[i])) continue;
    if (const auto path = row_path(row, volumes[i])) {
      indexes.volumes[i].add(*path, row[FileField::kStream].text(), where, row.repeats());
    }
    return;
  }
}

Result<void> index_rows(BundleReader& bundle, const std::vector<const Member*>& segments,
                        const std::vector<VolumeInfo>& volumes, Indexes& indexes) {
  for (std::size_t i = 0; i < segments.size(); ++i) {
    KONSEKI_ASSIGN(const auto content, bundle.open(*segments[i]));
    std::uint64_t offset = 0;
    const auto read = for_each_line_of(*content, [&](std::string_view line) {
      index_row(line,
                {.offset = offset,
                 .length = static_cast<std::uint32_t>(line.size()),
                 .segment = static_cast<std::uint16_t>(i)},
                volumes, indexes);
      offset += line.size() + 1;
    });
    // Rows of a damaged segment are lost; their members are found by name below.
    if (!read && read.error().code == ErrorCode::kIoError) return fail(read.error());
  }
  return {};
}

// Members without a row: a bundle that ended early, before its last rows were written.
void index_bare_members(const BundleReader& bundle, const std::vector<VolumeInfo>& volumes,
                        Indexes& indexes) {
  for (std::size_t i = 0; i < bundle.members().size(); ++i) {
    const MemberHeader& header = bundle.members()[i].header;
    if (indexes.named_members.contains(xxh64(header.name))) continue;
    const std::size_t number = volume_number(volumes, header.name);
    if (number == volumes.size()) continue;
    const BareMember bare = bare_member(header.name, volumes[number]);
    RowIndex& index = indexes.volumes[number];
    index.add(bare.path, bare.stream, {.offset = i, .place = RowPlace::kMember});
    if (!bare.stream.empty()) {
      index.add(bare.path, {}, {.offset = i, .place = RowPlace::kStreamOwner});
    }
  }
}

}  // namespace

Result<std::unique_ptr<Source>> open_bundle_source(std::unique_ptr<ByteReader> file,
                                                   std::string location) {
  SourceInfo info{SourceKind::kBundle, std::move(location), "konseki", file->size()};
  KONSEKI_ASSIGN(std::shared_ptr<BundleReader> bundle, open_bundle(std::move(file)));
  RunRecord run;
  if (const Member* member = bundle->find(kRunName)) {
    KONSEKI_ASSIGN(const auto content, bundle->open(*member));
    if (const auto bytes = read_all(*content, kMostRunRecord)) {
      run = parse_run_record(as_text(*bytes));
    }
  }
  std::vector<VolumeInfo> volumes = run.volumes;
  add_missing_volumes(*bundle, volumes);
  const std::vector<const Member*> segments = file_segments(*bundle);
  Indexes indexes;
  for (const VolumeInfo& volume : volumes) indexes.volumes.emplace_back(volume.style);
  KONSEKI_TRY(index_rows(*bundle, segments, volumes, indexes));
  index_bare_members(*bundle, volumes, indexes);
  std::vector<std::unique_ptr<FileSystem>> file_systems;
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    indexes.volumes[i].finish();
    file_systems.push_back(std::make_unique<BundleFileSystem>(
        bundle, volumes[i], std::move(indexes.volumes[i]), segments));
  }
  return std::make_unique<BundleSource>(std::move(info), std::move(run), std::move(file_systems));
}

}  // namespace konseki
