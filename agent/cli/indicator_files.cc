#include "agent/cli/indicator_files.h"

#include <fmt/format.h>

#include <array>

#include "agent/base/memory_reader.h"
#include "agent/cli/feed_files.h"
#include "agent/match/indicators/feed_reader.h"
#include "agent/match/indicators/index_builder.h"
#include "agent/match/indicators/index_contents.h"
#include "agent/match/indicators/pattern_text.h"
#include "agent/match/stix/pattern_parser.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxIndex = std::uint64_t{4} << 30;  // of the format

// Gives every indicator to the index and to the patterns. It is read as patterns, which is what
// observed data are matched against; what atoms say becomes atoms on the way into the index.
class SetAndIndex : public IndicatorSink {
 public:
  SetAndIndex(IndicatorSet& set, IndicatorIndexBuilder& index) : set_(set), index_(index) {}

  void take(IndicatorInfo info, std::vector<Atom> atoms) override {
    index_.take(info, atoms);
    set_.take(std::move(info), std::move(atoms));
  }
  void take(IndicatorInfo info, stix::Pattern pattern) override {
    if (auto atoms = atoms_of_pattern(pattern)) {
      index_.take(info, *std::move(atoms));
    } else {
      index_.take(info, pattern);
    }
    set_.take(std::move(info), std::move(pattern));
  }
  void take_yara(IndicatorInfo info, std::string rule) override {
    index_.take_yara(info, rule);
    set_.take_yara(std::move(info), std::move(rule));
  }
  void refuse(IndicatorInfo info, std::string detail, Bilingual reason) override {
    index_.refuse(info, detail, reason);
    set_.refuse(std::move(info), std::move(detail), std::move(reason));
  }

 private:
  IndicatorSet& set_;
  IndicatorIndexBuilder& index_;
};

// Feeds into the index, and into `set` where there is one.
std::vector<FeedReport> read_into(std::span<const FeedInput> feeds, IndicatorIndexBuilder& builder,
                                  IndicatorSet* set) {
  std::vector<Warninglist> warninglists;
  std::vector<FeedReport> reports;
  if (set == nullptr) {
    reports = read_feeds(feeds, {}, builder, warninglists);
  } else {
    SetAndIndex both(*set, builder);
    reports = read_feeds(feeds, {.atoms = false}, both, warninglists);
  }
  for (Warninglist& list : warninglists) builder.add(std::move(list));
  return reports;
}

// What an index holds, as patterns.
Result<void> add_to_set(const IndicatorIndex& index, IndicatorSet& set) {
  KONSEKI_TRY(each_indicator(index, [&](IndicatorInfo&& info, std::vector<Observable>&& listed) {
    std::vector<Atom> atoms;
    for (const Observable& each : listed) {
      if (each.type == "yara") {
        set.take_yara(info, each.value);
      } else if (each.type == "stix-pattern") {
        auto pattern = stix::parse_pattern(each.value, stix::Version::k21);
        if (!pattern) pattern = stix::parse_pattern(each.value, stix::Version::k20);
        if (pattern) set.take(info, *std::move(pattern));
      } else if (const auto type = atom_type_of_name(each.type)) {
        atoms.push_back({*type, each.value, {}, {}});
        if (each.port != 0) atoms.back().port = each.port;
      }
    }
    if (!atoms.empty()) set.take(std::move(info), std::move(atoms));
  }));
  KONSEKI_ASSIGN(auto refused, index.refused());
  for (InputProblem& each : refused) {
    IndicatorInfo info;
    info.id = std::move(each.id);
    info.name = std::move(each.name);
    info.file = std::move(each.file);
    set.refuse(std::move(info), std::move(each.detail), std::move(each.reason));
  }
  return {};
}

// Files as the user named them: compiled ones, and feeds to be compiled.
struct NamedFiles {
  std::vector<FeedInput> indexes;
  std::vector<FeedInput> feeds;
};

Result<NamedFiles> sorted_out(const std::vector<std::string>& paths) {
  NamedFiles files;
  KONSEKI_ASSIGN(auto inputs, feed_inputs(paths));
  for (FeedInput& input : inputs) {
    (is_index(input) ? files.indexes : files.feeds).push_back(std::move(input));
  }
  return files;
}

// What the feeds give as the bytes of one index; what they do not is a problem.
Result<std::vector<std::byte>> compiled(const std::vector<FeedInput>& feeds, IndicatorSet* set,
                                        LoadedIndicators& loaded) {
  IndicatorIndexBuilder builder;
  for (const FeedReport& file : read_into(feeds, builder, set)) {
    if (file.error) loaded.unusable.emplace_back(file.file, *file.error);
    loaded.superseded += file.superseded;
  }
  return builder.finish();
}

