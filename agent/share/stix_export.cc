#include "agent/share/stix_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "agent/base/unicode.h"
#include "agent/base/uuid.h"
#include "agent/match/indicators/marking.h"
#include "agent/match/indicators/pattern_text.h"
#include "agent/share/stix_id.h"
#include "agent/share/stix_observables.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMostCount = 999'999'999;  // STIX 2.1: of sightings and observed data
constexpr std::string_view kTlpExtension =
    "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

bool is_stix_indicator(std::string_view id) {
  constexpr std::string_view kType = "indicator--";
  return id.starts_with(kType) && is_uuid(id.substr(kType.size()));
}

// Nothing where STIX has no form for the values.
std::optional<std::string> pattern_of(const std::vector<Observable>& listed) {
  std::string out;
  for (const Observable& each : listed) {
    std::optional<std::string> one;
    if (each.type == "stix-pattern") {
      one = each.value;
    } else if (const auto type = atom_type_of_name(each.type)) {
      Atom atom{*type, to_well_formed(each.value), {}, {}};
      if (each.port != 0) atom.port = each.port;
      one = pattern_text_of_atom(atom);
    }
    if (!one) continue;
    if (!out.empty()) out += " OR ";
    out += *one;
  }
  if (out.empty()) return std::nullopt;
  return out;
}

class StixBundle {
 public:
  StixBundle(const SharedFindings& shared, const ShareOptions& options, StixReport& report)
      : shared_(shared), options_(options), report_(report), now_(millisecond_text(shared.taken)) {}

  std::string run() {
    creator_ = add_creator();
    if (!shared_.hostname.empty()) host_ = add_host();
    for (const SharedFinding& each : shared_.findings) add_sighting(each);
    for (const UnseenIndicator& each : shared_.unseen) add_unseen(each);
    return document();
  }

 private:
  // What every object of ours begins with.
  StixObject object(std::string_view type, const std::string& id) const {
    StixObject out = {{"type", type}, {"spec_version", "2.1"}, {"id", id}};
    if (!creator_.empty()) out["created_by_ref"] = creator_;
    out["created"] = now_;
    out["modified"] = now_;
    return out;
  }

  void put(StixObject object) {
    std::string id = object["id"].get<std::string>();
    if (!ids_.insert(std::move(id)).second) return;
    objects_.push_back(std::move(object));
  }

  std::string add_creator() {
    const bool named = !options_.organization.empty();
    const std::string name = named ? to_well_formed(options_.organization) : "Konseki";
    const std::string id = object_id("identity", "identity|" + name);
    StixObject identity = object("identity", id);
    // One identity for all bundles of a sharer: its times are its own.
    identity["created"] = identity["modified"] = "2026-01-01T00:00:00.000Z";
    identity["name"] = name;
    identity["identity_class"] = named ? "organization" : "system";
    put(std::move(identity));
    return id;
  }

  std::string add_host() {
    const std::string name = to_well_formed(shared_.hostname);
    const std::string id = object_id("identity", shared_.run_id + "|host|" + name);
    StixObject identity = object("identity", id);
    identity["name"] = name;
    identity["identity_class"] = "system";
    mark(identity, options_.tlp);
    put(std::move(identity));
    return id;
  }

  void mark(StixObject& object, std::string_view tlp) {
    const std::string id = std::string("marking-definition--") + std::string(marking_id_of(tlp));
    std::string word(tlp.substr(tlp.find(':') + 1));
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    StixObject marking = {{"type", "marking-definition"},
                          {"spec_version", "2.1"},
                          {"id", id},
                          {"created", "2022-10-01T00:00:00.000Z"},
                          {"name", tlp}};
    marking["extensions"][std::string(kTlpExtension)] = {{"extension_type", "property-extension"},
                                                         {"tlp_2_0", word}};
    put(std::move(marking));
    object["object_marking_refs"] = {id};
  }

  // The indicator that is sighted: its own id, or one that is written here. Empty: it has no form.
  std::string indicator_of(const std::string& rule, const std::string& origin,
                           const std::string& title, const std::string& technique, int confidence,
                           const std::vector<Observable>& listed, std::string_view tlp,
                           std::string_view valid_from) {
    if (is_stix_indicator(rule)) return rule;
    auto pattern = pattern_of(listed);
    if (!pattern) return {};
    *pattern = to_well_formed(*pattern);
    const std::string id = object_id("indicator", "indicator|" + rule + "|" + *pattern);
    if (ids_.contains(id)) return id;
    StixObject indicator = object("indicator", id);
    indicator["name"] = to_well_formed(title.empty() ? name_of(listed) : title);
    indicator["indicator_types"] = {"malicious-activity"};
    indicator["pattern"] = *pattern;
    indicator["pattern_type"] = "stix";
    indicator["pattern_version"] = "2.1";
    indicator["valid_from"] = valid_from;
    if (confidence > 0) indicator["confidence"] = confidence;
    StixObject references = StixObject::array();
    if (!technique.empty()) {
      references.push_back(
          {{"source_name", "mitre-attack"}, {"external_id", to_well_formed(technique)}});
    }
    if (!rule.empty() && !is_made_id(rule, listed)) {
      const std::size_t slash = origin.find_last_of("/\\");
      const std::string source = origin.substr(slash == std::string::npos ? 0 : slash + 1);
      references.push_back({{"source_name", to_well_formed(source.empty() ? "feed" : source)},
                            {"external_id", to_well_formed(rule)}});
    }
    if (!references.empty()) indicator["external_references"] = std::move(references);
    mark(indicator, tlp);
    put(std::move(indicator));
    ++report_.indicators;
    return id;
  }

