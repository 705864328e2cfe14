#include "agent/match/indicators/listed.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/match/indicators/atom_key.h"

namespace konseki {
namespace {

constexpr int kUnstated = 50;      // the middle of "Med" of the STIX scale of confidence
constexpr int kMostReserved = 15;  // low: an address that is not routed says next to nothing
constexpr std::size_t kLongestId = 200;

bool is_benign(const IndicatorInfo& info) {
  const auto holds = [](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), "benign") != list.end();
  };
  return holds(info.types) || holds(info.labels);
}

}  // namespace

int score_of(const IndicatorInfo& info) {
  if (info.revoked || is_benign(info)) return 0;
  return info.confidence.value_or(kUnstated);
}

Listed make_listed(std::string kind, std::string value, std::vector<IndicatorInfo> owners) {
  if (owners.empty()) owners.emplace_back();
  for (IndicatorInfo& each : owners) {
    if (!each.id.empty()) continue;
    // Long texts of patterns and expressions by a number made of them.
    each.id = kind + ':' +
              (value.size() <= kLongestId
                   ? value
                   : fmt::format("{:016x}", index_format::hash(0, std::string_view(value))));
  }
  std::sort(owners.begin(), owners.end(), [](const IndicatorInfo& a, const IndicatorInfo& b) {
    const int left = score_of(a);
    const int right = score_of(b);
    return left != right ? left > right : std::tie(a.id, a.file) < std::tie(b.id, b.file);
  });
  Listed out;
  for (const IndicatorInfo& each : owners) {
    out.origins.push_back(each.file.empty() ? each.id : fmt::format("{} ({})", each.id, each.file));
  }
  out.kind = std::move(kind);
  out.value = std::move(value);
  out.score = score_of(owners.front());
  out.lead = std::move(owners.front());
  return out;
}

const Listed& ListedValues::of(const ValueHit& hit) {
  const std::lock_guard lock(mutex_);
  auto& made = values_[{hit.index, hit.value}];
  if (made) return *made;
  const IndicatorIndex& index = *lookup_.indexes()[hit.index];
  const AtomType type = index.type(hit.value);
  std::vector<IndicatorInfo> owners;
  for (const std::uint32_t number : index.owners(hit.value)) {
    if (auto info = index.info(number)) owners.push_back(*std::move(info));
  }
  std::string value = atom_text(type, index.payload(hit.value));
  if (const std::uint16_t port = index.port(hit.value); port != 0)
    value += fmt::format(":{}", port);
  made = std::make_unique<const Listed>(
      make_listed(std::string(atom_type_name(type)), std::move(value), std::move(owners)));
  return *made;
}

const Listed& ListedValues::of(std::uint32_t index, std::string_view kind, std::string_view text,
                               std::uint32_t owner) {
  const std::lock_guard lock(mutex_);
  auto& made = others_[{std::string(text),
                        {index * 2 + (kind == "stix-pattern" ? 1 : 0), std::to_string(owner)}}];
  if (made) return *made;
  std::vector<IndicatorInfo> owners;
  if (auto info = lookup_.indexes()[index]->info(owner)) owners.push_back(*std::move(info));
  made = std::make_unique<const Listed>(
      make_listed(std::string(kind), std::string(text), std::move(owners)));
  return *made;
}

int near_score(int score, Nearness nearness) {
  switch (nearness) {
    case Nearness::kExact:
      return score;
    case Nearness::kSubdomain:
    case Nearness::kInNetwork:
    case Nearness::kWithoutQuery:
      return score * 4 / 5;
    case Nearness::kReserved:
      return std::min(score, kMostReserved);
  }
  return score;
}

std::string_view nearness_flag(Nearness nearness) {
  switch (nearness) {
    case Nearness::kExact:
      return "";
    case Nearness::kSubdomain:
      return "subdomain";
    case Nearness::kInNetwork:
      return "in_network";
    case Nearness::kWithoutQuery:
      return "other_query";
    case Nearness::kReserved:
      return "reserved_address";
  }
  return "";
}

}  // namespace konseki