void note_refused(const IndicatorIndex& index, LoadedIndicators& loaded) {
  const auto refused = index.refused();
  if (!refused) {
    loaded.unusable.emplace_back(index.name(), refused.error());
    return;
  }
  for (const InputProblem& each : *refused) {
    std::string what = each.id.empty() ? each.name : each.id;
    if (!each.detail.empty()) what += (what.empty() ? "" : ": ") + each.detail;
    loaded.refused.emplace_back(each.file,
                                Error{ErrorCode::kUnsupported, std::move(what), each.reason});
  }
  loaded.refused_total += index.summary().refused;
  if (const std::uint64_t more = index.summary().refused - refused->size(); more > 0) {
    loaded.refused.emplace_back(
        index.name(), Error{ErrorCode::kLimitExceeded,
                            fmt::format("{} more were not applied and are not named", more),
                            {"A feed of another kind may have been named by mistake.",
                             "種類の異なるファイルを指定していないか確認してください。"}});
  }
}

}  // namespace

bool is_index(const FeedInput& input) {
  auto reader = input.open();
  if (!reader) return false;
  std::array<std::byte, 64> begin{};
  const auto count = (*reader)->read_at(0, begin);
  return count && is_indicator_index(std::span(begin).first(*count));
}

Result<LoadedIndicators> read_indicators(const std::vector<std::string>& paths, IndicatorSet* set) {
  LoadedIndicators loaded;
  KONSEKI_ASSIGN(const NamedFiles files, sorted_out(paths));
  for (const FeedInput& input : files.indexes) {
    auto index = IndicatorIndex::open(input.name);
    auto added = index && set != nullptr ? add_to_set(**index, *set) : Result<void>();
    if (!index || !added) {
      loaded.unusable.emplace_back(input.name, index ? added.error() : index.error());
    } else {
      loaded.indexes.push_back(*std::move(index));
    }
  }
  if (!files.feeds.empty()) {
    KONSEKI_ASSIGN(auto bytes, compiled(files.feeds, set, loaded));
    KONSEKI_ASSIGN(auto index, IndicatorIndex::from_bytes(std::move(bytes), paths.front()));
    loaded.indexes.push_back(std::move(index));
  }
  for (const auto& index : loaded.indexes) note_refused(*index, loaded);
  return loaded;
}

Result<void> check_usable(const LoadedIndicators& loaded, const std::string& path) {
  for (const auto& index : loaded.indexes) {
    if (index->summary().indicators > 0) return {};
  }
  const auto& problems = loaded.unusable.empty() ? loaded.refused : loaded.unusable;
  if (problems.empty()) {
    return fail(ErrorCode::kNotFound, path,
                {"There is no indicator in it.", "インジケータがありません。"});
  }
  const auto& [file, why] = problems.front();
  Error error = why;
  if (!error.detail.starts_with(file)) error.detail = file + ": " + error.detail;
  return fail(std::move(error));
}

Result<LoadedIndicators> load_indicators(const std::vector<std::string>& paths) {
  KONSEKI_ASSIGN(auto loaded, read_indicators(paths, nullptr));
  KONSEKI_TRY(check_usable(loaded, paths.empty() ? std::string() : paths.front()));
  return loaded;
}

Result<PackedIndicators> pack_indicators(const std::vector<std::string>& paths) {
  PackedIndicators packed;
  KONSEKI_ASSIGN(const NamedFiles files, sorted_out(paths));
  const auto add = [&](std::vector<std::byte> bytes, const std::string& name) {
    const std::size_t before = packed.loaded.indexes.size();
    add_packed_indicators(bytes, name, packed.loaded);
    if (packed.loaded.indexes.size() > before) packed.indexes.push_back(std::move(bytes));
  };
  for (const FeedInput& input : files.indexes) {
    KONSEKI_ASSIGN(const auto reader, input.open());
    KONSEKI_ASSIGN(auto bytes, read_all(*reader, kMaxIndex));
    add(std::move(bytes), input.name);
  }
  if (!files.feeds.empty()) {
    KONSEKI_ASSIGN(auto bytes, compiled(files.feeds, nullptr, packed.loaded));
    add(std::move(bytes), paths.front());
  }
  KONSEKI_TRY(check_usable(packed.loaded, paths.empty() ? std::string() : paths.front()));
  return packed;
}

void add_packed_indicators(std::vector<std::byte> index, const std::string& name,
                           LoadedIndicators& loaded) {
  auto opened = IndicatorIndex::from_bytes(std::move(index), name);
  if (!opened) {
    loaded.unusable.emplace_back(name, opened.error());
    return;
  }
  note_refused(**opened, loaded);
  loaded.indexes.push_back(*std::move(opened));
}

Result<std::vector<FeedReport>> read_feeds_into(const std::vector<std::string>& paths,
                                                IndicatorIndexBuilder& builder) {
  KONSEKI_ASSIGN(const auto inputs, feed_inputs(paths));
  for (const FeedInput& input : inputs) {
    if (is_index(input)) {
      return fail(ErrorCode::kInvalidArgument, input.name,
                  {"It is compiled already; name the feeds that it was made of.",
                   "変換済みのファイルです。元のフィードを指定してください。"});
    }
  }
  return read_into(inputs, builder, nullptr);
}

}  // namespace konseki
