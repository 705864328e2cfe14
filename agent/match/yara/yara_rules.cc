#include "agent/match/yara/yara_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <mutex>
#include <set>

#include "agent/base/fence.h"
#include "agent/base/unicode.h"
#include "agent/match/yara/rule_sieve.h"
#include "agent/match/yara/yara_library.h"

namespace konseki::yara {
namespace {

// Contents by their first bytes: each kind has its own set of the rules that may fire on it
// without any string.
enum Kind : std::size_t { kMz, kElf, kAsked, kPlain, kBlocks, kKinds };

// What a compilation of few rules costs, and what conditions cost a content however small, both as
// bytes scanned by every rule. Each further compilation waits for half as much again.
constexpr std::uint64_t kWorthCompiling = 4 << 20;
constexpr std::uint64_t kCostOfFile = 48 << 10;
// Of more rules than this, all of them do as well.
constexpr std::size_t kMostInSmallSet = 2000;
constexpr std::size_t kChunk = 1 << 20;

// True when every file that begins as `a` says begins as `b` says.
bool implies(const FileHead& a, const FileHead& b) {
  return (a.mask & b.mask) == b.mask && a.agrees(b);
}

void add_heads(const Requirement& requirement, std::vector<FileHead>& out) {
  if (requirement.kind == Requirement::Kind::kHead && !implies(requirement.head, kMzHead) &&
      !implies(requirement.head, kElfHead) &&
      std::find(out.begin(), out.end(), requirement.head) == out.end()) {
    out.push_back(requirement.head);
  }
  for (const Requirement& part : requirement.parts) add_heads(part, out);
}

bool is_compiled(std::string_view bytes) { return bytes.starts_with("YARA"); }

Bilingual left_out(std::string en, std::string ja) {
  return {"the whole file is left out: " + en, "ファイル全体を除外しました: " + ja};
}

// Source text as the compiler takes it: UTF-8, positions as in the file where it was UTF-8.
bool make_readable(std::string& text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    const bool big = text.starts_with("\xfe\xff");
    for (std::size_t i = 0; big && i + 1 < text.size(); i += 2) std::swap(text[i], text[i + 1]);
    text = utf16le_to_wtf8(std::as_bytes(std::span(text)).subspan(2));
  }
  if (text.starts_with("\xef\xbb\xbf")) text.replace(0, 3, "   ");
  return text.find('\0') == std::string::npos;
}

// Compiled rules, which libyara asks for by the piece, and what it made of them.
struct Loading {
  explicit Loading(RuleFile given) : file(std::move(given)), rest(file.bytes) {}

  void run() {
    YR_STREAM stream{this, read, nullptr};
    code = yr_rules_load_stream(&stream, &rules);
  }
  static std::size_t read(void* out, std::size_t size, std::size_t count, void* user) {
    auto& loading = *static_cast<Loading*>(user);
    if (size == 0) return 0;
    const std::size_t whole = std::min(count, loading.rest.size() / size);
    std::memcpy(out, loading.rest.data(), whole * size);
    loading.rest.remove_prefix(whole * size);
    return whole;
  }

  const RuleFile file;
  std::string_view rest;
  YR_RULES* rules = nullptr;
  int code = 0;
};
constexpr std::chrono::seconds kPatience{30};  // with them

}  // namespace

// The sieve, and for each kind of content a set of some rules, made on demand: those that may fire
// without any string, and those that were named for contents before and will be again.
struct YaraRules::Smaller {
  struct Slot {
    std::vector<RulePlace> residual;
    std::set<std::pair<std::uint32_t, std::uint32_t>> wanted;  // by source and piece
    std::vector<std::vector<bool>> held;                       // by `set`, the same
    const RuleSet* set = nullptr;
    std::uint64_t cost = 0;  // of contents that it did not do for
    std::uint64_t worth = kWorthCompiling;
    bool making = false;
  };
  explicit Smaller(std::span<const RuleSource> sources) : sieve(sources) {}

