#include "agent/match/indicators/pattern_watch.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/match/stix/condition.h"
#include "agent/match/stix/matcher.h"
#include "agent/match/stix/pattern_parser.h"

namespace konseki {
namespace {

// Objects of an observation that outlive what they were made from.
struct Kept {
  PathSpec address;
  std::string schema;
  std::vector<Timestamp> times;
  std::deque<stix::ObservedObject> objects;
};

bool is_single(const stix::Pattern& pattern) {
  return pattern.root.kind == stix::Expression::Kind::kTest && pattern.root.qualifiers.empty();
}

}  // namespace

struct PatternWatch::State {
  std::mutex mutex;
  std::optional<stix::Pattern> pattern;  // none: it cannot be parsed
  std::vector<const stix::Condition*> conditions;
  bool single = false;
  int failures = 0;
  std::atomic<bool> stopped = false;
  std::map<std::string, Kept> kept;  // by key
};

PatternWatch::PatternWatch(std::vector<StoredPattern> patterns)
    : patterns_(std::move(patterns)), states_(patterns_.size()) {
  for (std::uint32_t p = 0; p < patterns_.size(); ++p) {
    const auto& tests = patterns_[p].tests;
    for (std::uint32_t n = 0; n < tests.size(); ++n) {
      const auto id = static_cast<std::uint32_t>(tests_.size());
      tests_.push_back({p, n});
      for (const std::string& type : tests[n].types) {
        by_type_[type].push_back(id);
        if (tests[n].literals.empty()) open_[type].push_back(id);
      }
      for (const std::string& literal : tests[n].literals) filter_.add(literal, id);
    }
  }
  filter_.seal();
}

PatternWatch::~PatternWatch() = default;

PatternWatch::State* PatternWatch::state(std::uint32_t pattern, const Trouble& trouble) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<State>& its = states_[pattern];
  if (!its) {
    its = std::make_unique<State>();
    const StoredPattern& stored = patterns_[pattern];
    auto parsed = stix::parse_pattern(stored.text, stored.version);
    if (parsed) {
      its->pattern = *std::move(parsed);
      its->conditions = conditions_of(*its->pattern);
      its->single = is_single(*its->pattern);
    } else {
      its->stopped = true;
      trouble(pattern, parsed.error());
    }
  }
  return its->stopped ? nullptr : its.get();
}

void PatternWatch::failed(State& state, std::uint32_t pattern, const Error& error,
                          const Trouble& trouble) {
  trouble(pattern, error);
  const std::lock_guard lock(state.mutex);
  if (++state.failures >= kMostFailures) state.stopped = true;
}

void PatternWatch::see(const SeenObservation& seen, const Use& use, const Trouble& trouble) {
  if (patterns_.empty() || seen.objects.empty()) return;
  std::vector<std::uint32_t> candidates;
  bool asked_for = false;
  for (const stix::ObservedObject& each : seen.objects.objects()) {
    asked_for = asked_for || by_type_.contains(each.type);
    if (const auto open = open_.find(each.type); open != open_.end()) {
      candidates.insert(candidates.end(), open->second.begin(), open->second.end());
    }
  }
  if (!asked_for) return;
  thread_local std::string texts;
  thread_local std::string folded;
  texts.clear();
  seen.objects.append_texts(texts);
  fold_for_filter(texts, folded);
  filter_.scan(folded, [&](std::uint32_t id) { candidates.push_back(id); });
  if (candidates.empty()) return;
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());

  const stix::Observation observation = seen.objects.observe(0, 0);
  for (const std::uint32_t id : candidates) {
    const Test& test = tests_[id];
    const auto& types = patterns_[test.pattern].tests[test.number].types;
    const auto& objects = seen.objects.objects();
    if (std::none_of(objects.begin(), objects.end(), [&](const stix::ObservedObject& each) {
          return std::binary_search(types.begin(), types.end(), each.type);
        })) {
      continue;
    }
    State* const its = state(test.pattern, trouble);
    if (its == nullptr || test.number >= its->conditions.size()) continue;
    const auto fits = stix::fits(*its->conditions[test.number], observation);
    if (!fits) {
      failed(*its, test.pattern, fits.error(), trouble);
      continue;
    }
    if (!*fits) continue;
    if (its->single) {
      use(test.pattern);
      continue;
    }
    if (seen.times.empty()) continue;  // says nothing of before, after and within
    const std::lock_guard lock(its->mutex);
    const auto [kept, is_new] = its->kept.try_emplace(seen.key);
    if (!is_new) continue;
    kept->second = {seen.address, seen.schema, seen.times, objects};
    if (its->kept.size() <= kMostKept) continue;
    its->kept.clear();
    its->stopped = true;
    trouble(test.pattern,
            {ErrorCode::kLimitExceeded,
             fmt::format("{} observations", kMostKept),
             {"Too much fits single parts of this pattern; whether all of it fits is not known.",
              "パターンの一部に合う観測が多すぎるため、全体が合うかどうか判定できません。"}});
  }
}

std::vector<PatternWatch::Fit> PatternWatch::finish(const Trouble& trouble) {
  std::vector<Fit> out;
  for (std::uint32_t p = 0; p < states_.size(); ++p) {
    State* const its = states_[p].get();
    if (its == nullptr || its->single || its->stopped || its->kept.empty()) continue;
    // Each time of a record is an observation of its own.
    std::vector<stix::Observation> observations;
    std::vector<const Kept*> owners;
    for (const auto& [key, kept] : its->kept) {
      std::vector<const stix::ObservedObject*> objects;
      for (const stix::ObservedObject& each : kept.objects) objects.push_back(&each);
      for (const Timestamp& time : kept.times) {
        stix::Observation observation;
        observation.first = observation.last = to_instant(time);
        observation.set_objects(objects);
        observations.push_back(std::move(observation));
        owners.push_back(&kept);
      }
    }
    const auto match = stix::match_pattern(*its->pattern, observations);
    if (!match) {
      trouble(p, match.error());
      continue;
    }
    if (!*match) continue;
    Fit fit;
    fit.pattern = p;
    for (const std::size_t index : match->all) {
      const Kept& kept = *owners[index];
      fit.places.push_back(
          {kept.address, kept.schema, stix::to_timestamp(observations[index].first)});
    }
    std::stable_sort(fit.places.begin(), fit.places.end(),
                     [](const Place& a, const Place& b) { return *a.time < *b.time; });
    out.push_back(std::move(fit));
  }
  return out;
}

}  // namespace konseki