  static std::string name_of(const std::vector<Observable>& listed) {
    std::string out = listed.front().type + " " + listed.front().value.substr(0, 120);
    if (listed.size() > 1) out += fmt::format(" and {} more", listed.size() - 1);
    return out;
  }

  // An id that was made of the value itself tells nothing that the pattern does not.
  static bool is_made_id(std::string_view rule, const std::vector<Observable>& listed) {
    return std::any_of(listed.begin(), listed.end(),
                       [&](const Observable& each) { return rule.starts_with(each.type + ":"); });
  }

  void add_sighting(const SharedFinding& shared) {
    const FindingSummary& finding = shared.finding;
    const std::string tlp = tlp_of(shared, options_);
    const std::string first = millisecond_text(first_seen(shared, shared_));
    const std::string last = millisecond_text(last_seen(shared, shared_));
    const std::string indicator =
        indicator_of(finding.rule, finding.origin, finding.title, finding.technique,
                     static_cast<int>(finding.score), finding.listed, tlp, first);
    if (indicator.empty()) {
      ++report_.unspeakable;
      return;
    }
    const std::uint64_t count = std::clamp<std::uint64_t>(finding.count, 1, kMostCount);
    // Times and counts are part of the name: another result is another sighting, never a second
    // version of this one with the same time.
    const std::string name =
        fmt::format("{}|{}|{}|{}|{}|{}|{}", shared_.run_id, options_.anonymous ? "anonymous" : "",
                    indicator, finding.path, count, first, last);
    const std::string observed = add_observed(shared, tlp, name, first, last, count);
    StixObject sighting = object("sighting", object_id("sighting", name));
    if (!options_.anonymous) sighting["description"] = to_well_formed(finding.reason.en);
    sighting["first_seen"] = first;
    sighting["last_seen"] = last;
    sighting["count"] = count;
    sighting["sighting_of_ref"] = indicator;
    if (!observed.empty()) sighting["observed_data_refs"] = {observed};
    if (!host_.empty()) sighting["where_sighted_refs"] = {host_};
    StixObject labels = StixObject::array();
    for (const std::string& flag : finding.flags) labels.push_back(to_well_formed(flag));
    if (!labels.empty()) sighting["labels"] = std::move(labels);
    if (finding.score > 0) sighting["confidence"] = static_cast<int>(finding.score);
    mark(sighting, tlp);
    put(std::move(sighting));
    ++report_.sightings;
  }

  std::string add_observed(const SharedFinding& shared, std::string_view tlp,
                           const std::string& name, const std::string& first,
                           const std::string& last, std::uint64_t count) {
    StixObservables seen = stix_observables(shared);
    if (seen.refs.empty()) return {};
    for (StixObject& each : seen.objects) put(std::move(each));
    const std::string id = object_id("observed-data", name);
    StixObject observed = object("observed-data", id);
    observed["first_observed"] = first;
    observed["last_observed"] = last;
    observed["number_observed"] = count;
    observed["object_refs"] = seen.refs;
    mark(observed, tlp);
    put(std::move(observed));
    ++report_.observed;
    return id;
  }

  // "Looked, not seen" is an answer too: count 0.
  void add_unseen(const UnseenIndicator& unseen) {
    std::string_view tlp = options_.tlp;
    for (const std::string& marking : unseen.info.markings) tlp = stricter_tlp(tlp, marking);
    const std::string indicator =
        indicator_of(unseen.info.id, unseen.info.file, unseen.info.name, unseen.info.technique,
                     indicator_score(unseen.info), unseen.listed, tlp, now_);
    if (indicator.empty()) {
      ++report_.unspeakable;
      return;
    }
    StixObject sighting =
        object("sighting", object_id("sighting", shared_.run_id + "|unseen|" + indicator));
    if (!shared_.looked.en.empty()) sighting["description"] = to_well_formed(shared_.looked.en);
    sighting["first_seen"] = now_;
    sighting["last_seen"] = now_;
    sighting["count"] = 0;
    sighting["sighting_of_ref"] = indicator;
    if (!host_.empty()) sighting["where_sighted_refs"] = {host_};
    mark(sighting, tlp);
    put(std::move(sighting));
    ++report_.sightings;
    ++report_.unseen;
  }

  std::string document() const {
    std::string body;
    for (const StixObject& each : objects_) {
      if (!body.empty()) body += ",\n";
      body += each.dump();
    }
    // The bundle is another one whenever anything in it is.
    return fmt::format("{{\"type\":\"bundle\",\"id\":\"{}\",\"objects\":[\n{}\n]}}\n",
                       object_id("bundle", body), body);
  }

  const SharedFindings& shared_;
  const ShareOptions& options_;
  StixReport& report_;
  std::string now_;
  std::string creator_;
  std::string host_;
  std::vector<StixObject> objects_;
  std::set<std::string> ids_;
};

}  // namespace

std::string stix_bundle(const SharedFindings& shared, const ShareOptions& options,
                        StixReport& report) {
  return StixBundle(shared, options, report).run();
}

}  // namespace konseki
