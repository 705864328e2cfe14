#include <fmt/format.h>

#include <algorithm>

#include "agent/base/digest.h"
#include "agent/diff/diff_output.h"
#include "agent/report/number_text.h"
#include "agent/report/time_text.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

constexpr std::size_t kMostShown = 200;    // bytes of a line
constexpr std::size_t kBeforeChange = 60;  // of them before what differs

std::string owner_text(const SideFile& file, Language language) {
  if (file.owner.empty()) return {};
  return fmt::format("  {} {}", language == Language::kJapanese ? "所有者" : "owner", file.owner);
}

std::string facts_of(const SideFile& file, Language language) {
  std::string out;
  if (file.type == FileType::kSymlink) return "-> " + visible_text(file.link_target);
  if (file.size) out += bytes_text(*file.size);
  if (file.modified) out += "  " + clock_text(*file.modified) + " UTC";
  return out + visible_text(owner_text(file, language));
}

// Tabs are how code is indented, and do no harm.
std::string visible_code(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t tab = text.find('\t');
    out += visible_text(text.substr(0, tab));
    if (tab == std::string_view::npos) return out;
    out += '\t';
    text.remove_prefix(tab + 1);
  }
}

// The part of a long line that holds what differs from `other`; cut between characters.
std::string shown_line(std::string_view line, std::string_view other) {
  if (line.size() <= kMostShown) return visible_code(line);
  const std::size_t common = static_cast<std::size_t>(
      std::mismatch(line.begin(), line.end(), other.begin(), other.end()).first - line.begin());
  std::size_t from = common > kBeforeChange ? common - kBeforeChange : 0;
  from = std::min(from, line.size() - std::min(line.size(), kMostShown));
  const auto continues = [&](std::size_t at) {
    return at < line.size() && (static_cast<unsigned char>(line[at]) & 0xc0) == 0x80;
  };
  while (from > 0 && continues(from)) --from;
  std::size_t end = std::min(line.size(), from + kMostShown);
  while (end < line.size() && continues(end)) ++end;
  return (from > 0 ? fmt::format("[…{}]", from) : "") +
         visible_code(line.substr(from, end - from)) +
         (end < line.size() ? fmt::format("[…{}]", line.size() - end) : "");
}

std::string hunk_text(const Hunk& hunk) {
  std::string out = fmt::format("    @@ -{},{} +{},{} @@\n", hunk.old_first, hunk.old_count,
                                hunk.new_first, hunk.new_count);
  for (std::size_t i = 0; i < hunk.lines.size(); ++i) {
    const std::string& line = hunk.lines[i];
    // The line of the other sign at the same place of its block.
    std::string_view other;
    if (line[0] != ' ' && line.size() > kMostShown) {
      std::size_t first = i, middle = i, last = i;
      while (first > 0 && hunk.lines[first - 1][0] != ' ') --first;
      while (last + 1 < hunk.lines.size() && hunk.lines[last + 1][0] != ' ') ++last;
      middle = first;
      while (middle <= last && hunk.lines[middle][0] == '-') ++middle;
      const std::size_t twin = line[0] == '-' ? middle + (i - first) : first + (i - middle);
      if (twin <= last && hunk.lines[twin][0] != line[0]) {
        other = std::string_view(hunk.lines[twin]).substr(1);
      }
    }
    out += "    ";
    out += line[0];
    out += shown_line(std::string_view(line).substr(1), other) + '\n';
  }
  return out;
}

Bilingual word_of(Change change) {
  switch (change) {
    case Change::kAdded:
      return {"added   ", "追加  "};
    case Change::kChanged:
      return {"changed ", "変更  "};
    case Change::kRemoved:
      return {"removed ", "削除  "};
    case Change::kUnknown:
      break;
  }
  return {"unknown ", "不明  "};
}

std::string side_line(const Side& side, const std::string& root, bool is_new, Language language) {
  const bool japanese = language == Language::kJapanese;
  const SideInfo& info = side.info();
  std::string out = japanese ? (is_new ? "新: " : "旧: ") : (is_new ? "New: " : "Old: ");
  out += visible_text(info.name) + " (" + visible_text(info.title.in(language)) + ")";
  if (!root.empty()) {
    out += (japanese ? "、フォルダー " : ", folder ") + visible_text(root);
  }
  return out + '\n';
}

