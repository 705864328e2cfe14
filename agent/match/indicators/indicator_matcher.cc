#include "agent/match/indicators/indicator_matcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "agent/base/unicode.h"
#include "agent/match/indicators/address_text.h"
#include "agent/match/indicators/atom_key.h"
#include "agent/match/indicators/content_kind.h"
#include "agent/match/indicators/content_scanner.h"
#include "agent/match/indicators/file_findings.h"
#include "agent/match/indicators/line_time.h"
#include "agent/match/indicators/listed.h"
#include "agent/match/indicators/path_expressions.h"
#include "agent/match/indicators/pattern_watch.h"
#include "agent/match/indicators/pe_imports.h"
#include "agent/match/indicators/record_fields.h"
#include "agent/match/indicators/record_objects.h"
#include "agent/match/indicators/sightings.h"

namespace konseki {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;
// What of a large file that is no text is looked through for addresses.
constexpr std::uint64_t kMostBinary = std::uint64_t{32} << 20;
// Shorter host names stand in compressed bytes by chance.
constexpr std::size_t kShortestInBinary = 7;

// The parts of one index that are no values.
struct Searches {
  std::uint32_t index = 0;
  std::unique_ptr<PathExpressions> paths;
  std::unique_ptr<PathExpressions> commands;
  std::unique_ptr<PatternWatch> patterns;
};

// Text of a record's field, one after another for lists.
template <class Use>
void each_text(const Value& value, Use use) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (!text->empty()) use(*text);
  } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& each : *list) {
      if (!each.empty()) use(each);
    }
  }
}

std::string short_text(const Value& value) {
  constexpr std::size_t kMost = 120;
  std::string out;
  if (const auto* text = std::get_if<std::string>(&value)) {
    out = *text;
  } else if (const auto* number = std::get_if<std::uint64_t>(&value)) {
    out = fmt::format("{}", *number);
  } else if (const auto* signed_number = std::get_if<std::int64_t>(&value)) {
    out = fmt::format("{}", *signed_number);
  } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    out = fmt::format("{}", fmt::join(*list, " "));
  }
  if (out.size() > kMost) out = to_well_formed(out.substr(0, kMost)) + "…";
  return out;
}

struct Counters {
  std::atomic<std::uint64_t> files = 0;
  std::atomic<std::uint64_t> digests = 0;
  std::atomic<std::uint64_t> contents = 0;
  std::atomic<std::uint64_t> content_bytes = 0;
  std::atomic<std::uint64_t> records = 0;
  std::atomic<std::uint64_t> imports = 0;
  std::atomic<std::uint64_t> not_read = 0;
  std::atomic<std::uint64_t> unchanged = 0;
  std::atomic<std::uint64_t> cut_binaries = 0;
  std::atomic<std::uint64_t> read_errors = 0;
  std::atomic<std::uint64_t> undecided = 0;
};

class IndicatorMatcher : public Matcher {
 public:
  IndicatorMatcher(ValueLookup::Indexes indexes, IndicatorMatcherOptions options)
      : lookup_(std::move(indexes)), listed_(lookup_), options_(options) {}

  Result<void> prepare() {
    ContentScanner::Options scan;
    scan.ipv6 = lookup_.has_any_address_of(true);
    scan.idn = lookup_.has(AtomType::kDomain);
    scan.urls = lookup_.has(AtomType::kUrl);
    scan.emails = lookup_.has(AtomType::kEmailAddress);
    scans_content_ =
        scan.urls || scan.emails || scan.idn || scan.ipv6 || lookup_.has_any_address_of(false);
    for (std::uint32_t i = 0; i < lookup_.indexes().size(); ++i) {
      const IndicatorIndex& index = *lookup_.indexes()[i];
      KONSEKI_ASSIGN(auto expressions, index.expressions());
      KONSEKI_ASSIGN(auto patterns, index.patterns());
      std::vector<StoredExpression> commands;
      const auto middle = std::stable_partition(
          expressions.begin(), expressions.end(),
          [](const StoredExpression& each) { return each.type == AtomType::kPathRegex; });
      commands.assign(std::make_move_iterator(middle), std::make_move_iterator(expressions.end()));
      expressions.erase(middle, expressions.end());
      Searches& made = searches_.emplace_back();
      made.index = i;
      made.paths = std::make_unique<PathExpressions>(std::move(expressions), AtomType::kPathRegex);
      made.commands =
          std::make_unique<PathExpressions>(std::move(commands), AtomType::kCommandLine);
      made.patterns = std::make_unique<PatternWatch>(std::move(patterns));
      for (const std::string_view type : {"url", "domain-name", "ipv4-addr", "email-addr"}) {
        patterns_ask_for_values_ = patterns_ask_for_values_ || made.patterns->asks_for(type);
      }
      has_patterns_ = has_patterns_ || !made.patterns->empty();
    }
    if (patterns_ask_for_values_) scan.urls = scan.emails = true;
    scanner_ = std::make_unique<ContentScanner>(scan);
    return {};
  }

