#include "agent/pipeline/match_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>

#include "agent/match/file_kind.h"
#include "agent/pipeline/member_stage.h"
#include "agent/pipeline/own_output.h"
#include "agent/pipeline/own_rules.h"

namespace konseki {
namespace {

constexpr std::size_t kMostGaps = 10'000;

// The finding that says that a rule has too many of them.
Finding cut_finding(const CutRule& cut, std::string_view evidence) {
  Finding finding;
  finding.matcher = cut.matcher;
  finding.rule = cut.rule;
  finding.subject.evidence = evidence;
  finding.count = cut.findings;
  finding.flags = {"too_broad"};
  finding.reason = {
      fmt::format("This rule or indicator hit {} times; the {} gravest are kept. It is too broad "
                  "to mean anything by itself: narrow it or leave it out.",
                  cut.findings, cut.kept),
      fmt::format(
          "このルールまたはインジケータは {} 回一致し、重大なものから {} 件だけを残しました。"
          "広すぎて単独では意味を持ちません。条件を絞るか、除外してください。",
          cut.findings, cut.kept)};
  return finding;
}

// The finding that says that there are too many of all rules together.
Finding overflow_finding(std::uint64_t left_out, std::size_t kept, std::string_view evidence) {
  Finding finding;
  finding.matcher = "konseki";
  finding.rule = "findings.limit";
  finding.origin = "konseki";
  finding.subject.evidence = evidence;
  finding.count = left_out;
  finding.flags = {"too_many"};
  finding.reason = {
      fmt::format("{} findings were left out: only the {} gravest are kept. Use fewer rules and "
                  "indicators, or clean files of the system as an allow list.",
                  left_out, kept),
      fmt::format("検出 {} 件を省き、重大なものから {} 件だけを残しました。ルールやインジケータを"
                  "減らすか、正常なファイルを許可リストに加えてください。",
                  left_out, kept)};
  return finding;
}

bool is_held_down(const Finding& finding) {
  return std::any_of(finding.flags.begin(), finding.flags.end(), [](const std::string& flag) {
    return flag == "warninglisted" || flag == "reserved_address";
  });
}

// Passes on what is found in one file, and remembers whether the file is evidence.
class FileSink : public FindingSink {
 public:
  explicit FileSink(FindingSink& sink) : sink_(sink) {}

  void emit(Finding&& finding) override {
    if (finding.severity >= Severity::kMedium) kept_ = true;
    sink_.emit(std::move(finding));
  }
  void gap(std::string_view path, const Error& error) override { sink_.gap(path, error); }
  void keep() override { kept_ = true; }
  bool kept() const { return kept_; }

 private:
  FindingSink& sink_;
  bool kept_ = false;
};

// Holds what matchers foretell. What could not be looked at is told by finish() alone.
class PreviewSink : public FindingSink {
 public:
  explicit PreviewSink(FindingLimits limits) : store_(limits) {}

  void emit(Finding&& finding) override { store_.add(std::move(finding)); }
  void gap(std::string_view, const Error&) override {}
  std::vector<Finding> take() { return store_.take(); }

