#include "agent/diff/tree_diff.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "agent/base/unicode.h"
#include "agent/diff/file_lines.h"
#include "agent/diff/roots.h"
#include "agent/diff/source_side.h"

namespace konseki {
namespace {

constexpr std::uint64_t kBatchBytes = std::uint64_t{128} << 20;  // of old contents at one time

bool is_content(FileType type) { return type == FileType::kRegular || type == FileType::kUnknown; }

class TreeComparison {
 public:
  TreeComparison(Side& old_side, Side& new_side, const DiffOptions& options)
      : old_(old_side),
        new_(new_side),
        options_(options),
        case_blind_(old_side.case_blind() || new_side.case_blind()) {}

  Result<TreeDiff> run() {
    KONSEKI_TRY(place());
    const auto old_keys = keys_of(old_.files(), out_.old_root, out_.old_outside);
    const auto new_keys = keys_of(new_.files(), out_.new_root, out_.new_outside);
    auto old_at = old_keys.begin();
    auto new_at = new_keys.begin();
    while (old_at != old_keys.end() || new_at != new_keys.end()) {
      const bool only_old =
          new_at == new_keys.end() || (old_at != old_keys.end() && old_at->first < new_at->first);
      const bool only_new =
          old_at == old_keys.end() || (new_at != new_keys.end() && new_at->first < old_at->first);
      if (only_old) {
        removed(old_at++->second);
      } else if (only_new) {
        added(new_at->first, new_at->second);
        ++new_at;
      } else {
        compare(old_at++->second, new_at++->second);
      }
    }
    if (options_.most_lines > 0) KONSEKI_TRY(compare_contents());
    settle();
    return std::move(out_);
  }

 private:
  using Keys = std::map<std::string, std::size_t>;

  Result<void> place() {
    if (options_.old_root && options_.new_root) {
      out_.old_root = side_path(*options_.old_root);
      out_.new_root = side_path(*options_.new_root);
    } else {
      const RootPair pair = align_roots(old_.files(), new_.files(), case_blind_);
      if (pair.fitting == 0) {
        return fail(ErrorCode::kNotFound,
                    old_.info().name + ", " + new_.info().name + ": no files of the same name",
                    {"Name the folders that belong together with --old-root and --root.",
                     "対応するフォルダーを --old-root と --root で指定してください。"});
      }
      out_.old_root = spelled(old_.files(), pair.old_root);
      out_.new_root = spelled(new_.files(), pair.new_root);
      // A root that was named alone has limited its side; the pair may lie deeper, or around it.
      if (options_.new_root) narrow(*options_.new_root, out_.new_root, out_.old_root);
      if (options_.old_root) narrow(*options_.old_root, out_.old_root, out_.new_root);
      out_.other_roots = pair.others;
      out_.found_roots = true;
    }
    // Own folders count as far as they lie below the old root.
    for (const std::string& folder : old_.own_folders()) {
      if (is_below(out_.old_root, folder)) {
        out_.own_folders.clear();
        break;
      }
      if (is_below(folder, out_.old_root))
        out_.own_folders.push_back(relative(folder, out_.old_root));
    }
    return {};
  }

  // Takes the folder asked for, and its like on the other side, where the pair lies around it.
  static void narrow(const std::string& asked, std::string& its, std::string& other) {
    const std::string root = side_path(asked);
    if (!is_below(root, its) || root == its) return;
    other += (other.empty() ? "" : "/") + relative(root, its);
    its = root;
  }

  // A folder in the spelling of the side; case-blind look-ups answer it folded.
  std::string spelled(const std::vector<SideFile>& files, const std::string& folder) const {
    if (!case_blind_) return folder;
    for (const SideFile& file : files) {
      const std::string start = file.path.substr(0, folder.size());
      if (fold_case(start) == folder && is_below(file.path, start)) return start;
    }
    return folder;
  }

  static std::string relative(const std::string& path, const std::string& root) {
    return root.empty() ? path : path.substr(std::min(path.size(), root.size() + 1));
  }

  std::string key_of(const std::string& path) const { return case_blind_ ? fold_case(path) : path; }

  Keys keys_of(const std::vector<SideFile>& files, const std::string& root,
               std::uint64_t& outside) const {
    Keys keys;
    const std::string folded = key_of(root);
    for (std::size_t i = 0; i < files.size(); ++i) {
      std::string key = key_of(files[i].path);
      if (!is_below(key, folded)) {
        ++outside;
        continue;
      }
      keys.emplace(relative(key, folded), i);
    }
    return keys;
  }