  std::string_view name() const override { return "indicator"; }

  void begin(const MatchContext& context) override {
    sightings_ = std::make_unique<Sightings>(context.host.hostname, options_.collected);
  }

  void match_entry(const MatchFile& file, FindingSink& sink) override;
  bool wants_content(const MatchFile& file) const override;
  void match_content(const MatchFile& file, ByteReader& content, FindingSink& sink) override;
  void match_record(const Record& record, FindingSink& sink) override;
  void finish(FindingSink& sink) override;
  MatchCoverage coverage() const override;

 private:
  class ContentSink;
  class RecordSink;
  class RecordPass;

  using Meanings = std::vector<const FieldMeaning*>;
  std::shared_ptr<const Meanings> meanings(const RecordSchema& schema);

  PathExpressions::Trouble trouble_at(std::string_view path, FindingSink& sink) {
    return [this, path, &sink](const StoredExpression& expression, const Error& error) {
      undecided(path, expression.text, error, sink);
    };
  }
  void undecided(std::string_view path, std::string_view text, const Error& error,
                 FindingSink& sink) {
    counters_.undecided.fetch_add(1, std::memory_order_relaxed);
    Error told = error;
    told.detail = fmt::format("{}: {}", text.substr(0, 120), error.detail);
    sink.gap(path, told);
  }

  void see_patterns(const SeenObservation& seen, std::string_view path, FindingSink& sink,
                    const std::function<void(const Listed&)>& use);

  ValueLookup lookup_;
  ListedValues listed_;
  IndicatorMatcherOptions options_;
  std::vector<Searches> searches_;
  std::unique_ptr<ContentScanner> scanner_;
  bool scans_content_ = false;
  bool has_patterns_ = false;
  bool patterns_ask_for_values_ = false;
  // begin() gives it the host's name; a matcher that is asked without that has none.
  std::unique_ptr<Sightings> sightings_ = std::make_unique<Sightings>(std::string(), std::nullopt);
  Counters counters_;
  std::shared_mutex meanings_mutex_;
  std::map<std::string, std::shared_ptr<const Meanings>, std::less<>> meanings_;  // by schema
};

void IndicatorMatcher::see_patterns(const SeenObservation& seen, std::string_view path,
                                    FindingSink& sink,
                                    const std::function<void(const Listed&)>& use) {
  for (const Searches& each : searches_) {
    const auto trouble = [&](std::uint32_t pattern, const Error& error) {
      undecided(path, each.patterns->at(pattern).text, error, sink);
    };
    each.patterns->see(
        seen,
        [&](std::uint32_t number) {
          const StoredPattern& pattern = each.patterns->at(number);
          use(listed_.of(each.index, "stix-pattern", pattern.text, pattern.owner));
        },
        trouble);
  }
}

