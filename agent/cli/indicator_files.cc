#include "agent/cli/indicator_files.h"

#include <array>
#include <optional>

#include "agent/base/memory_reader.h"
#include "agent/cli/feed_files.h"
#include "agent/match/indicators/feed_reader.h"
#include "agent/match/indicators/index_builder.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxIndex = std::uint64_t{4} << 30;  // of the format

bool is_index(const FeedInput& input) {
  auto reader = input.open();
  if (!reader) return false;
  std::array<std::byte, 64> begin{};
  const auto count = (*reader)->read_at(0, begin);
  return count && is_indicator_index(std::span(begin).first(*count));
}

std::vector<FeedReport> read_into(std::span<const FeedInput> feeds,
                                  IndicatorIndexBuilder& builder) {
  std::vector<Warninglist> warninglists;
  return read_feeds(feeds, {}, builder, warninglists);
}

void note_refused(const IndicatorIndex& index, LoadedIndicators& loaded) {
  const auto refused = index.refused();
  if (!refused) {
    loaded.problems.emplace_back(index.name(), refused.error());
    return;
  }
  for (const InputProblem& each : *refused) {
    std::string what = each.id.empty() ? each.name : each.id;
    if (!each.detail.empty()) what += (what.empty() ? "" : ": ") + each.detail;
    loaded.problems.emplace_back(each.file,
                                 Error{ErrorCode::kUnsupported, std::move(what), each.reason});
  }
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
Result<std::vector<std::byte>> compiled(const std::vector<FeedInput>& feeds,
                                        LoadedIndicators& loaded) {
  IndicatorIndexBuilder builder;
  for (const FeedReport& file : read_into(feeds, builder)) {
    if (file.error) loaded.problems.emplace_back(file.file, *file.error);
  }
  return builder.finish();
}

Result<LoadedIndicators> usable(LoadedIndicators loaded, const std::vector<std::string>& paths) {
  std::uint64_t count = 0;
  for (const auto& index : loaded.indexes) count += index->summary().indicators;
  if (count > 0) return loaded;
  if (loaded.problems.empty()) {
    return fail(ErrorCode::kNotFound, paths.empty() ? std::string() : paths.front(),
                {"There is no indicator in it.", "インジケータがありません。"});
  }
  Error error = loaded.problems.front().second;
  const std::string& file = loaded.problems.front().first;
  if (!error.detail.starts_with(file)) error.detail = file + ": " + error.detail;
  return fail(std::move(error));
}

}  // namespace

Result<LoadedIndicators> load_indicators(const std::vector<std::string>& paths) {
  LoadedIndicators loaded;
  KONSEKI_ASSIGN(const NamedFiles files, sorted_out(paths));
  for (const FeedInput& input : files.indexes) {
    auto index = IndicatorIndex::open(input.name);
    if (index) {
      loaded.indexes.push_back(*std::move(index));
    } else {
      loaded.problems.emplace_back(input.name, index.error());
    }
  }
  if (!files.feeds.empty()) {
    KONSEKI_ASSIGN(auto bytes, compiled(files.feeds, loaded));
    KONSEKI_ASSIGN(auto index, IndicatorIndex::from_bytes(std::move(bytes), paths.front()));
    loaded.indexes.push_back(std::move(index));
  }
  for (const auto& index : loaded.indexes) note_refused(*index, loaded);
  return usable(std::move(loaded), paths);
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
    KONSEKI_ASSIGN(auto bytes, compiled(files.feeds, packed.loaded));
    add(std::move(bytes), paths.front());
  }
  KONSEKI_ASSIGN(packed.loaded, usable(std::move(packed.loaded), paths));
  return packed;
}

void add_packed_indicators(std::vector<std::byte> index, const std::string& name,
                           LoadedIndicators& loaded) {
  auto opened = IndicatorIndex::from_bytes(std::move(index), name);
  if (!opened) {
    loaded.problems.emplace_back(name, opened.error());
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
  return read_into(inputs, builder);
}

}  // namespace konseki
