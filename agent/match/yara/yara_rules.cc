#include "agent/match/yara/yara_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "agent/base/unicode.h"
#include "agent/match/yara/yara_library.h"

namespace konseki::yara {
namespace {

constexpr FileHead kMz{0x5a4d, 0xffff};
constexpr FileHead kElf{0x464c457f, 0xffffffff};
enum HeadClass : std::uint8_t { kMzHead, kElfHead, kAskedHead, kPlainHead };

// Upper bounds of the classes of size, inclusive; the last one has none.
constexpr std::uint64_t kSizeBounds[] = {512 << 10, std::numeric_limits<std::uint64_t>::max()};
// What a compilation costs, and what conditions cost a file however small, both as bytes scanned.
constexpr std::uint64_t kWorthNarrowing = 64 << 20;
constexpr std::uint64_t kCostOfFile = 48 << 10;

FileHead head_of(std::span<const std::byte> bytes) {
  FileHead head;
  for (unsigned i = 0; i < 4 && i < bytes.size(); ++i) {
    head.value |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * i);
    head.mask |= std::uint32_t{0xff} << (8 * i);
  }
  return head;
}

// True when every file that begins as `a` says begins as `b` says.
bool implies(const FileHead& a, const FileHead& b) {
  return (a.mask & b.mask) == b.mask && a.agrees(b);
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

// Looks at the compiled rules' stream as libyara asks for it.
struct Stream {
  std::string_view rest;
};

std::size_t read_stream(void* out, std::size_t size, std::size_t count, void* user) {
  auto& stream = *static_cast<Stream*>(user);
  if (size == 0) return 0;
  const std::size_t whole = std::min(count, stream.rest.size() / size);
  std::memcpy(out, stream.rest.data(), whole * size);
  stream.rest.remove_prefix(whole * size);
  return whole;
}

}  // namespace

// Narrowed sets by class of file, made on demand.
struct YaraRules::Narrowed {
  struct Slot {
    std::uint64_t cost = 0;  // of the files that passed so far
    bool making = false;
    std::unique_ptr<RuleSet> set;
  };
  std::mutex mutex;
  std::map<FileClass, Slot> slots;
};

YaraRules::YaraRules(IncludeReader read_include)
    : read_include_(std::move(read_include)),
      compiler_(read_include_),
      narrowed_(std::make_unique<Narrowed>()) {}

Result<std::shared_ptr<YaraRules>> YaraRules::load(std::vector<RuleFile> files,
                                                   IncludeReader read_include) {
  KONSEKI_TRY(start_library());
  std::shared_ptr<YaraRules> rules(new YaraRules(std::move(read_include)));
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
  std::stable_sort(rules->files_.begin(), rules->files_.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  std::stable_sort(rules->problems_.begin(), rules->problems_.end(),
                   [](const auto& a, const auto& b) {
                     return std::tie(a.file, a.line) < std::tie(b.file, b.line);
                   });
  return rules;
}

void YaraRules::add_compiled(RuleFile file) {
  Stream stream{file.bytes};
  YR_STREAM reader{&stream, read_stream, nullptr};
  YR_RULES* raw = nullptr;
  const int code = yr_rules_load_stream(&reader, &raw);
  RuleFileCount count{file.name, 0, 0, true};
  if (code == ERROR_SUCCESS) {
    auto set = std::make_unique<RuleSet>();
    set->rules.reset(raw);
    set->file = file.name;
    const YR_RULE* rule = nullptr;
    yr_rules_foreach(raw, rule)++ count.rules;
    compiled_.push_back(std::move(set));
  } else {
    problems_.push_back(
        {file.name,
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
    if (!inputs.empty()) set->rules = compiler_.compile(inputs, error);
    full_ = set->rules ? std::move(set) : nullptr;
  };
  compile_all();
  if (error) {
    for (RuleSource& source : sources_) {
      if (source.usable) compiler_.mend(source, problems_);
    }
    compile_all();
  }
  if (error) {
    // Each file compiles alone but not all of them together: a limit of the library.
    const std::string& file = sources_[error->input].file.name;
    problems_.push_back({file,
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
      for (const FileHead& head : piece.guard.heads) {
        if (!implies(head, kMz) && !implies(head, kElf)) asked_heads_.push_back(head);
      }
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

FileClass YaraRules::class_of(std::span<const std::byte> bytes, std::uint64_t size) const {
  const FileHead head = head_of(bytes);
  FileClass which;
  if (implies(head, kMz)) {
    which.head = kMzHead;
  } else if (implies(head, kElf)) {
    which.head = kElfHead;
  } else {
    const bool asked = std::any_of(asked_heads_.begin(), asked_heads_.end(),
                                   [&](const FileHead& each) { return each.agrees(head); });
    which.head = asked ? kAskedHead : kPlainHead;
  }
  while (size > kSizeBounds[which.size]) ++which.size;
  return which;
}

// Rules that cannot fire on files of the class, but for those that another rule needs.
std::vector<bool> YaraRules::unfit_pieces(const RuleSource& source, FileClass which) const {
  std::vector<bool> out = source.left_out;
  const auto& pieces = source.rules.pieces;
  if (!source.rules.sound || source.rules.counts_rules) return out;
  const std::uint64_t min = which.size == 0 ? 0 : kSizeBounds[which.size - 1] + 1;
  const std::uint64_t max = kSizeBounds[which.size];
  const auto fits = [&](const RulePiece& piece) {
    if (piece.kind != RulePiece::Kind::kRule || piece.is_global) return true;
    switch (which.head) {
      case kMzHead:
        return piece.guard.may_hold(kMz, min, max);
      case kElfHead:
        return piece.guard.may_hold(kElf, min, max);
      default:
        break;
    }
    if (!piece.guard.may_hold({}, min, max)) return false;
    if (piece.guard.any_head) return true;
    if (which.head == kPlainHead) return false;
    return std::any_of(
        piece.guard.heads.begin(), piece.guard.heads.end(),
        [](const FileHead& head) { return !implies(head, kMz) && !implies(head, kElf); });
  };
  std::map<std::string_view, std::size_t> by_name;
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (out[i]) continue;
    if (pieces[i].kind == RulePiece::Kind::kRule) by_name[pieces[i].name] = i;
    if (fits(pieces[i])) {
      wanted.push_back(i);
    } else {
      out[i] = true;
    }
  }
  while (!wanted.empty()) {
    const RulePiece& piece = pieces[wanted.back()];
    wanted.pop_back();
    for (const std::string& word : piece.condition) {
      const auto found = by_name.find(word);
      if (found == by_name.end() || !out[found->second]) continue;
      out[found->second] = false;
      wanted.push_back(found->second);
    }
  }
  return out;
}

std::unique_ptr<RuleSet> YaraRules::narrow(FileClass which) const {
  std::vector<CompilerInput> inputs;
  for (const RuleSource& source : sources_) {
    if (!source.usable) continue;
    const std::vector<bool> unfit = unfit_pieces(source, which);
    bool any = !source.rules.sound;
    for (std::size_t i = 0; i < unfit.size(); ++i) {
      any |= !unfit[i] && source.rules.pieces[i].kind != RulePiece::Kind::kImport;
    }
    if (any) inputs.push_back({&source, without_pieces(source.file.bytes, source.rules, unfit)});
  }
  auto set = std::make_unique<RuleSet>();
  std::optional<CompilerError> error;
  set->rules = compiler_.compile(inputs, error);
  return set->rules ? std::move(set) : nullptr;  // then the full set serves
}

const RuleSet* YaraRules::set_of_class(FileClass which, std::uint64_t size) const {
  {
    const std::lock_guard lock(narrowed_->mutex);
    Narrowed::Slot& slot = narrowed_->slots[which];
    if (slot.set) return slot.set.get();
    slot.cost += size + kCostOfFile;
    if (slot.making || slot.cost < kWorthNarrowing) return full_.get();
    slot.making = true;
  }
  auto made = narrow(which);
  const std::lock_guard lock(narrowed_->mutex);
  Narrowed::Slot& slot = narrowed_->slots[which];
  slot.set = std::move(made);
  return slot.set ? slot.set.get() : full_.get();
}

std::vector<const RuleSet*> YaraRules::sets_for(std::span<const std::byte> head,
                                                std::uint64_t size) const {
  std::vector<const RuleSet*> sets = all_sets();
  if (full_ && narrowing_) sets.front() = set_of_class(class_of(head, size), size);
  return sets;
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
