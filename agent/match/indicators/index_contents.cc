#include "agent/match/indicators/index_contents.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/match/indicators/atom_key.h"

namespace konseki {
namespace {

// What an indicator owns, as numbers: sixteen bytes a value, whatever their length.
enum class PartKind : std::uint32_t { kValue, kExpression, kPattern, kRule };
struct Part {
  std::uint32_t owner = 0;
  PartKind kind = PartKind::kValue;
  std::uint32_t number = 0;

  auto operator<=>(const Part&) const = default;
};

}  // namespace

Result<void> each_indicator(
    const IndicatorIndex& index,
    const std::function<void(IndicatorInfo&& info, std::vector<Observable>&& listed)>& use) {
  KONSEKI_ASSIGN(const auto expressions, index.expressions());
  KONSEKI_ASSIGN(const auto patterns, index.patterns());
  KONSEKI_ASSIGN(const auto rules, index.rules());
  std::vector<Part> parts;
  for (std::uint32_t i = 0; i < index.value_count(); ++i) {
    for (const std::uint32_t owner : index.owners(i)) parts.push_back({owner, PartKind::kValue, i});
  }
  const auto add = [&](const auto& list, PartKind kind) {
    for (std::uint32_t i = 0; i < list.size(); ++i) parts.push_back({list[i].owner, kind, i});
  };
  add(expressions, PartKind::kExpression);
  add(patterns, PartKind::kPattern);
  add(rules, PartKind::kRule);
  std::sort(parts.begin(), parts.end());
  const auto observable = [&](const Part& part) -> Observable {
    switch (part.kind) {
      case PartKind::kExpression: {
        const StoredExpression& each = expressions[part.number];
        return {std::string(atom_type_name(each.type)), each.text};
      }
      case PartKind::kPattern:
        return {"stix-pattern", patterns[part.number].text};
      case PartKind::kRule:
        return {"yara", rules[part.number].text};
      case PartKind::kValue:
        break;
    }
    const AtomType type = index.type(part.number);
    return {std::string(atom_type_name(type)), atom_text(type, index.payload(part.number)),
            index.port(part.number)};
  };
  for (auto part = parts.begin(); part != parts.end();) {
    const std::uint32_t owner = part->owner;
    std::vector<Observable> listed;
    for (; part != parts.end() && part->owner == owner; ++part) listed.push_back(observable(*part));
    std::sort(listed.begin(), listed.end());
    KONSEKI_ASSIGN(IndicatorInfo info, index.info(owner));
    if (!info.id.empty()) {
      use(std::move(info), std::move(listed));
      continue;
    }
    // Values of bare lists share what is known of them; each is an indicator by itself.
    for (Observable& each : listed) {
      IndicatorInfo own = info;
      own.id = made_indicator_id(
          each.type, each.port == 0 ? each.value : fmt::format("{}:{}", each.value, each.port));
      use(std::move(own), {std::move(each)});
    }
  }
  return {};
}

}  // namespace konseki