void IndicatorMatcher::match_entry(const MatchFile& file, FindingSink& sink) {
  counters_.files.fetch_add(1, std::memory_order_relaxed);
  std::string path = subject_path(file.address);
  // Members stand behind "//"; for expressions they are folders in folders.
  for (std::size_t at = path.find("//", 1); at != std::string::npos; at = path.find("//", at)) {
    path.erase(at, 1);
  }
  FileFindings found(file);
  ValueHits hits;
  const std::string folded = fold_case(path);
  lookup_.find_path(folded, hits);
  for (const ValueHit& hit : hits) {
    const bool by_name = lookup_.indexes()[hit.index]->type(hit.value) == AtomType::kFileName;
    found.add(listed_.of(hit), by_name ? FileWitness::kName : FileWitness::kPath);
  }
  std::vector<std::uint32_t> numbers;
  for (const Searches& each : searches_) {
    each.paths->find(path, numbers, trouble_at(path, sink));
    for (const std::uint32_t number : numbers) {
      const StoredExpression& expression = each.paths->at(number);
      found.add(listed_.of(each.index, "path-regex", expression.text, expression.owner),
                FileWitness::kPath);
    }
  }
  if (file.digests != nullptr) {
    counters_.digests.fetch_add(1, std::memory_order_relaxed);
    if (file.size > 0) {  // nothing at all has a digest too, and it is listed again and again
      hits.clear();
      lookup_.find_digest(AtomType::kSha256, file.digests->sha256, hits);
      lookup_.find_digest(AtomType::kSha1, file.digests->sha1, hits);
      lookup_.find_digest(AtomType::kMd5, file.digests->md5, hits);
      for (const ValueHit& hit : hits) found.add(listed_.of(hit), FileWitness::kDigest);
    }
  }
  if (has_patterns_) {
    RecordObjects objects;
    objects.add_file(file);
    SeenObservation seen{objects, {}, "file:" + path, file.address, {}};
    const FileTimes& times = file.item.entry.times;
    for (const auto& time : {times.modified, times.created}) {
      if (time) seen.times.push_back(*time);
    }
    if (seen.times.empty() && options_.collected) seen.times.push_back(*options_.collected);
    std::sort(seen.times.begin(), seen.times.end());
    see_patterns(seen, path, sink,
                 [&](const Listed& listed) { found.add(listed, FileWitness::kPattern); });
  }
  if (auto finding = found.finish(options_.collected)) sink.emit(*std::move(finding));
}

bool IndicatorMatcher::wants_content(const MatchFile& file) const {
  if (file.item.entry.type != FileType::kRegular || file.size == 0) return false;
  return scans_content_ || lookup_.has(AtomType::kImphash);
}

// Addresses in the content of one file.
class IndicatorMatcher::ContentSink : public CandidateSink {
 public:
  ContentSink(IndicatorMatcher& matcher, const MatchFile& file, bool is_text)
      : matcher_(matcher), file_(file), is_text_(is_text) {}

  // The bytes that are looked through next, and where they begin in the file. Candidates that
  // begin before `from` or at `until` or later are told of with another block.
  void set_block(std::string_view block, std::uint64_t base, std::uint64_t from,
                 std::uint64_t until) {
    block_ = block;
    base_ = base;
    from_ = from;
    until_ = until;
  }

  bool take(const Candidate& candidate) override {
    hits_.clear();
    const ValueLookup& lookup = matcher_.lookup_;
    switch (candidate.kind) {
      case Candidate::Kind::kHost:
        if (!is_text_ && candidate.text.size() < kShortestInBinary) return false;
        lookup.find_host(candidate.text, candidate.port, hits_);
        break;
      case Candidate::Kind::kAddress:
        lookup.find_address(*candidate.address, candidate.port, hits_);
        break;
      case Candidate::Kind::kUrl:
        lookup.find_url(candidate.text, hits_);
        break;
      case Candidate::Kind::kEmail:
        lookup.find(AtomType::kEmailAddress, candidate.text, hits_);
        break;
    }
    if (hits_.empty()) return false;
    if (candidate.range.offset < from_ || candidate.range.offset >= until_) return true;
    for (const ValueHit& hit : hits_) tell(candidate, hit);
    return true;
  }

 private:
  void tell(const Candidate& candidate, const ValueHit& hit) {
    Seen seen;
    seen.address = file_.address;
    seen.address.range = candidate.range;
    seen.what = candidate.kind == Candidate::Kind::kAddress ? network_text(*candidate.address)
                                                            : std::string(candidate.text);
    const ByteRange here{candidate.range.offset - base_, candidate.range.length};
    seen.excerpt = excerpt_of(block_, here);
    if (is_text_) {
      constexpr std::uint64_t kLineBefore = 2048;
      std::uint64_t begin = here.offset;
      while (begin > 0 && here.offset - begin < kLineBefore && block_[begin - 1] != '\n') --begin;
      seen.first = seen.last = line_time(block_.substr(begin, here.offset - begin + 512));
    }
    seen.nearness = hit.nearness;
    seen.in_binary = !is_text_;
    matcher_.sightings_->add(matcher_.listed_.of(hit), std::move(seen));
  }

  IndicatorMatcher& matcher_;
  const MatchFile& file_;
  bool is_text_;
  std::string_view block_;
  std::uint64_t base_ = 0;
  std::uint64_t from_ = 0;
  std::uint64_t until_ = 0;
  ValueHits hits_;
};

