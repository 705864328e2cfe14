#include "agent/diff/source_side.h"

#include "agent/base/memory_reader.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

SideFile file_of(const VolumeInfo& volume, const Entry& entry) {
  SideFile file;
  file.path = side_path(to_well_formed(volume.display_path(entry.path)));
  file.type = entry.type;
  file.size = entry.size;
  file.modified = entry.times.modified;
  file.owner = !entry.owner.empty()                ? entry.owner
               : volume.style == PathStyle::kPosix ? std::to_string(entry.uid)
                                                   : std::string();
  file.link_target = to_well_formed(entry.link_target);
  return file;
}

Bilingual title_of(const SourceInfo& info) {
  switch (info.kind) {
    case SourceKind::kLive:
      return {"this host", "このホスト"};
    case SourceKind::kDirectory:
      return {"folder", "フォルダー"};
    case SourceKind::kImage:
      return {"disk image", "ディスクイメージ"};
    case SourceKind::kBundle:
      break;
  }
  return {"bundle", "バンドル"};
}

class SourceSide : public ReaderSide {
 public:
  explicit SourceSide(Source& source) : source_(source) {}

  Result<void> load(std::string name, const std::string& root) {
    info_.kind = source_kind_name(source_.info().kind);
    info_.name = std::move(name);
    info_.title = title_of(source_.info());
    const std::string wanted = side_path(root);
    bool found = wanted.empty();
    for (const auto& volume : source_.file_systems()) {
      if (find_snapshot(source_.details(), volume->info().mount)) continue;
      if (volume->info().style == PathStyle::kWindows) case_blind_ = true;
      const std::string mount = side_path(volume->info().mount);
      std::string start;
      if (!wanted.empty() && !is_below(mount, wanted)) {
        if (!is_below(wanted, mount)) continue;
        start = wanted.substr(mount.empty() ? 0 : std::min(wanted.size(), mount.size() + 1));
        const auto entry = volume->stat(start);
        if (!entry || (entry->type != FileType::kDirectory && !start.empty())) continue;
        start = entry->path;
      }
      found = true;
      KONSEKI_TRY(walk(*volume, start));
    }
    for (const UnreadableVolume& volume : source_.unreadable()) {
      problems_.emplace_back(volume.name, Error{ErrorCode::kUnsupported,
                                                volume.type + " " + volume.detail, volume.advice});
    }
    if (!found) {
      return fail(ErrorCode::kNotFound, root + ": no such folder in " + info_.name,
                  {"Give the folder as the evidence names it: /var/www/html, C:/inetpub/wwwroot.",
                   "証拠の中での名前でフォルダーを指定してください (例 /var/www/html、"
                   "C:/inetpub/wwwroot)。"});
    }
    settle();
    return {};
  }

 private:
  Result<void> walk(FileSystem& volume, const std::string& start) {
    WalkOptions options;
    options.start = start;
    options.on_error = [&](std::string_view path, const Error& error) {
      problems_.emplace_back(side_path(to_well_formed(volume.info().display_path(path))), error);
    };
    return volume.walk(options, [&](const Entry& entry) {
      if (entry.type == FileType::kDirectory || entry.allocation != Allocation::kAllocated) {
        return WalkAction::kContinue;
      }
      SideFile file = file_of(volume.info(), entry);
      file.handle = places_.size();
      places_.push_back({&volume, entry.path});
      files_.push_back(std::move(file));
      return WalkAction::kContinue;
    });
  }

  Result<std::unique_ptr<ByteReader>> open(std::size_t index) override {
    const auto& [volume, path] = places_[files_[index].handle];
    KONSEKI_ASSIGN(const Entry entry, volume->stat(path));
    return volume->open(entry);
  }

  Source& source_;
  std::vector<std::pair<FileSystem*, std::string>> places_;
};

}  // namespace

std::string side_path(std::string_view path) {
  std::string out(path);
  // "C:\inetpub" as a user of Windows writes it; elsewhere a backslash is part of a name.
  if (out.size() > 2 && out[1] == ':' && out[2] == '\\') {
    for (char& c : out) {
      if (c == '\\') c = '/';
    }
  }
  while (out.starts_with('/')) out.erase(0, 1);
  while (out.ends_with('/')) out.pop_back();
  return out == "." ? std::string() : out;
}

bool is_below(std::string_view path, std::string_view folder) {
  return folder.empty() ||
         (path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/'));
}

Result<std::unique_ptr<Side>> make_source_side(Source& source, std::string name,
                                               const std::string& root) {
  auto side = std::make_unique<SourceSide>(source);
  KONSEKI_TRY(side->load(std::move(name), root));
  return std::unique_ptr<Side>(std::move(side));
}

}  // namespace konseki
