#include "agent/match/yara/yara_matcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/base/digest.h"
#include "agent/base/memory_reader.h"
#include "agent/base/unicode.h"
#include "agent/match/file_kind.h"
#include "agent/match/process_text.h"
#include "agent/match/yara/rule_meta.h"

namespace konseki::yara {
namespace {

// Each leaves a thread and a scanner behind.
constexpr unsigned kMostCrashes = 20;

std::string reason_code(const Error& error) {
  return error.code == ErrorCode::kLimitExceeded ? "time_limit"
                                                 : std::string(error_code_name(error.code));
}

std::string owner_of(const Entry& entry, const HostFacts& host) {
  const std::string id = entry.owner.empty() ? fmt::format("{}", entry.uid) : entry.owner;
  const auto user = std::find_if(host.users.begin(), host.users.end(),
                                 [&](const HostUser& each) { return each.id == id; });
  if (user != host.users.end()) return user->name;
  return entry.owner.empty() && entry.uid == 0 ? "root" : id;
}

// What conditions may ask, as docs/yara.md defines it.
ScanFacts facts_of(const MatchFile& file, std::string_view kind, const HostFacts& host) {
  ScanFacts facts;
  const bool windows = file.item.volume.style == PathStyle::kWindows;
  facts.file_path = subject_path(file.address);
  if (facts.file_path.empty()) facts.file_path = std::string(file.item.path);
  std::string_view name = facts.file_path;
  if (!file.address.members.empty()) name = file.address.members.back();
  if (const std::size_t slash = name.rfind('/'); slash != std::string_view::npos) {
    name.remove_prefix(slash + 1);
  }
  facts.file_name = std::string(name);
  if (const std::size_t dot = name.rfind('.'); dot != std::string_view::npos) {
    facts.extension = fold_case(name.substr(dot));
  }
  // Rules know Windows paths with backslashes.
  if (windows) std::replace(facts.file_path.begin(), facts.file_path.end(), '/', '\\');
  facts.file_type = std::string(kind);
  if (file.digests != nullptr) facts.md5 = to_hex(file.digests->md5);
  facts.owner = owner_of(file.item.entry, host);
  facts.id = file.item.entry.owner.empty() ? fmt::format("{}", file.item.entry.uid)
                                           : file.item.entry.owner;
  return facts;
}

Bilingual reason_of(const RuleHit& hit, const std::string& description) {
  const std::string tail = description.empty() ? "" : ": " + description;
  return {fmt::format("YARA rule {} matches{}", hit.rule, tail),
          fmt::format("YARA ルール {} に一致しました{}", hit.rule, tail)};
}

Witness string_witness(const StringHit& string, const PathSpec& subject) {
  Witness witness;
  witness.name = "yara.string";
  witness.text = {
      fmt::format("{} found {} time{}{}", string.name, string.count, string.count == 1 ? "" : "s",
                  string.count > string.ranges.size()
                      ? fmt::format(", the first {} shown", string.ranges.size())
                      : ""),
      fmt::format("{} が {} か所に見つかりました{}", string.name, string.count,
                  string.count > string.ranges.size()
                      ? fmt::format(" (最初の {} か所を表示)", string.ranges.size())
                      : "")};
  witness.excerpt = string.excerpt;
  for (const ByteRange& range : string.ranges) {
    PathSpec address = subject;
    address.range = range;
    witness.addresses.push_back(std::move(address));
  }
  return witness;
}

// Author, reference and tags, for the person who wants to know more.
Witness about_rule(const RuleHit& hit) {
  std::string text = hit.file;
  for (const std::string_view key : {"author", "reference", "date"}) {
    if (std::string value = meta_value(hit, key); !value.empty()) {
      text += fmt::format("; {}: {}", key, value);
    }
  }
  if (!hit.tags.empty()) text += fmt::format("; tags: {}", fmt::join(hit.tags, ", "));
  Witness witness;
  witness.name = "yara.rule";
  witness.text = {"rule of " + text, "ルールの出典: " + text};
  return witness;
}

}  // namespace

struct YaraMatcher::Worker {
  YaraScanner scanner;
  YaraRules::ChoiceHandle choice;
};

// A worker of the pool for one call.
class YaraMatcher::Lease {
 public:
  explicit Lease(YaraMatcher& owner) : owner_(owner) {
    const std::lock_guard lock(owner_.mutex_);
    if (!owner_.idle_.empty()) {
      worker_ = std::move(owner_.idle_.back());
      owner_.idle_.pop_back();
      return;
    }
    worker_.reset(new Worker{YaraScanner(owner_.options_.file_seconds, owner_.options_.before_scan),
                             owner_.rules_->make_choice()});
  }
  ~Lease() {
    const std::lock_guard lock(owner_.mutex_);
    owner_.idle_.push_back(std::move(worker_));
  }
  Worker* operator->() { return worker_.get(); }

