#include <algorithm>
#include <array>

#include "agent/match/indicators/marking.h"
#include "agent/match/indicators/stix_feed.h"
#include "agent/match/indicators/stix_object_atoms.h"
#include "agent/match/indicators/stix_objects.h"
#include "agent/match/indicators/value_fields.h"

namespace konseki {
namespace {

using stix::Value;

// References to what the victim has, not the attacker.
constexpr std::array<std::string_view, 2> kBystander = {"src_ref", "creator_user_ref"};
constexpr std::array<std::string_view, 3> kBystanders = {"to_refs", "cc_refs", "bcc_refs"};

std::string found_in(const std::map<std::string, std::string>& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? std::string() : found->second;
}

std::string attack_id_of(const Value& object) {
  for (const Value& reference : items_of(object, "external_references")) {
    if (text_of(reference, "source_name").starts_with("mitre-")) {
      return text_of(reference, "external_id");
    }
  }
  return {};
}

std::string label_of_marking(const Value& marking) {
  if (const Value* definition = marking.find("definition")) {
    if (std::string tlp = tlp_of_word(text_of(*definition, "tlp")); !tlp.empty()) return tlp;
  }
  if (const Value* extensions = marking.find("extensions")) {
    for (const Value& extension : extensions->items) {
      const std::string tlp = tlp_of_word(text_of(extension, "tlp_2_0"));
      if (!tlp.empty()) return tlp;
    }
  }
  return {};
}

}  // namespace

void StixSurvey::add(FeedText& text) {
  // Damage is told by the reading that follows.
  (void)for_each_stix_object(
      text, [this](Value&& object, const StixPlace&) { look_at(object); }, [](std::uint64_t) {});
}

void StixSurvey::look_at(const Value& object) {
  const std::string type = text_of(object, "type");
  const std::string id = text_of(object, "id");
  if (type == "indicator") {
    const auto modified = parse_feed_time(text_of(object, "modified"));
    Version& version = versions_[id];
    version.modified = std::max(version.modified, modified.value_or(stix::kDistantPast));
  } else if (type == "identity") {
    identities_[id] = text_of(object, "name");
  } else if (type == "marking-definition") {
    if (std::string label = label_of_marking(object); !label.empty()) markings_[id] = label;
  } else if (type == "attack-pattern") {
    if (std::string technique = attack_id_of(object); !technique.empty()) {
      techniques_[id] = technique;
    }
  } else if (type == "relationship") {
    const std::string target = text_of(object, "target_ref");
    if (target.starts_with("attack-pattern--") &&
        text_of(object, "source_ref").starts_with("indicator--")) {
      indicates_[text_of(object, "source_ref")] = target;
    }
  } else if (type == "language-content") {
    const Value* contents = object.find("contents");
    const Value* japanese = contents == nullptr ? nullptr : contents->find("ja");
    if (japanese != nullptr) {
      japanese_[text_of(object, "object_ref")] = text_of(*japanese, "name");
    }
  } else if (type == "observed-data") {
    for (std::string& ref : texts_of(object, "object_refs")) excluded_.insert(std::move(ref));
  } else if (is_observable_type(type)) {
    for (const std::string_view name : kBystander) {
      if (std::string ref = text_of(object, name); !ref.empty()) excluded_.insert(std::move(ref));
    }
    for (const std::string_view name : kBystanders) {
      for (std::string& ref : texts_of(object, name)) excluded_.insert(std::move(ref));
    }
  }
}

std::string StixSurvey::name_of(const std::string& identity) const {
  const std::string name = found_in(identities_, identity);
  return name.empty() ? identity : name;
}

std::string StixSurvey::marking_of(const std::string& ref) const {
  if (const std::string_view tlp = tlp_of_marking_ref(ref); !tlp.empty()) return std::string(tlp);
  const std::string label = found_in(markings_, ref);
  return label.empty() ? ref : label;
}

std::string StixSurvey::japanese_name_of(const std::string& id) const {
  return found_in(japanese_, id);
}

std::string StixSurvey::technique_of(const std::string& indicator) const {
  return found_in(techniques_, found_in(indicates_, indicator));
}

bool StixSurvey::is_excluded(const std::string& id) const { return excluded_.contains(id); }

bool StixSurvey::take_latest(const std::string& id, stix::Instant modified) {
  if (id.empty()) return true;
  Version& version = versions_[id];
  if (version.taken || modified < version.modified) return false;
  version.taken = true;
  return true;
}

}  // namespace konseki