  FileChange& tell(Change change, std::size_t old_index, std::size_t new_index) {
    FileChange row;
    row.change = change;
    if (old_index != kNone) {
      row.old_file = &old_.files()[old_index];
      row.old_sha256 = row.old_file->sha256;
      row.path = relative(row.old_file->path, out_.old_root);
    }
    if (new_index != kNone) {
      row.new_file = &new_.files()[new_index];
      row.new_sha256 = row.new_file->sha256;
      row.path = relative(row.new_file->path, out_.new_root);
    }
    out_.changes.push_back(std::move(row));
    return out_.changes.back();
  }

  // Folders of the new side that could not be listed say nothing of what is in them.
  void removed(std::size_t index) {
    FileChange& row = tell(Change::kRemoved, index, kNone);
    const std::string there = out_.new_root.empty() ? row.path : out_.new_root + '/' + row.path;
    for (const auto& [folder, error] : new_.problems()) {
      if (!is_below(there, folder)) continue;
      row.change = Change::kUnknown;
      row.note = {"the folder could not be listed", "フォルダーの一覧を取得できません"};
    }
  }

  void added(const std::string& key, std::size_t index) {
    if (!out_.own_folders.empty() &&
        std::none_of(out_.own_folders.begin(), out_.own_folders.end(),
                     [&](const std::string& folder) { return is_below(key, key_of(folder)); })) {
      ++out_.new_outside;
      return;
    }
    FileChange& row = tell(Change::kAdded, kNone, index);
    if (!is_content(row.new_file->type) || row.new_sha256) return;
    if (const auto digests = new_.digests(index)) {
      row.new_sha256 = digests->sha256;
    } else if (digests.error().code != ErrorCode::kNotFound) {
      row.note = {digests.error().describe(Language::kEnglish),
                  digests.error().describe(Language::kJapanese)};
    }
  }

  void compare(std::size_t old_index, std::size_t new_index) {
    const SideFile& was = old_.files()[old_index];
    const SideFile& is = new_.files()[new_index];
    if (was.type == FileType::kUnknown && !was.md5) {  // a package lists it, and no more
      ++out_.same;
      return;
    }
    if (is_content(was.type) != is_content(is.type)) {
      tell(Change::kChanged, old_index, new_index).note = {"a link became a file or a file a link",
                                                           "ファイルとリンクが入れ替わっています"};
      return;
    }
    if (!is_content(was.type)) {
      if (was.link_target == is.link_target && was.type == is.type) {
        ++out_.same;
      } else {
        tell(Change::kChanged, old_index, new_index).note = {
            "link: " + was.link_target + " -> " + is.link_target,
            "リンク先: " + was.link_target + " → " + is.link_target};
      }
      return;
    }
    Known old_known = known(old_, old_index, is.sha256.has_value());
    Known new_known = known(new_, new_index, old_known.sha256.has_value());
    const bool by_size = was.size && is.size && *was.size != *is.size;
    std::optional<bool> equal;
    if (by_size) {
      equal = false;
    } else if (old_known.sha256 && new_known.sha256) {
      equal = *old_known.sha256 == *new_known.sha256;
    } else if (old_known.md5 && new_known.md5) {
      equal = *old_known.md5 == *new_known.md5;
    }
    if (equal && *equal) {
      ++out_.same;
      return;
    }
    FileChange& row = tell(equal ? Change::kChanged : Change::kUnknown, old_index, new_index);
    row.old_sha256 = old_known.sha256;
    row.new_sha256 = new_known.sha256;
    if (!equal) {
      const Error& error = old_known.error ? *old_known.error : *new_known.error;
      row.note = {error.describe(Language::kEnglish), error.describe(Language::kJapanese)};
    }
    pending_.push_back({out_.changes.size() - 1, old_index, new_index});
  }

  struct Known {
    std::optional<Sha256> sha256;
    std::optional<std::array<std::byte, 16>> md5;
    std::optional<Error> error;
  };