  RuleSieve sieve;
  std::vector<FileHead> asked_heads;  // that any rule asks for, beside MZ and ELF
  // Some file could not be told apart into rules: all of it is part of every set.
  std::vector<bool> opaque;  // by source
  bool any_opaque = false;

  std::mutex mutex;  // of all below but Slot::residual
  Slot slots[kKinds];
  std::vector<std::unique_ptr<RuleSet>> sets;  // of every slot, also those that were replaced
};

class YaraRules::Choice {
 public:
  explicit Choice(const RuleSieve& sieve) : state(sieve) {}

  RuleSieve::State state;
  std::vector<RulePlace> rules;
  std::vector<std::byte> buffer;
};

void YaraRules::DeleteChoice::operator()(Choice* choice) const { delete choice; }

YaraRules::YaraRules(IncludeReader read_include, RuleCompilerOptions options)
    : read_include_(std::move(read_include)), compiler_(read_include_, std::move(options)) {}

YaraRules::~YaraRules() = default;

Result<std::shared_ptr<YaraRules>> YaraRules::load(std::vector<RuleFile> files,
                                                   IncludeReader read_include,
                                                   RuleCompilerOptions options) {
  KONSEKI_TRY(start_library());
  std::shared_ptr<YaraRules> rules(new YaraRules(std::move(read_include), std::move(options)));
  std::vector<RuleFile> sources;
  std::set<std::string> names;
  for (RuleFile& file : files) {
    if (!names.insert(file.name).second) continue;
    if (is_compiled(file.bytes)) {
      rules->add_compiled(std::move(file));
    } else if (make_readable(file.bytes)) {
      sources.push_back(std::move(file));
    } else {
      rules->files_.push_back({file.name, 0, 0, false});
      rules->problems_.push_back({file.name,
                                  0,
                                  {},
                                  true,
                                  left_out("it holds zero bytes and is no text",
                                           "テキストではありません (ゼロ バイトあり)")});
    }
  }
  rules->compile_sources(std::move(sources));
  rules->prepare_sieve();
  std::stable_sort(rules->files_.begin(), rules->files_.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  std::stable_sort(rules->problems_.begin(), rules->problems_.end(),
                   [](const auto& a, const auto& b) {
                     return std::tie(a.file, a.line) < std::tie(b.file, b.line);
                   });
  return rules;
}

void YaraRules::add_compiled(RuleFile file) {
  RuleFileCount count{file.name, 0, 0, true};
  auto loading = std::make_unique<Loading>(std::move(file));
  Fence fence;
  const auto fenced = fence.run([&loading = *loading] { loading.run(); }, kPatience);
  if (!fenced) {
    const std::string& why = fenced.error().detail;
    problems_.push_back({count.name,
                         0,
                         {},
                         true,
                         left_out("libyara did not survive it: " + why,
                                  "読み込み中に libyara が停止しました: " + why)});
    (void)loading.release();  // in the hands of a thread that stands still
  } else if (loading->code == ERROR_SUCCESS) {
    auto set = std::make_unique<RuleSet>();
    set->rules.reset(loading->rules);
    set->file = count.name;
    const YR_RULE* rule = nullptr;
    yr_rules_foreach(loading->rules, rule)++ count.rules;
    compiled_.push_back(std::move(set));
  } else {
    const int code = loading->code;
    problems_.push_back(
        {count.name,
         0,
         {},
         true,
         left_out(library_error(code) + "; compile it again, or name its source",
                  library_error(code) + " (再コンパイルするかソースを指定してください)")});
  }
  files_.push_back(std::move(count));
}

void YaraRules::compile_sources(std::vector<RuleFile> files) {
  std::set<std::string> names;
  std::set<std::string> rule_names;
  for (const RuleFile& file : files) names.insert(file.name);
  for (RuleFile& file : files) {
    RuleSource source = make_rule_source(std::move(file));
    const auto& pieces = source.rules.pieces;
    // An index that includes what is loaded anyway would make every rule fire twice.
    const bool index =
        source.rules.sound && !pieces.empty() &&
        std::all_of(pieces.begin(), pieces.end(), [&](const RulePiece& piece) {
          return piece.kind == RulePiece::Kind::kInclude &&
                 names.contains(include_path(source.file.folder, source.file.name, piece.name));
        });
    if (index) {
      problems_.push_back({source.file.name,
                           0,
                           {},
                           false,
                           {"an index of files that are loaded anyway: not read again",
                            "読み込み済みのファイルの一覧のため、重ねて読みません"}});
      source.usable = false;
    }
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (pieces[i].kind == RulePiece::Kind::kRule) rule_names.insert(pieces[i].name);
      // It needs a database of 8 MB on the host and fails every scan without it; rules that ask it
      // are then named one by one.
      if (pieces[i].kind == RulePiece::Kind::kImport && pieces[i].name == "magic") {
        source.left_out[i] = true;
      }
    }
    sources_.push_back(std::move(source));
  }
  compiler_.reserve(std::move(rule_names));

  std::optional<CompilerError> error;
  const auto compile_all = [&] {
    std::vector<CompilerInput> inputs;
    for (const RuleSource& source : sources_) {
      if (!source.usable) continue;
      inputs.push_back({&source, without_pieces(source.file.bytes, source.rules, source.left_out)});
    }
    error.reset();
    auto set = std::make_unique<RuleSet>();
    if (!inputs.empty()) set->rules = compiler_.compile(std::move(inputs), error);
    full_ = set->rules ? std::move(set) : nullptr;
  };
  compile_all();
  // A file that stops libyara is left out; each costs the time until that is known.
  while (error && error->stopped && error->source != nullptr) {
    const auto source = std::find_if(sources_.begin(), sources_.end(), [&](const RuleSource& each) {
      return &each == error->source;
    });
    RuleCompiler::leave_out(*source, *error, problems_);
    if (compiler_.stops() >= RuleCompiler::kMostStops) break;
    compile_all();
  }
  if (error) {
    for (RuleSource& source : sources_) {
      if (source.usable) compiler_.mend(source, problems_);
    }
    compile_all();
  }
  if (error) {
    // Each file compiles alone but not all of them together: a limit of the library.
    problems_.push_back({error->source != nullptr ? error->source->file.name : "--rules",
                         error->line,
                         error->rule,
                         true,
                         {"the rule files do not compile together: " + error->message +
                              "; none of them is used, give fewer at a time",
                          "ルール ファイルをまとめてコンパイルできません: " + error->message +
                              " (どれも使いません。数を減らして指定してください)"}});
    for (RuleSource& source : sources_) source.usable = false;
  }
  std::map<std::string, std::size_t> used;
  if (full_) {
    const YR_RULE* rule = nullptr;
    yr_rules_foreach(full_->rules.get(), rule)++ used[rule->ns->name];
  }
  for (const RuleSource& source : sources_) {
    const std::size_t count = used[source.file.name];
    std::size_t out = source.usable ? 0 : source.rules.rule_count();
    for (std::size_t i = 0; source.usable && i < source.rules.pieces.size(); ++i) {
      const RulePiece& piece = source.rules.pieces[i];
      if (source.left_out[i] && piece.kind == RulePiece::Kind::kRule) ++out;
    }
    files_.push_back({source.file.name, count, out, false});
  }
}

