#include "agent/match/indicators/indicator_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

namespace konseki {

Result<void> IndicatorSearch::prepare() {
  ContentScanner::Options scan;
  scan.ipv6 = lookup.has_any_address_of(true);
  scan.idn = lookup.has(AtomType::kDomain);
  scan.urls = lookup.has(AtomType::kUrl);
  scan.emails = lookup.has(AtomType::kEmailAddress);
  scans_content =
      scan.urls || scan.emails || scan.idn || scan.ipv6 || lookup.has_any_address_of(false);
  for (std::uint32_t i = 0; i < lookup.indexes().size(); ++i) {
    const IndicatorIndex& index = *lookup.indexes()[i];
    KONSEKI_ASSIGN(auto expressions, index.expressions());
    KONSEKI_ASSIGN(auto patterns, index.patterns());
    KONSEKI_ASSIGN(const auto warninglists, index.warninglists());
    for (const Warninglist& list : warninglists) warnings.add(list);
    std::vector<StoredExpression> commands;
    const auto middle = std::stable_partition(
        expressions.begin(), expressions.end(),
        [](const StoredExpression& each) { return each.type == AtomType::kPathRegex; });
    commands.assign(std::make_move_iterator(middle), std::make_move_iterator(expressions.end()));
    expressions.erase(middle, expressions.end());
    Searches& made = searches.emplace_back();
    made.index = i;
    made.paths = std::make_unique<PathExpressions>(std::move(expressions), AtomType::kPathRegex);
    made.commands = std::make_unique<PathExpressions>(std::move(commands), AtomType::kCommandLine);
    made.patterns = std::make_unique<PatternWatch>(std::move(patterns));
    for (const std::string_view type : {"url", "domain-name", "ipv4-addr", "email-addr"}) {
      patterns_ask_for_values = patterns_ask_for_values || made.patterns->asks_for(type);
    }
    has_patterns = has_patterns || !made.patterns->empty();
  }
  if (patterns_ask_for_values) scan.urls = scan.emails = true;
  scanner = std::make_unique<ContentScanner>(scan);
  return {};
}

std::shared_ptr<const IndicatorSearch::Meanings> IndicatorSearch::meanings(
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

void IndicatorSearch::see_patterns(const SeenObservation& seen, std::string_view path,
                                   FindingSink& sink,
                                   const std::function<void(const Listed&)>& use) {
  for (const Searches& each : searches) {
    const auto trouble = [&](std::uint32_t pattern, const Error& error) {
      undecided(path, each.patterns->at(pattern).text, error, sink);
    };
    each.patterns->see(
        seen,
        [&](std::uint32_t number) {
          const StoredPattern& pattern = each.patterns->at(number);
          use(listed.of(each.index, "stix-pattern", pattern.text, pattern.owner));
        },
        trouble);
  }
}

PathExpressions::Trouble IndicatorSearch::trouble_at(std::string_view path, FindingSink& sink) {
  return [this, path, &sink](const StoredExpression& expression, const Error& error) {
    undecided(path, expression.text, error, sink);
  };
}

void IndicatorSearch::undecided(std::string_view path, std::string_view text, const Error& error,
                                FindingSink& sink) {
  counters.undecided.fetch_add(1, std::memory_order_relaxed);
  Error told = error;
  told.detail = fmt::format("{}: {}", text.substr(0, 120), error.detail);
  sink.gap(path, told);
}

Warning IndicatorSearch::warning_of(Nearness nearness, std::string_view what) const {
  if (nearness == Nearness::kSubdomain) return listed.warning_of(AtomType::kDomain, what);
  if (nearness == Nearness::kInNetwork) return listed.warning_of(AtomType::kIpAddress, what);
  return {};
}

}  // namespace konseki
