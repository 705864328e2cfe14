#include "agent/pipeline/finding_store.h"

#include <algorithm>
#include <tuple>

namespace konseki {
namespace {

constexpr std::size_t kMostWitnesses = 32;
constexpr std::size_t kMostAddresses = 64;

void append_part(std::string& key, std::string_view part) {
  key += part;
  key += '\0';
}

// Everything that tells two subjects of one rule apart.
std::string subject_key(const Finding& finding) {
  const PathSpec& subject = finding.subject;
  std::string key;
  append_part(key, finding.schema);
  append_part(key, subject.evidence);
  append_part(key, subject.volume);
  append_part(key, subject.snapshot);
  append_part(key, subject.path);
  append_part(key, subject.stream);
  for (const std::string& member : subject.members) append_part(key, member);
  if (subject.range) {
    key += std::to_string(subject.range->offset) + '+' + std::to_string(subject.range->length);
  }
  return key;
}

auto key_of(const Witness& witness) {
  return std::tie(witness.name, witness.text.en, witness.excerpt);
}

template <class T>
void add_new(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
  std::sort(to.begin(), to.end());
  to.erase(std::unique(to.begin(), to.end()), to.end());
}

void add_observables(Finding& to, const Finding& more) {
  for (const auto list : {&Finding::listed, &Finding::seen}) {
    add_new(to.*list, more.*list);
    if ((to.*list).size() <= kMostObservables) continue;
    (to.*list).resize(kMostObservables);
    add_new(to.flags, {"values_cut"});
  }
}

// The graver one speaks; of equals the one whose row is the smaller text.
bool speaks_before(const Finding& a, const Finding& b) {
  if (comes_before(a, b)) return true;
  if (comes_before(b, a)) return false;
  return finding_json(a) < finding_json(b);
}

bool address_before(const PathSpec& a, const PathSpec& b) {
  const auto range = [](const PathSpec& spec) {
    const ByteRange bytes = spec.range.value_or(ByteRange{});
    return std::pair(bytes.offset, bytes.length);
  };
  if (const auto left = subject_path(a), right = subject_path(b); left != right) {
    return left < right;
  }
  return range(a) < range(b);
}

void join_witnesses(std::vector<Witness>& to, std::vector<Witness>&& more) {
  for (Witness& witness : more) {
    const auto same = std::find_if(
        to.begin(), to.end(), [&](const Witness& each) { return key_of(each) == key_of(witness); });
    if (same == to.end()) {
      to.push_back(std::move(witness));
      continue;
    }
    auto& addresses = same->addresses;
    addresses.insert(addresses.end(), witness.addresses.begin(), witness.addresses.end());
    std::sort(addresses.begin(), addresses.end(), address_before);
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    if (addresses.size() > kMostAddresses) addresses.resize(kMostAddresses);
    same->score = std::max(same->score, witness.score);
  }
  std::sort(to.begin(), to.end(), [](const Witness& a, const Witness& b) {
    if (a.score != b.score) return a.score > b.score;
    return key_of(a) < key_of(b);
  });
  if (to.size() > kMostWitnesses) to.resize(kMostWitnesses);
}

Finding joined(Finding&& a, Finding&& b) {
  const bool a_speaks = !speaks_before(b, a);
  Finding& speaker = a_speaks ? a : b;
  Finding& other = a_speaks ? b : a;
  speaker.count += other.count;
  if (other.first_seen && (!speaker.first_seen || *other.first_seen < *speaker.first_seen)) {
    speaker.first_seen = other.first_seen;
  }
  if (other.last_seen && (!speaker.last_seen || *speaker.last_seen < *other.last_seen)) {
    speaker.last_seen = other.last_seen;
  }
  add_new(speaker.flags, other.flags);
  add_new(speaker.markings, other.markings);
  add_observables(speaker, other);
  join_witnesses(speaker.witnesses, std::move(other.witnesses));
  return std::move(speaker);
}

}  // namespace

void FindingStore::add(Finding&& finding) {
  Rule& rule = rules_[{finding.matcher, finding.rule}];
  ++rule.emitted;
  std::unique_ptr<Finding>& place = rule.by_subject[subject_key(finding)];
  if (place) {
    rule.order.erase(place.get());
    order_.erase(place.get());
    *place = joined(std::move(*place), std::move(finding));
  } else {
    place = std::make_unique<Finding>(std::move(finding));
  }
  rule.order.insert(place.get());
  order_.insert(place.get());
  if (rule.order.size() > limits_.per_rule) {
    rule.cut = true;
    drop(rule, **rule.order.rbegin());
  }
  if (order_.size() > limits_.total) {
    ++left_out_;
    const Finding& least = **order_.rbegin();
    drop(rules_.at({least.matcher, least.rule}), least);
  }
}

void FindingStore::drop(Rule& rule, const Finding& finding) {
  rule.order.erase(&finding);
  order_.erase(&finding);
  rule.by_subject.erase(subject_key(finding));
}

std::vector<Finding> FindingStore::take() {
  std::vector<Finding> out;
  out.reserve(order_.size());
  for (const Finding* each : order_) {
    Rule& rule = rules_.at({each->matcher, each->rule});
    ++rule.kept;
    out.push_back(std::move(*rule.by_subject.at(subject_key(*each))));
  }
  order_.clear();
  for (auto& [name, rule] : rules_) {
    rule.order.clear();
    rule.by_subject.clear();
  }
  return out;
}

std::vector<CutRule> FindingStore::cut_rules() const {
  std::vector<CutRule> out;
  for (const auto& [name, rule] : rules_) {
    if (rule.cut) out.push_back({name.first, name.second, rule.emitted, rule.kept});
  }
  return out;
}

}  // namespace konseki