std::size_t YaraRules::rule_count() const {
  std::size_t count = 0;
  for (const RuleFileCount& file : files_) count += file.rules;
  return count;
}

std::size_t YaraRules::left_out_count() const {
  std::size_t count = 0;
  for (const RuleFileCount& file : files_) count += file.left_out;
  return count;
}

void YaraRules::prepare_sieve() {
  smaller_ = std::make_unique<Smaller>(sources_);
  for (const RuleSource& source : sources_) {
    bool opaque = source.usable && (!source.rules.sound || source.rules.counts_rules);
    for (std::size_t i = 0; source.usable && i < source.rules.pieces.size(); ++i) {
      const RulePiece& piece = source.rules.pieces[i];
      opaque |= piece.kind == RulePiece::Kind::kInclude && !source.left_out[i];
      if (piece.kind == RulePiece::Kind::kRule) {
        add_heads(piece.requirement, smaller_->asked_heads);
      }
    }
    smaller_->opaque.push_back(opaque);
    smaller_->any_opaque |= opaque;
  }
  const auto circumstances = [&](std::size_t kind) {
    std::vector<Circumstances> out;
    switch (kind) {
      case kMz:
        out.push_back({kMzHead, {}, true, false});
        break;
      case kElf:
        out.push_back({kElfHead, {}, true, false});
        break;
      case kBlocks:
        out.push_back({{}, {}, false, false});
        break;
      case kAsked:
        for (const FileHead& head : smaller_->asked_heads) out.push_back({head, {}, true, false});
        [[fallthrough]];
      default:
        out.push_back({{}, {}, true, true});
    }
    return out;
  };
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    const std::vector<Circumstances> all = circumstances(kind);
    Smaller::Slot& slot = smaller_->slots[kind];
    for (std::uint32_t i = 0; i < sources_.size(); ++i) {
      for (std::uint32_t j = 0; j < sources_[i].rules.pieces.size(); ++j) {
        const bool residual = std::any_of(all.begin(), all.end(), [&](const Circumstances& known) {
          return smaller_->sieve.may_fire_without_strings({i, j}, known);
        });
        if (!residual) continue;
        slot.residual.push_back({i, j});
        slot.wanted.insert({i, j});
      }
    }
  }
}

