#include "agent/cli/indicator_files.h"

#include <array>
#include <optional>

#include "agent/cli/feed_files.h"
#include "agent/match/indicators/feed_reader.h"
#include "agent/match/indicators/index_builder.h"

namespace konseki {
namespace {

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

}  // namespace

Result<LoadedIndicators> load_indicators(const std::vector<std::string>& paths) {
  LoadedIndicators loaded;
  KONSEKI_ASSIGN(const auto inputs, feed_inputs(paths));
  std::vector<FeedInput> feeds;
  for (const FeedInput& input : inputs) {
    if (!is_index(input)) {
      feeds.push_back(input);
      continue;
    }
    auto index = IndicatorIndex::open(input.name);
    if (index) {
      loaded.indexes.push_back(*std::move(index));
    } else {
      loaded.problems.emplace_back(input.name, index.error());
    }
  }
  if (!feeds.empty()) {
    IndicatorIndexBuilder builder;
    for (const FeedReport& file : read_into(feeds, builder)) {
      if (file.error) loaded.problems.emplace_back(file.file, *file.error);
    }
    KONSEKI_ASSIGN(auto bytes, builder.finish());
    KONSEKI_ASSIGN(auto index, IndicatorIndex::from_bytes(std::move(bytes), paths.front()));
    loaded.indexes.push_back(std::move(index));
  }
  std::uint64_t usable = 0;
  for (const auto& index : loaded.indexes) {
    usable += index->summary().indicators;
    note_refused(*index, loaded);
  }
  if (usable == 0 && !loaded.problems.empty()) {
    Error error = loaded.problems.front().second;
    const std::string& file = loaded.problems.front().first;
    if (!error.detail.starts_with(file)) error.detail = file + ": " + error.detail;
    return fail(std::move(error));
  }
  if (usable == 0) {
    return fail(ErrorCode::kNotFound, paths.empty() ? std::string() : paths.front(),
                {"There is no indicator in it.", "インジケータがありません。"});
  }
  return loaded;
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
