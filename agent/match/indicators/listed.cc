#include "agent/match/indicators/listed.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/match/indicators/atom_key.h"

namespace konseki {
Listed make_listed(std::string kind, std::string value, std::vector<IndicatorInfo> owners) {
  if (owners.empty()) owners.emplace_back();
  for (IndicatorInfo& each : owners) {
    if (each.id.empty()) each.id = made_indicator_id(kind, value);
  }
  std::sort(owners.begin(), owners.end(), [](const IndicatorInfo& a, const IndicatorInfo& b) {
    const int left = indicator_score(a);
    const int right = indicator_score(b);
    return left != right ? left > right : std::tie(a.id, a.file) < std::tie(b.id, b.file);
  });
  Listed out;
  for (const IndicatorInfo& each : owners) {
    out.origins.push_back(each.file.empty() ? each.id : fmt::format("{} ({})", each.id, each.file));
  }
  out.observable = {kind, value};
  out.kind = std::move(kind);
  out.value = std::move(value);
  out.score = indicator_score(owners.front());
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
  const std::string value = atom_text(type, index.payload(hit.value));
  const std::uint16_t port = index.port(hit.value);
  Listed listed =
      make_listed(std::string(atom_type_name(type)),
                  port == 0 ? value : fmt::format("{}:{}", value, port), std::move(owners));
  listed.observable = {listed.kind, value, port};
  listed.warning = warning_of(type, value);
  if (listed.held_down()) listed.score = 0;
  made = std::make_unique<const Listed>(std::move(listed));
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

Warning ListedValues::warning_of(AtomType type, std::string_view value) const {
  if (type == AtomType::kDomain && is_special_name(value)) {
    return {"RFC 6761 special-use names", false};
  }
  return warnings_.find(type, value);
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
      return 0;
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

Bilingual warning_sentence(const Warning& warning) {
  if (warning.sinkhole) {
    return {fmt::format("It is a sinkhole ({}): what asks for it is infected.", warning.lists),
            fmt::format("シンクホール ({}) です。ここへの通信は感染を示します。", warning.lists)};
  }
  return {
      fmt::format("It is on a list of values that raise false alarms ({}), so this is a note "
                  "only.",
                  warning.lists),
      fmt::format("誤検知を招きやすい値の一覧 ({}) にあるため、参考情報とします。", warning.lists)};
}

}  // namespace konseki
