#include "agent/match/indicators/indicator_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/match/indicators/json_value.h"
#include "agent/match/stix/pattern_parser.h"

namespace konseki {
namespace {

std::optional<stix::Instant> instant_of(const JsonView& view) {
  return view.kind == JsonKind::kText ? stix::parse_instant(view.text()) : std::nullopt;
}

Indicator read_object(const JsonView& object, const std::string& file) {
  Indicator out;
  out.id = object["id"].text();
  out.name = object["name"].text();
  out.origin = file;
  out.created_by = object["created_by_ref"].text();
  out.types = object["indicator_types"].texts();
  out.labels = object["labels"].texts();
  out.marking_refs = object["object_marking_refs"].texts();
  if (const JsonView confidence = object["confidence"]; confidence.kind == JsonKind::kNumber) {
    out.confidence = static_cast<int>(std::clamp<std::int64_t>(confidence.signed_number(), 0, 100));
  }
  out.valid_from = instant_of(object["valid_from"]);
  out.valid_until = instant_of(object["valid_until"]);
  out.modified = instant_of(object["modified"]).value_or(stix::kDistantPast);
  out.revoked = object["revoked"].is_true();
  return out;
}

// 2.1 objects say so themselves; 2.0 bundles say it for theirs, or nobody does and pattern_type,
// which 2.1 demands, is missing.
stix::Version version_of(const JsonView& object, const JsonView& bundle) {
  std::string version = object["spec_version"].text();
  if (version.empty()) version = bundle["spec_version"].text();
  if (version.empty()) version = object["pattern_type"] ? "2.1" : "2.0";
  return version == "2.0" ? stix::Version::k20 : stix::Version::k21;
}

}  // namespace

std::string_view tlp_name(std::string_view marking_ref) {
  struct Marking {
    std::string_view id;
    std::string_view name;
  };
  static constexpr std::array<Marking, 9> kMarkings{{
      {"94868c89-83c2-464b-929b-a1a8aa3c8487", "TLP:CLEAR"},
      {"bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "TLP:GREEN"},
      {"55d920b0-5e8b-4f79-9ee9-91f868d9b421", "TLP:AMBER"},
      {"939a9414-2ddd-4d32-a0cd-375ea402b003", "TLP:AMBER+STRICT"},
      {"e828b379-4e03-4974-9ac4-e53a884c97c1", "TLP:RED"},
      {"613f2e26-407d-48c7-9eca-b8e91df99dc9", "TLP:CLEAR"},  // TLP 1: WHITE
      {"34098fce-860f-48ae-8e50-ebd3cc5e41da", "TLP:GREEN"},
      {"f88d31f6-486f-44da-b317-01333bde0b82", "TLP:AMBER"},
      {"5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "TLP:RED"},
  }};
  for (const Marking& marking : kMarkings) {
    if (marking_ref.ends_with(marking.id)) return marking.name;
  }
  return {};
}

Result<void> IndicatorSet::add(std::string_view text, const std::string& file) {
  last_count_ = 0;
  return for_each_object(text, [&](const JsonView& object, const JsonView& bundle) -> Result<void> {
    if (object.kind == JsonKind::kText) {
      Indicator bare;
      bare.origin = file;
      bare.id = fmt::format("{}#{}", file, ++last_count_);
      take(std::move(bare), object.text(), "stix", stix::Version::k21);
      return {};
    }
    if (object["type"].text() != "indicator") return {};
    // Reads all of the object, so that damage behind the pattern is told.
    KONSEKI_TRY(to_value(object));
    ++last_count_;
    Indicator indicator = read_object(object, file);
    if (indicator.id.empty()) indicator.id = fmt::format("{}#{}", file, last_count_);
    const JsonView type = object["pattern_type"];
    take(std::move(indicator), object["pattern"].text(), type ? type.text() : "stix",
         version_of(object, bundle));
    return {};
  });
}

// Forgets an older version of the same id.
bool IndicatorSet::is_latest(const Indicator& indicator) {
  const auto [known, is_new] = versions_.try_emplace(indicator.id, indicator.modified);
  if (is_new) return true;
  ++superseded_;
  if (indicator.modified <= known->second) return false;
  known->second = indicator.modified;
  std::erase_if(indicators_, [&](const Indicator& old) { return old.id == indicator.id; });
  std::erase_if(refused_, [&](const InputProblem& old) { return old.id == indicator.id; });
  return true;
}

void IndicatorSet::refuse(const Indicator& indicator, std::string detail, Bilingual reason) {
  refused_.push_back(
      {indicator.origin, indicator.id, indicator.name, std::move(detail), std::move(reason)});
}

void IndicatorSet::take(Indicator indicator, std::string_view pattern,
                        std::string_view pattern_type, stix::Version version) {
  if (!is_latest(indicator)) return;
  if (pattern_type != "stix") {
    refuse(indicator, std::string(pattern_type),
           {"patterns of this type are not applied", "この種類のパターンは適用しません"});
    return;
  }
  auto parsed = stix::parse_pattern(pattern, version);
  if (!parsed) {
    refuse(indicator, parsed.error().detail, parsed.error().advice);
    return;
  }
  if (stix::holds_impossible_test(*parsed)) {
    refuse(indicator, {},
           {"nothing can fit one of its [ ]: AND joins different types of objects, or ISSUBSET or "
            "ISSUPERSET names no network",
            "合うもののない [ ] があります。異なる型のオブジェクトを AND で結んでいるか、"
            "ISSUBSET・ISSUPERSET の値がネットワークではありません"});
    return;
  }
  indicator.pattern = *std::move(parsed);
  indicators_.push_back(std::move(indicator));
}

}  // namespace konseki