YaraRules::ChoiceHandle YaraRules::make_choice() const {
  return ChoiceHandle(new Choice(smaller_->sieve));
}

// The rules marked, those that they need, and what cannot be told apart.
std::unique_ptr<RuleSet> YaraRules::compile_some(
    const std::vector<std::vector<bool>>& marks) const {
  std::vector<CompilerInput> inputs;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const RuleSource& source = sources_[i];
    const bool any = std::find(marks[i].begin(), marks[i].end(), true) != marks[i].end();
    if (!source.usable || (!any && !smaller_->opaque[i])) continue;
    inputs.push_back(
        {&source,
         without_pieces(source.file.bytes, source.rules,
                        smaller_->opaque[i] ? source.left_out : source.left_out_but(marks[i]))});
  }
  auto set = std::make_unique<RuleSet>();
  std::optional<CompilerError> error;
  set->rules = compiler_.compile(std::move(inputs), error);
  return set->rules ? std::move(set) : nullptr;  // then the full set serves
}

// The set of a kind if it holds all of `rules`; else the full one.
const RuleSet* YaraRules::set_for(std::size_t kind, const std::vector<RulePlace>& rules,
                                  std::uint64_t size) const {
  std::vector<std::vector<bool>> marks;
  {
    const std::lock_guard lock(smaller_->mutex);
    Smaller::Slot& slot = smaller_->slots[kind];
    const bool holds =
        slot.set != nullptr && std::all_of(rules.begin(), rules.end(), [&](const RulePlace& rule) {
          return smaller_->opaque[rule.source] || slot.held[rule.source][rule.piece];
        });
    if (holds) return slot.set;
    for (const RulePlace& rule : rules) slot.wanted.insert({rule.source, rule.piece});
    slot.cost += size + kCostOfFile;
    if (slot.making || slot.cost < slot.worth || slot.wanted.size() > kMostInSmallSet) {
      return full_.get();
    }
    slot.making = true;
    slot.cost = 0;
    slot.worth += slot.worth / 2;
    for (const RuleSource& source : sources_) marks.emplace_back(source.rules.pieces.size());
    for (const auto& [source, piece] : slot.wanted) marks[source][piece] = true;
  }
  auto made = compile_some(marks);
  const std::lock_guard lock(smaller_->mutex);
  Smaller::Slot& slot = smaller_->slots[kind];
  slot.making = false;
  if (made == nullptr) return full_.get();
  slot.set = made.get();
  slot.held = std::move(marks);
  smaller_->sets.push_back(std::move(made));
  return slot.set;
}

