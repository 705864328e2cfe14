// FileRowView: one row of konseki/files.jsonl, its fields found in one pass and not yet decoded.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "agent/base/json_view.h"

namespace konseki {

// Stands alone among the artifacts of a file that escalation brought into the bundle
// (docs/matching.md). Such a row is the second one of its file: the first says that it was listed.
inline constexpr std::string_view kEscalationArtifact = "KonsekiEscalation";

// In the order in which rows are written, which makes finding them a single comparison each.
enum class FileField : std::size_t {
  kPath,
  kRawPath,
  kStream,
  kMember,
  kVolume,
  kSnapshot,
  kType,
  kSize,
  kStatus,
  kReason,
  kDetail,
  kSha256,
  kSha1,
  kMd5,
  kPadded,
  kLost,
  kModified,
  kAccessed,
  kChanged,
  kCreated,
  kDeleted,
  kFnModified,
  kFnAccessed,
  kFnChanged,
  kFnCreated,
  kInode,
  kSequence,
  kMode,
  kUid,
  kGid,
  kOwner,
  kLinks,
  kImmutable,
  kAppendOnly,
  kAttributes,
  kReparseTag,
  kLinkTarget,
  kAllocation,
  kStreams,
  kAccessMethod,
  kArtifacts,
  kPackage,
  kPackageState,
  kCount
};

// Points into the line it was made from. Fields that the row lacks are kNone.
struct FileRowView {
  std::array<JsonView, static_cast<std::size_t>(FileField::kCount)> fields;
  bool whole = false;  // the line is one JSON object; else `fields` are those before the damage

  const JsonView& operator[](FileField field) const {
    return fields[static_cast<std::size_t>(field)];
  }
  // True for the second row of a file, which repeats the facts of the first.
  bool repeats() const;
  // "path" or "path:stream", decoded.
  std::string name() const;
};

std::string_view file_field_name(FileField field);
FileRowView file_row_view(std::string_view line);

// The nine times of a row, with Timesketch's description of each.
struct FileTimeKind {
  FileField field;
  std::string_view timestamp_desc;
};
const std::array<FileTimeKind, 9>& file_time_kinds();

}  // namespace konseki
