#include "agent/base/digest.h"
#include "agent/base/json_writer.h"
#include "agent/diff/diff_output.h"

namespace konseki {
namespace {

std::string_view type_name(FileType type) {
  switch (type) {
    case FileType::kRegular:
      return "file";
    case FileType::kSymlink:
      return "symlink";
    case FileType::kUnknown:
      return "unknown";
    default:
      break;
  }
  return "other";
}

void write_bilingual(JsonWriter& json, std::string_view en, std::string_view ja,
                     const Bilingual& text) {
  json.field(en, std::string_view(text.en));
  json.field(ja, std::string_view(text.ja));
}

void write_side(JsonWriter& json, std::string_view key, const Side& side, const std::string& root) {
  const SideInfo& info = side.info();
  json.key(key);
  json.begin_object();
  json.field("kind", std::string_view(info.kind));
  json.field("name", std::string_view(info.name));
  write_bilingual(json, "title_en", "title_ja", info.title);
  json.field("root", std::string_view(root));
  json.key("caveats_en");
  json.begin_array();
  for (const Bilingual& each : info.caveats) json.text(each.en);
  json.end_array();
  json.key("caveats_ja");
  json.begin_array();
  for (const Bilingual& each : info.caveats) json.text(each.ja);
  json.end_array();
  json.end_object();
}

void write_file(JsonWriter& json, std::string_view key, const SideFile* file,
                const std::optional<Sha256>& sha256) {
  if (file == nullptr) return;
  json.key(key);
  json.begin_object();
  json.field("path", std::string_view(file->path));
  json.field("type", type_name(file->type));
  if (file->size && file->type != FileType::kSymlink) json.field("size", *file->size);
  if (sha256) {
    json.key("sha256");
    json.hex(*sha256);
  }
  if (file->modified) json.field("modified", *file->modified);
  if (!file->owner.empty()) json.field("owner", std::string_view(file->owner));
  if (!file->link_target.empty()) json.field("link_target", std::string_view(file->link_target));
  if (!file->package.empty()) json.field("package", std::string_view(file->package));
  json.end_object();
}

std::string change_line(const FileChange& change) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("type", "file");
  json.field("change", change_name(change.change));
  json.field("path", std::string_view(change.path));
  write_file(json, "old", change.old_file, change.old_sha256);
  write_file(json, "new", change.new_file, change.new_sha256);
  if (!change.note.empty()) write_bilingual(json, "note_en", "note_ja", change.note);
  if (change.lines_compared) {
    json.field("line_ends_only", change.line_ends_only);
    json.field("lines_added", std::uint64_t{change.lines_added});
    json.field("lines_removed", std::uint64_t{change.lines_removed});
    json.field("lines_left_out", std::uint64_t{change.lines_left_out});
    json.field("shortest", change.shortest);
    json.key("hunks");
    json.begin_array();
    for (const Hunk& hunk : change.hunks) {
      json.begin_object();
      json.field("old_first", std::uint64_t{hunk.old_first});
      json.field("old_count", std::uint64_t{hunk.old_count});
      json.field("new_first", std::uint64_t{hunk.new_first});
      json.field("new_count", std::uint64_t{hunk.new_count});
      json.key("lines");
      json.begin_array();
      for (const std::string& line : hunk.lines) json.text(line);
      json.end_array();
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
  return out + '\n';
}

}  // namespace

Result<void> write_diff_json(const TreeDiff& diff, const Side& old_side, const Side& new_side,
                             const TextSink& sink) {
  std::string out;
  JsonWriter first(out);
  first.begin_object();
  first.field("type", "comparison");
  write_side(first, "old", old_side, diff.old_root);
  write_side(first, "new", new_side, diff.new_root);
  first.field("roots_found", diff.found_roots);
  first.key("other_roots");
  first.begin_array();
  for (const std::string& each : diff.other_roots) first.text(each);
  first.end_array();
  first.key("added_in");
  first.begin_array();
  for (const std::string& each : diff.own_folders) first.text(each);
  first.end_array();
  first.end_object();
  KONSEKI_TRY(sink(out + '\n'));
  for (const FileChange& change : diff.changes) KONSEKI_TRY(sink(change_line(change)));
  for (const Side* side : {&old_side, &new_side}) {
    for (const auto& [path, error] : side->problems()) {
      out.clear();
      JsonWriter json(out);
      json.begin_object();
      json.field("type", "problem");
      json.field("path", std::string_view(path));
      json.field("code", error_code_name(error.code));
      json.field("detail", std::string_view(error.detail));
      json.end_object();
      KONSEKI_TRY(sink(out + '\n'));
    }
  }
  out.clear();
  JsonWriter last(out);
  last.begin_object();
  last.field("type", "summary");
  last.field("added", diff.added);
  last.field("changed", diff.changed);
  last.field("line_ends_only", diff.line_ends_only);
  last.field("removed", diff.removed);
  last.field("same", diff.same);
  last.field("not_compared", diff.unknown);
  last.field("problems", std::uint64_t{old_side.problems().size() + new_side.problems().size()});
  last.field("old_outside", diff.old_outside);
  last.field("new_outside", diff.new_outside);
  last.end_object();
  return sink(out + '\n');
}

}  // namespace konseki
