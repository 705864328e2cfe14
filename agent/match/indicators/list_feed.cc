#include "agent/match/indicators/list_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/match/indicators/csv_feed.h"
#include "agent/match/indicators/list_line.h"
#include "agent/match/indicators/misp_feed.h"

namespace konseki {
namespace {

constexpr std::size_t kSampleLines = 2000;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t from = text.find_first_not_of(kSpace);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

// "#", "//", "!" of filter lists, and ";" where a blank follows or nothing.
bool is_comment(std::string_view line) {
  return line.starts_with('#') || line.starts_with("//") || line.starts_with('!') || line == ";" ||
         line.starts_with("; ") || line.starts_with(";;");
}

std::string_view comment_text(std::string_view line) {
  const std::size_t from = line.find_first_not_of("#;/! \t-=*");
  return from == std::string_view::npos ? std::string_view() : trimmed(line.substr(from));
}

// A comment behind a value; in expressions a '#' is only a character.
std::string_view without_comment(std::string_view line, std::string_view& comment) {
  for (const std::string_view mark : {" #", "\t#", " //", "\t//"}) {
    const std::size_t at = line.find(mark);
    if (at == std::string_view::npos || at == 0) continue;
    comment = comment_text(line.substr(at + 1));
    return trimmed(line.substr(0, at));
  }
  return line;
}

bool is_misp_hash_line(std::string_view line) {
  if (line.size() < 69 || line[32] != ',') return false;
  return std::all_of(line.begin(), line.begin() + 32,
                     [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }) &&
         line[41] == '-' && line[46] == '-';
}

class Sample {
 public:
  void add(std::string_view line) {
    if (++lines_ > kSampleLines) return;
    ++seen_;
    if (is_misp_hash_line(line)) ++hashes_;
    if (looks_like_scored_path(line)) ++paths_;
    std::string_view ignored;
    const auto read = read_list_line(without_comment(line, ignored), false);
    if (!read) return;
    ++values_;
    for (const Atom& atom : read->atoms) {
      if (atom.type == AtomType::kDomain || atom.type == AtomType::kIpAddress ||
          atom.type == AtomType::kUrl) {
        ++addresses_;
      }
    }
  }

  ListShape shape() const {
    ListShape out;
    out.among_addresses = addresses_ > 0;
    if (seen_ == 0) return out;
    if (hashes_ == seen_) {
      out.kind = ListShape::Kind::kMispHashes;
    } else if (paths_ * 2 > seen_) {
      out.kind = ListShape::Kind::kScoredPaths;
    } else if (values_ * 3 >= seen_) {
      out.kind = ListShape::Kind::kValues;
    }
    return out;
  }

 private:
  std::size_t lines_ = 0;
  std::size_t seen_ = 0;
  std::size_t hashes_ = 0;
  std::size_t paths_ = 0;
  std::size_t values_ = 0;
  std::size_t addresses_ = 0;
};

class ListReader {
 public:
  ListReader(const ListShape& shape, const FeedOptions& options, IndicatorSink& sink,
             FeedReport& report)
      : shape_(shape), options_(options), sink_(sink), report_(report) {}

  void use(std::string_view line, std::uint64_t number) {
    line = trimmed(line);
    if (line.empty()) return;
    if (is_comment(line)) {
      if (const std::string_view text = comment_text(line); !text.empty()) group_ = text;
      return;
    }
    IndicatorInfo info;
    info.file = report_.file;
    std::string_view comment;
    const bool is_path = shape_.kind == ListShape::Kind::kScoredPaths;
    const std::string_view value = is_path ? line : without_comment(line, comment);
    auto read = is_path ? read_scored_path(value) : read_list_line(value, shape_.among_addresses);
    if (!read) {
      sink_.refuse(std::move(info), fmt::format("line {}: {}", number, read.error().detail),
                   std::move(read.error().advice));
      return;
    }
    info.name = !read->description.empty() ? read->description
                : !comment.empty()         ? std::string(comment)
                                           : group_;
    if (read->score) apply_score(*read->score, info);
    if (read->pattern.empty()) {
      sink_.take(std::move(info), std::move(read->atoms));
    } else {
      give_misp_target(std::move(info), "stix2-pattern", read->pattern, options_, sink_);
    }
  }

 private:
  // A negative score speaks for the file: known-good, and by how much.
  static void apply_score(int score, IndicatorInfo& info) {
    info.confidence = std::min(100, std::abs(score));
    if (score >= 0) return;
    info.types.emplace_back("benign");
    info.labels.push_back(fmt::format("score={}", score));
  }

  const ListShape& shape_;
  const FeedOptions& options_;
  IndicatorSink& sink_;
  FeedReport& report_;
  std::string group_;  // the comment above
};

}  // namespace

ListShape tell_list(std::string_view head) {
  Sample sample;
  bool is_first = true;
  std::string_view last_comment;
  while (!head.empty()) {
    const std::size_t end = head.find_first_of("\r\n");
    // The last line may be cut; it counts only when there is no other.
    if (end == std::string_view::npos && !is_first) break;
    const std::string_view line = trimmed(head.substr(0, end));
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 1);
    if (line.empty() || line.starts_with("sep=")) continue;
    if (is_comment(line)) {
      last_comment = line;
      continue;
    }
    if (is_first) {
      is_first = false;
      auto header = tell_csv_header(line);
      // Some feeds write their header as a comment.
      if (!header && !last_comment.empty()) {
        header = tell_csv_header(comment_text(last_comment));
        if (header && header->columns.size() < 3) header.reset();
      }
      if (header) {
        ListShape out;
        out.kind = ListShape::Kind::kTable;
        out.header = std::move(header);
        return out;
      }
    }
    sample.add(line);
  }
  return sample.shape();
}

void read_list_feed(FeedText& text, const ListShape& shape, const FeedOptions& options,
                    IndicatorSink& sink, FeedReport& report) {
  if (shape.kind == ListShape::Kind::kMispHashes) {
    report.notes.push_back({"digests of the values of a MISP feed: its events hold the values",
                            "MISP フィードの値のハッシュ一覧です。値そのものはイベントにあります"});
    return;
  }
  FeedLines lines(text);
  ListReader list(shape, options, sink, report);
  std::optional<CsvReader> table;
  if (shape.header) table.emplace(*shape.header, options, sink, report);
  bool is_header = true;
  for (;;) {
    const auto more = lines.next();
    if (!more) {
      report.error = more.error();
      break;
    }
    if (!*more) break;
    if (lines.too_long()) {
      IndicatorInfo info;
      info.file = report.file;
      sink.refuse(std::move(info), fmt::format("line {}", lines.number()),
                  {"lines longer than 1 MiB are not read", "1 MiB を超える行は読み込みません"});
      continue;
    }
    if (!table) {
      list.use(lines.line(), lines.number());
      continue;
    }
    const std::string_view line = trimmed(lines.line());
    if (is_header && (line.empty() || is_comment(line) || line.starts_with("sep="))) continue;
    const bool was_header = std::exchange(is_header, false);
    if (was_header && tell_csv_header(line)) continue;
    table->use(lines.line(), lines.number());
  }
  if (table) table->finish();
}

}  // namespace konseki
