#include "agent/base/file_row_view.h"

namespace konseki {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(FileField::kCount)> kNames = {
    "path",         "raw_path",   "stream",    "member",        "volume",      "snapshot",
    "type",         "size",       "status",    "reason",        "detail",      "sha256",
    "sha1",         "md5",        "padded",    "lost",          "modified",    "accessed",
    "changed",      "created",    "deleted",   "fn_modified",   "fn_accessed", "fn_changed",
    "fn_created",   "inode",      "sequence",  "mode",          "uid",         "gid",
    "owner",        "links",      "immutable", "append_only",   "attributes",  "reparse_tag",
    "link_target",  "allocation", "streams",   "access_method", "artifacts",   "package",
    "package_state"};

constexpr std::array<FileTimeKind, 9> kTimes = {{
    {FileField::kModified, "Content Modification Time"},
    {FileField::kAccessed, "Last Access Time"},
    {FileField::kChanged, "Metadata Change Time"},
    {FileField::kCreated, "Creation Time"},
    {FileField::kDeleted, "Deletion Time"},
    {FileField::kFnModified, "Content Modification Time (FILE_NAME)"},
    {FileField::kFnAccessed, "Last Access Time (FILE_NAME)"},
    {FileField::kFnChanged, "Metadata Change Time (FILE_NAME)"},
    {FileField::kFnCreated, "Creation Time (FILE_NAME)"},
}};

// Index of `name`, looked for from `from` on and then around; kNames.size() when it is none.
std::size_t index_of(std::string_view name, std::size_t from) {
  for (std::size_t step = 0; step < kNames.size(); ++step) {
    const std::size_t index = (from + step) % kNames.size();
    if (kNames[index] == name) return index;
  }
  return kNames.size();
}

}  // namespace

bool FileRowView::repeats() const {
  JsonItems names((*this)[FileField::kArtifacts]);
  return names.next() && names.value().plain() == kEscalationArtifact;
}

std::string FileRowView::name() const {
  std::string name = (*this)[FileField::kPath].text();
  if (const JsonView& stream = (*this)[FileField::kStream]) name += ':' + stream.text();
  return name;
}

std::string_view file_field_name(FileField field) {
  return kNames[static_cast<std::size_t>(field)];
}

FileRowView file_row_view(std::string_view line) {
  FileRowView row;
  if (!line.starts_with('{') || !line.ends_with('}')) return row;
  std::size_t expected = 0;
  // Told to be an object, which next() finds out: json_view() would read the line once more.
  JsonItems members(JsonView{JsonKind::kObject, line});
  while (members.next()) {
    const std::size_t index = index_of(members.name(), expected);
    if (index == kNames.size()) continue;
    row.fields[index] = members.value();
    expected = index + 1;
  }
  row.whole = !members.damaged();
  return row;
}

const std::array<FileTimeKind, 9>& file_time_kinds() { return kTimes; }

}  // namespace konseki