  // What is known of the content; read where it is not and where it can be.
  static Known known(Side& side, std::size_t index, bool other_has_sha256) {
    const SideFile& file = side.files()[index];
    Known out{file.sha256, file.md5, {}};
    if (out.sha256 || (out.md5 && !other_has_sha256)) return out;
    if (const auto digests = side.digests(index)) {
      out.sha256 = digests->sha256;
      out.md5 = digests->md5;
    } else if (!out.md5) {
      out.error = digests.error();
    }
    return out;
  }

  struct Pending {
    std::size_t change, old_index, new_index;
  };

  // Lines of changed texts. A package database holds none.
  Result<void> compare_contents() {
    if (old_.info().kind == "packages") {
      for (const Pending& each : pending_) {
        FileChange& row = out_.changes[each.change];
        if (row.note.empty()) row.note = {"only a digest is known", "ハッシュ値のみ既知"};
      }
      return {};
    }
    std::sort(pending_.begin(), pending_.end(),
              [](const Pending& a, const Pending& b) { return a.old_index < b.old_index; });
    std::vector<Pending> batch;
    std::uint64_t bytes = 0;
    for (const Pending& each : pending_) {
      FileChange& row = out_.changes[each.change];
      if (row.change != Change::kChanged) continue;
      const std::uint64_t size =
          std::max(row.old_file->size.value_or(0), row.new_file->size.value_or(0));
      if (size > kMostTextBytes) {
        row.note = {"larger than 4 MiB: not compared line by line",
                    "4 MiB を超えるため、行ごとの比較はしていません"};
        continue;
      }
      if (bytes + size > kBatchBytes) {
        KONSEKI_TRY(compare_batch(batch));
        batch.clear();
        bytes = 0;
      }
      batch.push_back(each);
      bytes += size;
    }
    return compare_batch(batch);
  }

  Result<void> compare_batch(std::vector<Pending>& batch) {
    if (batch.empty()) return {};
    std::map<std::size_t, std::vector<std::byte>> old_contents;
    std::vector<std::size_t> wanted;
    for (const Pending& each : batch) wanted.push_back(each.old_index);
    KONSEKI_TRY(old_.contents(wanted, kMostTextBytes, [&](std::size_t index, auto bytes) {
      if (bytes) old_contents[index] = *std::move(bytes);
    }));
    std::sort(batch.begin(), batch.end(),
              [](const Pending& a, const Pending& b) { return a.new_index < b.new_index; });
    wanted.clear();
    std::map<std::size_t, const Pending*> by_new;
    for (const Pending& each : batch) {
      wanted.push_back(each.new_index);
      by_new[each.new_index] = &each;
      out_.changes[each.change].note = {"its content is not at hand: no lines",
                                        "内容がないため、行は表示できません"};
    }
    return new_.contents(wanted, kMostTextBytes, [&](std::size_t index, auto bytes) {
      const Pending& each = *by_new.at(index);
      const auto was = old_contents.find(each.old_index);
      if (!bytes || was == old_contents.end()) return;
      out_.changes[each.change].note = {};
      compare_lines(was->second, *bytes, options_, out_.changes[each.change]);
    });
  }

  void settle() {
    std::sort(out_.changes.begin(), out_.changes.end(),
              [](const FileChange& a, const FileChange& b) {
                return std::tie(a.change, a.path) < std::tie(b.change, b.path);
              });
    for (const FileChange& each : out_.changes) {
      switch (each.change) {
        case Change::kAdded:
          ++out_.added;
          break;
        case Change::kChanged:
          ++out_.changed;
          out_.line_ends_only += each.line_ends_only;
          break;
        case Change::kRemoved:
          ++out_.removed;
          break;
        case Change::kUnknown:
          ++out_.unknown;
          break;
      }
    }
  }

  static constexpr std::size_t kNone = SIZE_MAX;

  Side& old_;
  Side& new_;
  const DiffOptions& options_;
  const bool case_blind_;
  TreeDiff out_;
  std::vector<Pending> pending_;
};

}  // namespace

std::string_view change_name(Change change) {
  switch (change) {
    case Change::kAdded:
      return "added";
    case Change::kChanged:
      return "changed";
    case Change::kRemoved:
      return "removed";
    case Change::kUnknown:
      break;
  }
  return "not_compared";
}

Result<TreeDiff> diff_trees(Side& old_side, Side& new_side, const DiffOptions& options) {
  return TreeComparison(old_side, new_side, options).run();
}

}  // namespace konseki