std::string heading(const TreeDiff& diff, const Side& old_side, const Side& new_side,
                    Language language) {
  const bool japanese = language == Language::kJapanese;
  std::string out = side_line(old_side, diff.old_root, false, language) +
                    side_line(new_side, diff.new_root, true, language);
  const auto say = [&](const Bilingual& text) {
    out += "  " + visible_text(text.in(language)) + '\n';
  };
  for (const Side* side : {&old_side, &new_side}) {
    for (const Bilingual& caveat : side->info().caveats) say(caveat);
  }
  for (const std::string& other : diff.other_roots) {
    say({"Fits as well: " + other + " (compare it with --root)",
         "ほかにも対応します: " + other + " (--root で比較できます)"});
  }
  if (!diff.own_folders.empty()) {
    const std::string folders = fmt::format("{}", fmt::join(diff.own_folders, ", "));
    say({"Looked for added files in: " + folders, "追加ファイルを探した場所: " + folders});
  }
  if (diff.old_outside > 0) {
    out += japanese
               ? fmt::format("  旧側のうち対応するフォルダーの外にある {} 個は比較していません\n",
                             grouped(diff.old_outside))
               : fmt::format("  {} files of the old side lie outside the folder: not compared\n",
                             grouped(diff.old_outside));
  }
  return out + '\n';
}

std::string file_text(const FileChange& change, Language language) {
  const bool japanese = language == Language::kJapanese;
  std::string out = word_of(change.change).in(language) + ' ' + visible_text(change.path);
  const SideFile* shown = change.new_file != nullptr ? change.new_file : change.old_file;
  const std::string facts = facts_of(*shown, language);
  if (!facts.empty()) out += "  " + facts;
  if (change.lines_compared) {
    out += change.line_ends_only
               ? (japanese ? "  行の内容は同じ" : "  same lines")
               : fmt::format("  +{} -{}", change.lines_added, change.lines_removed);
  }
  if (!change.note.empty()) out += "  (" + visible_text(change.note.in(language)) + ")";
  if (!shown->package.empty()) out += "  [" + visible_text(shown->package) + "]";
  out += '\n';
  if (change.change == Change::kAdded && change.new_sha256) {
    out += "    sha256 " + to_hex(*change.new_sha256) + '\n';
  }
  for (const Hunk& hunk : change.hunks) out += hunk_text(hunk);
  if (change.lines_left_out > 0) {
    out += japanese ? fmt::format("    … 変更行ほか {} 行 (--lines all で全件)\n",
                                  grouped(change.lines_left_out))
                    : fmt::format("    … {} more changed lines (--lines all shows them)\n",
                                  grouped(change.lines_left_out));
  }
  if (!change.shortest) {
    out += japanese ? "    差が大きいため、変更範囲は必要以上に広い可能性があります\n"
                    : "    So much differs that the blocks may be larger than need be\n";
  }
  return out;
}

std::string sums(const TreeDiff& diff, const Side& old_side, const Side& new_side,
                 Language language) {
  const bool japanese = language == Language::kJapanese;
  const std::size_t problems = old_side.problems().size() + new_side.problems().size();
  std::string out = diff.changes.empty() ? "" : "\n";
  for (const Side* side : {&old_side, &new_side}) {
    for (const auto& [path, error] : side->problems()) {
      out += fmt::format("{}: {}: {}\n", japanese ? "調べられません" : "could not look",
                         visible_text(path), visible_text(error.describe(language)));
    }
  }
  out += japanese
             ? fmt::format("追加 {}、変更 {} (うち改行のみ {})、削除 {}、同一 {}",
                           grouped(diff.added), grouped(diff.changed), grouped(diff.line_ends_only),
                           grouped(diff.removed), grouped(diff.same))
             : fmt::format("{} added, {} changed ({} in line ends only), {} removed, {} the same",
                           grouped(diff.added), grouped(diff.changed), grouped(diff.line_ends_only),
                           grouped(diff.removed), grouped(diff.same));
  if (diff.unknown + problems > 0) {
    out += japanese ? fmt::format("、比較できず {}", grouped(diff.unknown + problems))
                    : fmt::format(", {} could not be compared", grouped(diff.unknown + problems));
  }
  return out + '\n';
}

}  // namespace

Result<void> write_diff_text(const TreeDiff& diff, const Side& old_side, const Side& new_side,
                             Language language, const TextSink& sink) {
  KONSEKI_TRY(sink(heading(diff, old_side, new_side, language)));
  for (const FileChange& change : diff.changes) KONSEKI_TRY(sink(file_text(change, language)));
  return sink(sums(diff, old_side, new_side, language));
}

}  // namespace konseki