void IndicatorMatcher::match_content(const MatchFile& file, ByteReader& content,
                                     FindingSink& sink) {
  counters_.contents.fetch_add(1, std::memory_order_relaxed);
  if (lookup_.has(AtomType::kImphash)) {
    if (const auto hash = import_hash(content)) {
      counters_.imports.fetch_add(1, std::memory_order_relaxed);
      ValueHits hits;
      lookup_.find(AtomType::kImphash, *hash, hits);
      FileFindings found(file);
      for (const ValueHit& hit : hits) found.add(listed_.of(hit), FileWitness::kImports);
      if (auto finding = found.finish(options_.collected)) sink.emit(*std::move(finding));
    }
  }
  if (!scans_content_) return;
  if (file.package_state == "unchanged") {
    // What the distribution ships names thousands of hosts and is the same everywhere.
    counters_.unchanged.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (!file.content.empty()) {
    ContentSink into(*this, file, is_text(file.content));
    const std::string_view text(reinterpret_cast<const char*>(file.content.data()),
                                file.content.size());
    into.set_block(text, 0, 0, text.size());
    scanner_->scan(text, 0, into);
    counters_.content_bytes.fetch_add(file.content.size(), std::memory_order_relaxed);
    return;
  }
  // Too large for memory: blocks that overlap, since a name may stand across their border.
  std::vector<std::byte> block(kBlock);
  std::optional<ContentSink> into;
  bool text = false;
  for (std::uint64_t at = 0; at < content.size();) {
    const auto count = content.read_at(at, block);
    if (!count) {
      counters_.read_errors.fetch_add(1, std::memory_order_relaxed);
      sink.gap(subject_path(file.address), count.error());
      return;
    }
    if (*count == 0) return;
    const std::span<const std::byte> bytes(block.data(), *count);
    if (at == 0) {
      text = is_text(bytes);
      into.emplace(*this, file, text);
    }
    const bool is_last = at + *count >= content.size() || *count < kBlock;
    constexpr std::uint64_t kHalf = ContentScanner::kOverlap / 2;
    const std::uint64_t end = at + *count;
    into->set_block({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, at,
                    at == 0 ? 0 : at + kHalf, is_last ? end : end - kHalf);
    scanner_->scan(bytes, at, *into);
    counters_.content_bytes.fetch_add(*count, std::memory_order_relaxed);
    if (is_last) return;
    at += *count - ContentScanner::kOverlap;
    if (!text && at >= kMostBinary) {
      counters_.cut_binaries.fetch_add(1, std::memory_order_relaxed);
      return;
    }
  }
}

std::shared_ptr<const IndicatorMatcher::Meanings> IndicatorMatcher::meanings(
    const RecordSchema& schema) {
  {
    const std::shared_lock lock(meanings_mutex_);
    const auto found = meanings_.find(schema.name);
    if (found != meanings_.end() && found->second->size() == schema.fields.size()) {
      return found->second;
    }
  }
  auto made = std::make_shared<const Meanings>(meanings_of(schema));
  const std::unique_lock lock(meanings_mutex_);
  meanings_.insert_or_assign(std::string(schema.name), made);
  return made;
}

// One record: its fields one after another.
class IndicatorMatcher::RecordPass : public CandidateSink {
 public:
  RecordPass(IndicatorMatcher& matcher, const Record& record, const Meanings& meanings)
      : matcher_(matcher), record_(record), meanings_(meanings) {}

  void run(FindingSink& sink) {
    const auto fields = record_.schema().fields;
    find_port();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      field_ = i;
      each_text(record_.values()[i], [&](const std::string& text) { look_at(text, sink); });
      const auto* list = std::get_if<std::vector<std::string>>(&record_.values()[i]);
      if (list != nullptr && meaning() != nullptr && meaning()->use == FieldUse::kCommand) {
        // Arguments one by one: what is listed may go across them.
        command(fmt::format("{}", fmt::join(*list, " ")), sink);
      }
    }
    patterns(sink);
  }

  bool take(const Candidate& candidate) override {
    ValueHits hits;
    const ValueLookup& lookup = matcher_.lookup_;
    std::string what(candidate.text);
    const std::uint16_t port = candidate.port != 0 ? candidate.port : port_here();
    switch (candidate.kind) {
      case Candidate::Kind::kHost:
        lookup.find_host(candidate.text, port, hits);
        break;
      case Candidate::Kind::kAddress:
        lookup.find_address(*candidate.address, port, hits);
        what = network_text(*candidate.address);
        break;
      case Candidate::Kind::kUrl:
        lookup.find_url(candidate.text, hits);
        break;
      case Candidate::Kind::kEmail:
        lookup.find(AtomType::kEmailAddress, candidate.text, hits);
        break;
    }
    if (matcher_.patterns_ask_for_values_) keep(candidate, what);
    for (const ValueHit& hit : hits) tell(matcher_.listed_.of(hit), what, hit.nearness);
    return !hits.empty();
  }

 private:
  struct Address {
    std::string_view type;
    std::string text;
  };

  const FieldMeaning* meaning() const { return meanings_[field_]; }
  std::string_view field_name() const { return record_.schema().fields[field_].name; }

  void keep(const Candidate& candidate, const std::string& text) {
    constexpr std::size_t kMostValues = 64;
    if (values_.size() >= kMostValues) return;
    std::string_view type = "domain-name";
    if (candidate.kind == Candidate::Kind::kUrl) type = "url";
    if (candidate.kind == Candidate::Kind::kEmail) type = "email-addr";
    if (candidate.kind == Candidate::Kind::kAddress) {
      type = candidate.address->is_v6 ? "ipv6-addr" : "ipv4-addr";
    }
    values_.push_back({type, text});
  }

  // The port that belongs to the addresses of this record's remote end.
  void find_port() {
    for (std::size_t i = 0; i < meanings_.size(); ++i) {
      if (meanings_[i] == nullptr || meanings_[i]->use != FieldUse::kPort) continue;
      const auto* number = std::get_if<std::uint64_t>(&record_.values()[i]);
      if (number == nullptr || *number > 65535) continue;
      ports_[meanings_[i]->object.ends_with("dst_port") ? 1 : 0] =
          static_cast<std::uint16_t>(*number);
    }
  }
  std::uint16_t port_here() const {
    if (meaning() == nullptr) return 0;
    if (meaning()->object.ends_with("dst_ref")) return ports_[1];
    return meaning()->object.ends_with("src_ref") ? ports_[0] : 0;
  }

  void look_at(const std::string& text, FindingSink& sink) {
    const std::string_view bounded = std::string_view(text).substr(0, kBlock);
    if (matcher_.scans_content_ || matcher_.patterns_ask_for_values_) {
      matcher_.scanner_->scan(bounded, 0, *this);
    }
    if (meaning() == nullptr) return;
    switch (meaning()->use) {
      case FieldUse::kText:
      case FieldUse::kPlain:
      case FieldUse::kPort:
      case FieldUse::kAddress:
      case FieldUse::kEmail:
        return;
      case FieldUse::kPath:
        return path(bounded, sink);
      case FieldUse::kCommand:
        if (std::holds_alternative<std::string>(record_.values()[field_])) command(bounded, sink);
        return;
      case FieldUse::kMd5:
        return digest(AtomType::kMd5, bounded);
      case FieldUse::kSha1:
        return digest(AtomType::kSha1, bounded);
      case FieldUse::kSha256:
        return digest(AtomType::kSha256, bounded);
      case FieldUse::kKey:
        return key(bounded);
      case FieldUse::kValueName:
        return;  // with its key
      case FieldUse::kUser:
        return exact(AtomType::kUserAccount, bounded);
      case FieldUse::kService:
        return exact(AtomType::kServiceName, bounded);
      case FieldUse::kTask:
        return task(bounded);
      case FieldUse::kSubject:
        return exact(AtomType::kEmailSubject, bounded);
      case FieldUse::kUserAgent:
        return exact(AtomType::kUserAgent, bounded);
      case FieldUse::kMutex:
        return exact(AtomType::kMutex, bounded);
      case FieldUse::kPipe:
        return exact(AtomType::kNamedPipe, bounded.substr(bounded.find_last_of("\\/") + 1));
    }
  }

  void exact(AtomType type, std::string_view text) {
    ValueHits hits;
    matcher_.lookup_.find(type, text, hits);
    for (const ValueHit& hit : hits) tell(matcher_.listed_.of(hit), text, hit.nearness);
  }

  void digest(AtomType type, std::string_view text) {
    if (const auto atom = make_atom(type, text)) exact(type, atom->value);
  }

  void path(std::string_view text, FindingSink& sink) {
    const auto atom = make_atom(AtomType::kFilePath, text);
    if (!atom) return;
    ValueHits hits;
    matcher_.lookup_.find_path(fold_case(atom->value), hits);
    for (const ValueHit& hit : hits) tell(matcher_.listed_.of(hit), atom->value, hit.nearness);
    std::vector<std::uint32_t> numbers;
    for (const Searches& each : matcher_.searches_) {
      each.paths->find(atom->value, numbers, matcher_.trouble_at(record_.source.path, sink));
      for (const std::uint32_t number : numbers) {
        const StoredExpression& expression = each.paths->at(number);
        tell(matcher_.listed_.of(each.index, "path-regex", expression.text, expression.owner),
             atom->value, Nearness::kExact);
      }
    }
  }

  void command(std::string_view text, FindingSink& sink) {
    std::vector<std::uint32_t> numbers;
    for (const Searches& each : matcher_.searches_) {
      each.commands->find(text, numbers, matcher_.trouble_at(record_.source.path, sink));
      for (const std::uint32_t number : numbers) {
        const StoredExpression& expression = each.commands->at(number);
        tell(matcher_.listed_.of(each.index, "command-line", expression.text, expression.owner),
             text.substr(0, 200), Nearness::kExact);
      }
    }
    // Words that are paths.
    constexpr std::size_t kMostWords = 64;
    std::size_t words = 0;
    for (std::string_view rest = text; !rest.empty() && words < kMostWords; ++words) {
      const bool quoted = rest.front() == '"' || rest.front() == '\'';
      const std::size_t end =
          quoted ? rest.find(rest.front(), 1) : rest.find_first_of(" \t;|&<>()");
      const std::string_view word = rest.substr(quoted ? 1 : 0, end - (quoted ? 1 : 0));
      if (word.find_first_of("/\\.") != std::string_view::npos) path(word, sink);
      rest = end >= rest.size() ? std::string_view() : rest.substr(end + 1);
    }
  }

  void key(std::string_view text) {
    if (!text.starts_with("HK")) return;
    std::string value;
    for (std::size_t i = 0; i < meanings_.size(); ++i) {
      if (meanings_[i] == nullptr || meanings_[i]->use != FieldUse::kValueName) continue;
      if (const auto* name = std::get_if<std::string>(&record_.values()[i])) value = *name;
    }
    ValueHits hits;
    matcher_.lookup_.find_registry(text, value, hits);
    for (const ValueHit& hit : hits) tell(matcher_.listed_.of(hit), text, hit.nearness);
  }

  void task(std::string_view text) {
    while (text.starts_with('\\') || text.starts_with('/')) text.remove_prefix(1);
    exact(AtomType::kTaskName, text);
  }

  void patterns(FindingSink& sink) {
    if (!matcher_.has_patterns_) return;
    RecordObjects objects;
    objects.add_record(record_, meanings_);
    for (const Address& each : values_) objects.add_value(each.type, each.text);
    SeenObservation seen{
        objects, event_times_of(record_), {}, record_.source, std::string(record_.schema().name)};
    if (seen.times.empty() && matcher_.options_.collected) {
      seen.times.push_back(*matcher_.options_.collected);
    }
    std::string texts;
    objects.append_texts(texts);
    seen.key = fmt::format("{}:{}:{:020}:{:016x}", record_.schema().name, record_.source.path,
                           record_.source.range.value_or(ByteRange{}).offset,
                           index_format::hash(0, texts));
    matcher_.see_patterns(seen, record_.source.path, sink, [&](const Listed& listed) {
      field_ = record_.schema().fields.size();
      tell(listed, {}, Nearness::kExact);
    });
  }

  void tell(const Listed& listed, std::string_view what, Nearness nearness) {
    Seen seen;
    seen.address = record_.source;
    seen.schema = record_.schema().name;
    seen.what = what.empty() ? listed.value.substr(0, 120) : to_well_formed(what);
    seen.where = field_ < record_.schema().fields.size() ? field_name() : "record";
    seen.excerpt = excerpt();
    seen.process = process();
    const auto times = event_times_of(record_);
    if (!times.empty()) {
      seen.first = times.front();
      seen.last = times.back();
    }
    seen.nearness = nearness;
    matcher_.sightings_->add(listed, std::move(seen));
  }

  // Who did it, in a few words.
  std::string process() const {
    std::string name;
    std::string pid;
    for (std::size_t i = 0; i < meanings_.size(); ++i) {
      if (meanings_[i] == nullptr) continue;
      const std::string_view object = meanings_[i]->object;
      if (object == "process:pid") pid = short_text(record_.values()[i]);
      if (object == "process:name" || (name.empty() && object == "process:image_ref")) {
        if (std::string text = short_text(record_.values()[i]); !text.empty()) name = text;
      }
    }
    if (name.empty()) return pid.empty() ? std::string() : "pid " + pid;
    return pid.empty() ? name : fmt::format("{} (pid {})", name, pid);
  }

  std::string excerpt() const {
    constexpr std::size_t kMost = 320;
    std::string out;
    const auto fields = record_.schema().fields;
    for (std::size_t i = 0; i < fields.size() && out.size() < kMost; ++i) {
      if (meanings_[i] == nullptr && i != field_) continue;
      const std::string text = short_text(record_.values()[i]);
      if (text.empty()) continue;
      out += fmt::format("{}{}={}", out.empty() ? "" : ", ", fields[i].name, text);
    }
    return out;
  }

  IndicatorMatcher& matcher_;
  const Record& record_;
  const Meanings& meanings_;
  std::size_t field_ = 0;
  std::array<std::uint16_t, 2> ports_{};  // of the source and the destination
  std::vector<Address> values_;
};

void IndicatorMatcher::match_record(const Record& record, FindingSink& sink) {
  counters_.records.fetch_add(1, std::memory_order_relaxed);
  const auto its = meanings(record.schema());
  RecordPass(*this, record, *its).run(sink);
}

void IndicatorMatcher::finish(FindingSink& sink) {
  for (const Searches& each : searches_) {
    const auto trouble = [&](std::uint32_t pattern, const Error& error) {
      undecided("", each.patterns->at(pattern).text, error, sink);
    };
    for (const PatternWatch::Fit& fit : each.patterns->finish(trouble)) {
      const StoredPattern& pattern = each.patterns->at(fit.pattern);
      const Listed& listed = listed_.of(each.index, "stix-pattern", pattern.text, pattern.owner);
      for (const PatternWatch::Place& place : fit.places) {
        Seen seen;
        seen.address = place.address;
        seen.schema = place.schema;
        seen.what = listed.value.substr(0, 120);
        seen.where = "record";
        seen.first = seen.last = place.time;
        sightings_->add(listed, std::move(seen));
      }
    }
  }
  for (Finding& finding : sightings_->take()) sink.emit(std::move(finding));
}

MatchCoverage IndicatorMatcher::coverage() const {
  MatchCoverage out;
  out.matcher = name();
  for (const auto& index : lookup_.indexes()) {
    const IndexSummary& summary = index->summary();
    out.loaded["indicators"] += summary.indicators;
    for (const auto& [type, count] : summary.atoms) {
      out.loaded[fmt::format("indicators.{}", atom_type_name(type))] += count;
    }
    if (summary.patterns > 0) out.loaded["indicators.stix-pattern"] += summary.patterns;
    if (summary.refused > 0) out.not_looked_at["indicators.not_applied"] += summary.refused;
  }
  const auto put = [](std::map<std::string, std::uint64_t>& into, std::string_view what,
                      std::uint64_t count) {
    if (count > 0) into[std::string(what)] += count;
  };
  out.looked_at["files"] = counters_.files;
  out.looked_at["records"] = counters_.records;
  put(out.looked_at, "digests", counters_.digests);
  put(out.looked_at, "contents", counters_.contents);
  put(out.looked_at, "content_bytes", counters_.content_bytes);
  put(out.looked_at, "import_tables", counters_.imports);
  put(out.not_looked_at, "content.package_unchanged", counters_.unchanged);
  put(out.not_looked_at, "content.binary_behind_32_mib", counters_.cut_binaries);
  put(out.not_looked_at, "content.read_error", counters_.read_errors);
  put(out.not_looked_at, "expression_undecided", counters_.undecided);
  return out;
}

}  // namespace

Result<std::unique_ptr<Matcher>> make_indicator_matcher(ValueLookup::Indexes indexes,
                                                        IndicatorMatcherOptions options) {
  auto made = std::make_unique<IndicatorMatcher>(std::move(indexes), options);
  KONSEKI_TRY(made->prepare());
  return made;
}

}  // namespace konseki