std::vector<const RuleSet*> YaraRules::chosen(Choice& choice, std::size_t kind,
                                              const Circumstances& known,
                                              std::uint64_t size) const {
  std::vector<RulePlace>& rules = choice.rules;
  rules.clear();
  if (!smaller_->sieve.rules_of(choice.state, known, smaller_->slots[kind].residual,
                                [&](RulePlace rule) { rules.push_back(rule); })) {
    return all_sets();
  }
  std::vector<const RuleSet*> sets;
  if (!rules.empty() || smaller_->any_opaque) sets.push_back(set_for(kind, rules, size));
  for (const auto& set : compiled_) sets.push_back(set.get());
  return sets;
}

std::vector<const RuleSet*> YaraRules::sets_for(Choice& choice,
                                                std::span<const std::byte> content) const {
  if (!full_ || !sieve_on_) return all_sets();
  const FileHead head = head_of(content);
  std::size_t kind = kPlain;
  if (implies(head, kMzHead)) {
    kind = kMz;
  } else if (implies(head, kElfHead)) {
    kind = kElf;
  } else if (std::any_of(smaller_->asked_heads.begin(), smaller_->asked_heads.end(),
                         [&](const FileHead& each) { return each.agrees(head); })) {
    kind = kAsked;
  }
  smaller_->sieve.begin(choice.state);
  smaller_->sieve.look(choice.state, content);
  return chosen(choice, kind, {head, content.size(), true, false}, content.size());
}

Result<std::vector<const RuleSet*>> YaraRules::sets_for(Choice& choice, ByteReader& content) const {
  if (!full_ || !sieve_on_) return all_sets();
  constexpr std::size_t kOverlap = NeedleSearch::kLongest - 1;
  std::vector<std::byte>& buffer = choice.buffer;
  buffer.resize(kOverlap + kChunk);
  smaller_->sieve.begin(choice.state);
  std::size_t kept = 0;
  FileHead head;
  for (std::uint64_t at = 0; at < content.size();) {
    KONSEKI_ASSIGN(const std::size_t got,
                   content.read_at(at, std::span(buffer).subspan(kept, kChunk)));
    if (got == 0) break;
    const auto block = std::span(buffer).first(kept + got);
    if (at == 0) head = head_of(block);
    smaller_->sieve.look(choice.state, block);
    at += got;
    kept = std::min(kOverlap, block.size());
    std::copy(block.end() - static_cast<std::ptrdiff_t>(kept), block.end(), buffer.begin());
  }
  return chosen(choice, kBlocks, {head, content.size(), false, false}, content.size());
}

Result<std::vector<const RuleSet*>> YaraRules::sets_for(Choice& choice, ByteReader& memory,
                                                        std::span<const ByteRange> blocks) const {
  if (!full_ || !sieve_on_) return all_sets();
  std::uint64_t size = 0;
  smaller_->sieve.begin(choice.state);
  for (const ByteRange& block : blocks) {
    choice.buffer.resize(static_cast<std::size_t>(block.length));
    KONSEKI_ASSIGN(const std::size_t got, memory.read_at(block.offset, choice.buffer));
    if (got == 0) break;
    smaller_->sieve.look(choice.state, std::span(choice.buffer).first(got));
    size += got;
  }
  return chosen(choice, kBlocks, {{}, {}, false, false}, size);
}

std::vector<const RuleSet*> YaraRules::all_sets() const {
  std::vector<const RuleSet*> sets;
  if (full_) sets.push_back(full_.get());
  for (const auto& set : compiled_) sets.push_back(set.get());
  return sets;
}

std::vector<RuleFile> rule_files(std::span<const NamedText> texts) {
  std::vector<RuleFile> files;
  for (const NamedText& text : texts) files.push_back({text.name, std::string(text.text), {}});
  return files;
}

}  // namespace konseki::yara