 private:
  FindingStore store_;
};

}  // namespace

MatchStage::MatchStage(std::vector<std::unique_ptr<Matcher>> matchers, AllowList allowed,
                       FindingLimits limits)
    : matchers_(std::move(matchers)),
      allow_list_(std::move(allowed)),
      limits_(limits),
      store_(limits) {}

template <class Call>
void MatchStage::guarded(const Matcher& matcher, std::string_view path, Call call) {
  try {
    call();
  } catch (const std::exception& why) {
    gap(path, {ErrorCode::kInternal, fmt::format("{}: {}", matcher.name(), why.what()), {}});
  } catch (...) {
    gap(path, {ErrorCode::kInternal, fmt::format("{}: unknown exception", matcher.name()), {}});
  }
}

void MatchStage::begin(const MatchContext& context) {
  evidence_ = context.evidence;
  for (const auto& matcher : matchers_) {
    guarded(*matcher, "", [&] { matcher->begin(context); });
  }
}

void MatchStage::see_file(const MatchFile& file, std::string_view not_read) {
  const std::string* comment = file.digests ? allow_list_.find(*file.digests) : nullptr;
  {
    std::lock_guard lock(mutex_);
    if (file.again) {
      read_after_all_ += not_read.empty() ? 1 : 0;
    } else if (file.item.entry.type != FileType::kDirectory) {
      ++summary_.files;
    }
    if (file.item.entry.type == FileType::kRegular && !file.again) {
      if (not_read.empty()) {
        ++summary_.contents;
      } else {
        ++summary_.not_read[std::string(not_read)];
      }
    }
    if (comment) allowed_.emplace(subject_path(file.address), *comment);
  }
  for (const auto& matcher : matchers_) {
    guarded(*matcher, file.item.path, [&] { matcher->match_entry(file, *this); });
  }
}

bool MatchStage::wants_content(const MatchFile& file) const {
  if (!active()) return false;
  // What an archive holds may be wanted where the archive itself is not.
  const bool may_hold_more =
      containers_ && file.item.entry.type == FileType::kRegular &&
      (file.content.empty()
           ? file.size > 0
           : is_container(file.content.first(std::min(file.content.size(), kFileKindBytes))));
  return may_hold_more || std::any_of(matchers_.begin(), matchers_.end(), [&](const auto& matcher) {
           return matcher->wants_content(file);
         });
}

void MatchStage::set_known_good(std::shared_ptr<const KnownGood> known_good, bool trust_packages) {
  known_good_ = std::move(known_good);
  trust_packages_ = trust_packages;
}

bool MatchStage::is_known_good(const MatchFile& file) {
  if (!known_good_ && !trust_packages_) return false;
  const bool listed = known_good_ && file.digests && known_good_->knows(*file.digests);
  const bool vouched = trust_packages_ && file.package_state == "intact";
  if (!listed && !vouched) return false;
  std::lock_guard lock(mutex_);
  ++known_coverage_.not_looked_at[listed ? "known_good" : "package_intact"];
  known_coverage_.not_looked_at["known_good.bytes"] += file.size;
  return true;
}

bool MatchStage::show_content(const MatchFile& file, ByteReader& content) {
  FileSink sink(*this);
  for (const auto& matcher : matchers_) {
    guarded(*matcher, file.item.path, [&] {
      if (matcher->wants_content(file)) matcher->match_content(file, content, sink);
    });
  }
  return sink.kept();
}

// Of what was unpacked: a bundle's first member, a kit's settings.
void MatchStage::note_own_output(const MatchFile& file) {
  const std::string path = subject_path(file.address);
  const std::string_view text(reinterpret_cast<const char*>(file.content.data()),
                              file.content.size());
  std::optional<Finding> note;
  if (path.ends_with('/' + std::string(kBundleRunName))) {
    note = bundle_note(text, file.address, true);
  } else if (path.ends_with('/' + std::string(kKitFileName))) {
    note = kit_note(text, file.address);
  }
  if (note) emit(*std::move(note));
}

MatchedContent MatchStage::see_content(const MatchFile& file, ByteReader& content) {
  MatchedContent seen;
  seen.known_good = is_known_good(file);
  if (seen.known_good) return seen;
  note_own_output(file);
  seen.evidence = show_content(file, content);
  if (!containers_) return seen;
  const MemberCounts counts = see_members(*this, file, content, *containers_, open_bundles_);
  if (counts.members + counts.gaps + counts.bundles == 0) return seen;
  std::lock_guard lock(mutex_);
  if (counts.bundles > 0 && !open_bundles_) {
    member_coverage_.not_looked_at["own_bundles"] += counts.bundles;
  }
  ++member_coverage_.looked_at["containers"];
  member_coverage_.looked_at["members"] += counts.members;
  member_coverage_.looked_at["bytes"] += counts.bytes;
  if (counts.gaps > 0) member_coverage_.not_looked_at["members"] += counts.gaps;
  return seen;
}

void MatchStage::see_member(const MatchFile& file, ByteReader& content) {
  const std::string* comment = file.digests ? allow_list_.find(*file.digests) : nullptr;
  if (comment) {
    std::lock_guard lock(mutex_);
    allowed_.emplace(subject_path(file.address), *comment);
  }
  for (const auto& matcher : matchers_) {
    guarded(*matcher, file.item.path, [&] { matcher->match_entry(file, *this); });
  }
  note_own_output(file);
  if (!is_known_good(file)) show_content(file, content);
}

void MatchStage::see_record(const Record& record) {
  {
    std::lock_guard lock(mutex_);
    ++summary_.records;
  }
  for (const auto& matcher : matchers_) {
    guarded(*matcher, record.source.path, [&] { matcher->match_record(record, *this); });
  }
}

void MatchStage::see_process(MatchProcess process, ByteReader& memory) {
  process.address.evidence = evidence_;
  for (const auto& matcher : matchers_) {
    guarded(*matcher, process.address.path, [&] { matcher->match_memory(process, memory, *this); });
  }
}

void MatchStage::add_coverage(MatchCoverage coverage) {
  std::lock_guard lock(mutex_);
  more_coverage_.push_back(std::move(coverage));
}

void MatchStage::emit(Finding&& finding) {
  std::lock_guard lock(mutex_);
  store_.add(std::move(finding));
}

void MatchStage::gap(std::string_view path, const Error& error) {
  std::pair<std::string, std::string> key(path, error.detail);
  std::lock_guard lock(mutex_);
  const std::size_t hash = std::hash<std::string>{}(key.first + '\0' + key.second);
  if (!gaps_told_.insert(hash).second) return;
  gaps_.emplace(std::move(key), error);
  if (gaps_.size() > kMostGaps) gaps_.erase(std::prev(gaps_.end()));
}

// What the stage itself did, beside its matchers.
void MatchStage::add_own_coverage() {
  if (known_good_ || trust_packages_) summary_.matchers.push_back(known_coverage_);
  if (!member_coverage_.looked_at.empty()) summary_.matchers.push_back(member_coverage_);
  std::move(more_coverage_.begin(), more_coverage_.end(), std::back_inserter(summary_.matchers));
}

bool MatchStage::wants_more() {
  PreviewSink sink(limits_);
  for (const auto& matcher : matchers_) {
    guarded(*matcher, "", [&] { matcher->preview(sink); });
  }
  preview_ = sink.take();
  apply_allow_list(preview_);
  std::sort(preview_.begin(), preview_.end(), comes_before);
  bool more = false;
  for (const auto& matcher : matchers_) {
    guarded(*matcher, "", [&] { more = matcher->wants_more(preview_) || more; });
  }
  return more;
}

std::vector<WantedFile> MatchStage::wanted_files() {
  std::vector<WantedFile> out;
  for (const auto& matcher : matchers_) {
    guarded(*matcher, "", [&] {
      std::vector<WantedFile> files = matcher->wanted(preview_);
      std::move(files.begin(), files.end(), std::back_inserter(out));
    });
  }
  preview_.clear();
  return out;
}

void MatchStage::finish() {
  for (const auto& matcher : matchers_) {
    guarded(*matcher, "", [&] { matcher->finish(*this); });
  }
  findings_ = store_.take();
  summary_.cut_rules = store_.cut_rules();
  tell_of_cut_rules();
  join_own_rules(findings_);
  summary_.allowed += apply_allow_list(findings_);
  std::sort(findings_.begin(), findings_.end(), comes_before);
  conclude();
  for (const auto& matcher : matchers_) {
    guarded(*matcher, "", [&] { summary_.matchers.push_back(matcher->coverage()); });
  }
  add_own_coverage();
  for (const Finding& each : findings_) {
    ++summary_.findings[static_cast<std::size_t>(each.severity)];
    if (is_held_down(each)) ++summary_.held_down;
  }
  // They were counted as listed.
  if (const auto listed = summary_.not_read.find("listed"); listed != summary_.not_read.end()) {
    const std::uint64_t read = std::min(listed->second, read_after_all_);
    summary_.contents += read;
    if ((listed->second -= read) == 0) summary_.not_read.erase(listed);
  }
  summary_.gaps = gaps_told_.size();
}

void MatchStage::conclude() {
  for (const auto& matcher : matchers_) {
    guarded(*matcher, "", [&] { matcher->conclude(findings_, *this); });
  }
  std::vector<Finding> more = store_.take();
  std::move(more.begin(), more.end(), std::back_inserter(findings_));
  std::sort(findings_.begin(), findings_.end(), comes_before);
}

void MatchStage::tell_of_cut_rules() {
  for (const CutRule& cut : summary_.cut_rules) {
    findings_.push_back(cut_finding(cut, evidence_));
  }
  if (store_.left_out() > 0) {
    findings_.push_back(overflow_finding(store_.left_out(), limits_.total, evidence_));
  }
}

// Who vouches for a file's content vouches for it under every rule; what was found stays on record.
std::uint64_t MatchStage::apply_allow_list(std::span<Finding> findings) const {
  std::uint64_t turned_down = 0;
  if (allow_list_.size() == 0) return turned_down;
  for (Finding& finding : findings) {
    const std::string* comment =
        finding.sha256.empty() ? nullptr : allow_list_.find(finding.sha256);
    if (!comment && finding.schema.empty() && finding.subject.members.empty()) {
      const auto file = allowed_.find(subject_path(finding.subject));
      if (file != allowed_.end()) comment = &file->second;
    }
    if (!comment) continue;
    ++turned_down;
    Witness witness;
    witness.name = "allow_list";
    witness.text = {fmt::format("On the allow list (the rule said {}, score {}): {}",
                                severity_name(finding.severity), finding.score,
                                comment->empty() ? "no comment" : *comment),
                    fmt::format("許可リストに記載 (ルールの判定は {}、スコア {}): {}",
                                severity_name(finding.severity), finding.score,
                                comment->empty() ? "コメントなし" : *comment)};
    finding.witnesses.insert(finding.witnesses.begin(), std::move(witness));
    finding.severity = Severity::kInfo;
    finding.score = 0;
    finding.flags.emplace_back("allow_listed");
  }
  return turned_down;
}

}  // namespace konseki