 private:
  YaraMatcher& owner_;
  std::unique_ptr<Worker> worker_;
};

namespace {

// What a rule says, wherever it fired; the string witnesses come last, in the order of the strings.
Finding rule_finding(const RuleHit& hit, const PathSpec& subject) {
  Finding finding;
  finding.matcher = "yara";
  finding.rule = hit.rule;
  finding.origin = hit.file;
  finding.title = to_well_formed(meta_value(hit, "description"));
  finding.score = score_of(hit);
  finding.severity = severity_of_score(finding.score);
  finding.technique = technique_of(hit);
  finding.subject = subject;
  finding.reason = reason_of(hit, finding.title);
  Witness rule = about_rule(hit);
  rule.score = finding.score;
  finding.witnesses.push_back(std::move(rule));
  for (const StringHit& string : hit.strings) {
    finding.witnesses.push_back(string_witness(string, subject));
  }
  return finding;
}

void add_console(Finding& finding, const std::vector<std::string>& console) {
  if (console.empty()) return;
  Witness witness;
  witness.name = "yara.console";
  witness.text = {"rules wrote to the console", "ルールがコンソールに出力しました"};
  witness.excerpt = to_well_formed(fmt::format("{}", fmt::join(console, "\n")));
  finding.witnesses.push_back(std::move(witness));
}

ScanFacts facts_of(const RunningProcess& process) {
  ScanFacts facts;
  facts.file_path = process.image;
  facts.file_name = process.image.substr(process.image.find_last_of("/\\") + 1);
  if (const std::size_t dot = facts.file_name.rfind('.'); dot != std::string::npos) {
    facts.extension = fold_case(std::string_view(facts.file_name).substr(dot));
  }
  return facts;
}

Finding memory_finding(const RuleHit& hit, const MatchProcess& process,
                       const std::vector<std::string>& console) {
  Finding finding = rule_finding(hit, process.address);
  finding.reason = reason_of(hit, finding.title);
  const Bilingual who = process_text(process.process);
  finding.reason.en += ", in the memory of " + who.en;
  finding.reason.ja += " (" + who.ja + " のメモリ)";
  for (std::size_t i = 0; i < hit.strings.size(); ++i) {
    Witness& witness = finding.witnesses[i + 1];
    if (hit.strings[i].ranges.empty()) continue;
    const Bilingual place = place_in_memory(process, hit.strings[i].ranges.front().offset);
    witness.text.en += "; first at " + place.en;
    witness.text.ja += "。最初の位置は " + place.ja;
  }
  add_console(finding, console);
  return finding;
}

}  // namespace

Finding finding_of(const RuleHit& hit, const MatchFile& file,
                   const std::vector<std::string>& console) {
  Finding finding = rule_finding(hit, file.address);
  if (file.digests != nullptr) finding.sha256 = to_hex(file.digests->sha256);
  add_console(finding, console);
  return finding;
}

YaraMatcher::YaraMatcher(std::shared_ptr<const YaraRules> rules, YaraOptions options)
    : rules_(std::move(rules)), options_(std::move(options)) {
  coverage_.matcher = "yara";
  coverage_.loaded["rules"] = rules_->rule_count();
  coverage_.loaded["rule_files"] = rules_->files().size();
  if (rules_->left_out_count() > 0) coverage_.loaded["rules_left_out"] = rules_->left_out_count();
}

YaraMatcher::~YaraMatcher() = default;

void YaraMatcher::begin(const MatchContext& context) { host_ = context.host; }

bool YaraMatcher::wants_content(const MatchFile& file) const {
  return file.item.entry.type == FileType::kRegular && file.size <= options_.max_size &&
         rules_->rule_count() > 0;
}

void YaraMatcher::count_gap(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  ++coverage_.not_looked_at[reason];
}

void YaraMatcher::count_failure(const YaraScanner& scanner, const Error& error) {
  if (!scanner.crashed()) return count_gap(reason_code(error));
  count_gap("crashed");
  const std::lock_guard lock(mutex_);
  ++crashes_;
}

bool YaraMatcher::has_given_up(FindingSink& sink) {
  {
    const std::lock_guard lock(mutex_);
    if (crashes_ < kMostCrashes) return false;
    ++coverage_.not_looked_at["given_up"];
    if (std::exchange(told_of_giving_up_, true)) return true;
  }
  sink.gap("yara", {ErrorCode::kLimitExceeded,
                    fmt::format("libyara crashed {} times; nothing more is scanned", kMostCrashes),
                    {"Scan an image of the disk on a clean machine, with fewer rules.",
                     "ルールを絞り、ディスク イメージを別のマシンで検査してください。"}});
  return true;
}

bool YaraMatcher::pass_over(const MatchFile& file) {
  if (rules_->rule_count() == 0) return true;
  if (file.size > options_.max_size) {
    count_gap("too_large");
    return true;
  }
  return false;
}

void YaraMatcher::count_looked_at(const ScanOutcome& outcome) {
  const std::lock_guard lock(mutex_);
  if (outcome.console_count > 0) coverage_.looked_at["console_lines"] += outcome.console_count;
  if (!outcome.overflowed.empty()) {
    coverage_.not_looked_at["too_many_matches"] += outcome.overflowed.size();
  }
}

void YaraMatcher::match_content(const MatchFile& file, ByteReader& content, FindingSink& sink) {
  if (pass_over(file)) return;
  if (!file.content.empty() || file.size == 0) {
    scan(file, file.content.first(std::min(file.content.size(), kFileKindBytes)), content, sink);
    return;
  }
  std::byte head[kFileKindBytes];
  const auto got = content.read_at(0, head);
  if (!got) return say_gap(file, got.error(), sink);
  scan(file, std::span(head).first(*got), content, sink);
}

void YaraMatcher::say_gap(const MatchFile& file, const Error& error, FindingSink& sink) {
  count_gap(reason_code(error));
  sink.gap(subject_path(file.address), error);
}

void YaraMatcher::scan(const MatchFile& file, std::span<const std::byte> head, ByteReader& content,
                       FindingSink& sink) {
  const bool in_memory = !file.content.empty() || file.size == 0;
  Lease worker(*this);
  auto sets = in_memory ? rules_->sets_for(*worker->choice, file.content)
                        : rules_->sets_for(*worker->choice, content);
  if (!sets) return say_gap(file, sets.error(), sink);
  ScanFacts facts;
  if (!sets->empty()) facts = facts_of(file, file_kind(head), host_);
  bool complete = true;
  for (const RuleSet* set : *sets) {
    if (has_given_up(sink)) return;
    auto outcome = in_memory ? worker->scanner.scan(*set, file.content, facts)
                             : worker->scanner.scan_blocks(*set, content, facts);
    if (!outcome) {
      complete = false;
      count_failure(worker->scanner, outcome.error());
      sink.gap(subject_path(file.address), outcome.error());
      if (worker->scanner.crashed()) return;
      continue;
    }
    count_looked_at(*outcome);
    for (const std::string& each : outcome->overflowed) {
      sink.gap(
          subject_path(file.address),
          Error{ErrorCode::kLimitExceeded, "YARA: more than a million matches of " + each, {}});
    }
    for (const RuleHit& hit : outcome->hits) {
      sink.emit(finding_of(hit, file, outcome->console));
    }
  }
  if (!complete) return;
  const std::lock_guard lock(mutex_);
  ++coverage_.looked_at["files"];
  coverage_.looked_at["bytes"] += file.size;
  if (!in_memory && file.size > 0) ++coverage_.looked_at["files_in_blocks"];
}

void YaraMatcher::match_memory(const MatchProcess& process, ByteReader& memory, FindingSink& sink) {
  if (rules_->rule_count() == 0) return;
  std::vector<ByteRange> blocks;
  for (const MemoryBlock& block : process.blocks) blocks.push_back(block.range);
  Lease worker(*this);
  const auto sets = rules_->sets_for(*worker->choice, memory, blocks);
  if (!sets) {
    count_gap(reason_code(sets.error()));
    return sink.gap(process.address.path, sets.error());
  }
  const ScanFacts facts = facts_of(process.process);
  bool complete = true;
  for (const RuleSet* set : *sets) {
    if (has_given_up(sink)) return;
    auto outcome = worker->scanner.scan_memory(*set, memory, blocks, facts,
                                               static_cast<int>(process.time.count()));
    if (!outcome) {
      complete = false;
      count_failure(worker->scanner, outcome.error());
      sink.gap(process.address.path, outcome.error());
      if (worker->scanner.crashed()) return;
      continue;
    }
    count_looked_at(*outcome);
    for (const RuleHit& hit : outcome->hits) {
      sink.emit(memory_finding(hit, process, outcome->console));
    }
  }
  if (!complete) return;
  const std::lock_guard lock(mutex_);
  ++coverage_.looked_at["processes"];
}

MatchCoverage YaraMatcher::coverage() const {
  const std::lock_guard lock(mutex_);
  return coverage_;
}

}  // namespace konseki::yara
