// One row of konseki/files.jsonl: what became of one file, and all facts taken before the read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "agent/base/digest.h"
#include "konseki/file_system.h"
#include "konseki/result.h"

namespace konseki {

enum class FileStatus {
  kCollected,  // content (or the object itself) is a member of the bundle
  kLinked,     // as above, as a hard link to identical content
  kListed,     // facts only, as the plan asked; `digests` may be set
  kSkipped,    // content left out on purpose, `reason` says why
  kFailed,     // could not be read, `reason` and `detail` say why
};

std::string_view file_status_name(FileStatus status);
std::string_view file_type_name(FileType type);
// FileRow::reason of a file that could not be read because of `error`.
std::string_view row_reason(const Error& error);

// A view; everything it points to outlives the call that writes it.
struct FileRow {
  const Entry* entry = nullptr;
  const VolumeInfo* volume = nullptr;
  std::string_view path;  // display path
  std::string_view stream;
  std::string_view snapshot;  // id of the shadow copy it lies in
  std::string_view member;    // name in the bundle, when there
  std::uint64_t size = 0;     // of the stream in question
  FileStatus status = FileStatus::kListed;
  std::string_view reason;
  std::string_view detail;
  const Digests* digests = nullptr;
  std::uint64_t padded = 0;
  std::span<const ByteRange> lost;  // bytes that the medium would not give: zeros here
  std::string_view access_method;   // where it differs from the volume's
  std::span<const std::string> artifacts;
  std::string_view package;
  std::string_view package_state;
};

// Appends the row as JSON, without a newline.
void append_file_row(std::string& out, const FileRow& row);

}  // namespace konseki
