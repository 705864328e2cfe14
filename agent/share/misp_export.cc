#include "agent/share/misp_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "agent/base/unicode.h"
#include "agent/base/uuid.h"

namespace konseki {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSpace = "8d3cb6f8-37f3-4a8e-8c0c-0d8c7be2a2f7";  // our own
// The object template "file" as MISP publishes it.
constexpr std::string_view kFileTemplate = "688c46fb-5edb-40a3-8273-1af7923e2215";
constexpr std::string_view kFileTemplateVersion = "24";

struct MispType {
  std::string_view kind;  // Observable::type
  std::string_view type;  // of the attribute
  std::string_view category;
  bool to_ids;  // fit for detection as it is
};
constexpr auto kTypes = std::to_array<MispType>({
    {"md5", "md5", "Payload delivery", true},
    {"sha1", "sha1", "Payload delivery", true},
    {"sha256", "sha256", "Payload delivery", true},
    {"imphash", "imphash", "Payload delivery", true},
    {"file-name", "filename", "Payload delivery", true},
    {"file-path", "filename", "Payload delivery", true},
    {"domain-name", "domain", "Network activity", true},
    {"ip-address", "ip-dst", "Network activity", true},
    {"ip-network", "ip-dst", "Network activity", true},
    {"url", "url", "Network activity", true},
    {"user-agent", "user-agent", "Network activity", true},
    {"email-addr", "email-src", "Payload delivery", true},
    {"email-subject", "email-subject", "Payload delivery", false},
    {"registry-key", "regkey", "Persistence mechanism", true},
    {"mutex", "mutex", "Artifacts dropped", true},
    {"named-pipe", "named pipe", "Artifacts dropped", false},
    {"service-name", "windows-service-name", "Artifacts dropped", false},
    {"task-name", "windows-scheduled-task", "Artifacts dropped", false},
    {"stix-pattern", "stix2-pattern", "Artifacts dropped", true},
});

// What MISP has no type for is told as text.
MispType type_of(const Observable& listed) {
  const auto* const found = std::find_if(
      kTypes.begin(), kTypes.end(), [&](const MispType& each) { return each.kind == listed.type; });
  MispType out = found == kTypes.end() ? MispType{{}, "text", "Other", false} : *found;
  if (listed.port != 0 && out.type == "domain") out.type = "hostname|port";
  if (listed.port != 0 && out.type == "ip-dst") out.type = "ip-dst|port";
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

Json tag(std::string name) { return {{"name", to_well_formed(name)}}; }

class Event {
 public:
  Event(const SharedFindings& shared, const ShareOptions& options, MispReport& report)
      : shared_(shared), options_(options), report_(report) {}

  std::string run() {
    for (const SharedFinding& each : shared_.findings) {
      if (each.file) add_file(each);
      add_attributes(each);
    }
    return document();
  }

 private:
  // Anonymised and full events of one bundle share no identifier.
  std::string uuid(std::string_view name) const {
    return uuid_of_name(kSpace, fmt::format("{}|{}|{}", shared_.run_id,
                                            options_.anonymous ? "anonymous" : "", name));
  }

  std::string timestamp() const { return std::to_string(shared_.taken.seconds); }

  Json tags_of(const SharedFinding& shared) const {
    Json tags = Json::array();
    tags.push_back(tag(lower(tlp_of(shared, options_))));
    // The galaxy's own tag holds the technique's name as well; the id alone is what is known.
    if (!shared.finding.technique.empty()) {
      tags.push_back(tag("mitre-attack:" + shared.finding.technique));
    }
    return tags;
  }

  std::string comment_of(const FindingSummary& finding) const {
    std::string out = finding.title;
    if (out.empty()) out = finding.rule;
    out += fmt::format(" (seen {} times", finding.count);
    for (const std::string& flag : finding.flags) out += ", " + flag;
    out += ")";
    if (!options_.anonymous && !finding.reason.en.empty()) out += " " + finding.reason.en;
    return to_well_formed(out);
  }

  Json sightings_of(const SharedFinding& shared, const std::string& name) {
    Json out = Json::array();
    const Timestamp first = first_seen(shared, shared_);
    const Timestamp last = last_seen(shared, shared_);
    for (const Timestamp& time : {first, last}) {
      if (!out.empty() && time.seconds == first.seconds) break;
      out.push_back({{"uuid", uuid(fmt::format("sighting|{}|{}", name, time.seconds))},
                     {"type", "0"},
                     {"source", "konseki"},
                     {"date_sighting", std::to_string(time.seconds)}});
      ++report_.sightings;
    }
    return out;
  }

  Json attribute(const std::string& name, const MispType& type, const std::string& value) {
    ++report_.attributes;
    return {{"uuid", uuid("attribute|" + name)},
            {"type", type.type},
            {"category", type.category},
            {"value", to_well_formed(value)},
            {"to_ids", type.to_ids},
            {"disable_correlation", false},
            {"distribution", "5"},
            {"timestamp", timestamp()}};
  }

  void add_attributes(const SharedFinding& shared) {
    const FindingSummary& finding = shared.finding;
    for (const Observable& listed : finding.listed) {
      const MispType type = type_of(listed);
      const std::string name =
          fmt::format("{}|{}|{}|{}", type.type, listed.value, listed.port, finding.rule);
      if (attributes_.contains(name)) continue;
      std::string value = listed.value;
      if (listed.port != 0) value += fmt::format("|{}", listed.port);
      Json made = attribute(name, type, value);
      made["comment"] = comment_of(finding);
      made["first_seen"] = first_seen(shared, shared_).iso8601();
      made["last_seen"] = last_seen(shared, shared_).iso8601();
      made["Tag"] = tags_of(shared);
      made["Sighting"] = sightings_of(shared, name);
      attributes_.emplace(name, std::move(made));
    }
  }

  void add_file(const SharedFinding& shared) {
    const SharedFile& file = *shared.file;
    const std::string name = "file|" + file.sha256 + "|" + shared.finding.path;
    if (objects_.contains(name)) return;
    Json object = {{"uuid", uuid(name)},
                   {"name", "file"},
                   {"meta-category", "file"},
                   {"template_uuid", kFileTemplate},
                   {"template_version", kFileTemplateVersion},
                   {"distribution", "5"},
                   {"timestamp", timestamp()},
                   {"comment", comment_of(shared.finding)}};
    Json members = Json::array();
    const auto add = [&](std::string_view relation, std::string_view type, const std::string& value,
                         bool to_ids) {
      if (value.empty()) return;
      Json made = attribute(
          name + "|" + std::string(relation),
          {{},
           type,
           relation == "size-in-bytes" || relation == "path" ? "Other" : "Payload delivery",
           to_ids},
          value);
      made["object_relation"] = relation;
      made["Tag"] = tags_of(shared);
      members.push_back(std::move(made));
    };
    const std::string& path = shared.finding.path;
    add("filename", "filename", path.substr(path.rfind('/') + 1), false);
    add("path", "text", path, false);
    add("md5", "md5", file.md5, true);
    add("sha1", "sha1", file.sha1, true);
    add("sha256", "sha256", file.sha256, true);
    if (file.size) add("size-in-bytes", "size-in-bytes", std::to_string(*file.size), false);
    object["Attribute"] = std::move(members);
    objects_.emplace(name, std::move(object));
    ++report_.objects;
  }

  std::string document() {
    const bool named = !options_.organization.empty();
    const std::string organization = named ? options_.organization : "Konseki";
    Rating worst = Rating::kInfo;
    for (const SharedFinding& each : shared_.findings)
      worst = std::min(worst, each.finding.severity);
    std::string tlp = options_.tlp;
    for (const SharedFinding& each : shared_.findings) {
      tlp = stricter_tlp(tlp, tlp_of(each, options_));
    }
    // 1 high, 2 medium, 3 low, 4 undefined.
    const int threat = worst <= Rating::kHigh     ? 1
                       : worst == Rating::kMedium ? 2
                       : worst == Rating::kLow    ? 3
                                                  : 4;
    std::string info = "Konseki findings";
    if (!shared_.hostname.empty()) info += " on " + shared_.hostname;
    Json event = {{"uuid", uuid("event")},
                  {"info", to_well_formed(info)},
                  {"date", shared_.taken.iso8601().substr(0, 10)},
                  {"threat_level_id", std::to_string(threat)},
                  {"analysis", "1"},
                  {"distribution", "0"},
                  {"published", false},
                  {"timestamp", timestamp()},
                  {"Orgc",
                   {{"name", to_well_formed(organization)},
                    {"uuid", uuid_of_name(kSpace, "organization|" + organization)}}}};
    event["Tag"] = {tag(lower(tlp))};
    Json attributes = Json::array();
    for (auto& [name, each] : attributes_) attributes.push_back(std::move(each));
    Json objects = Json::array();
    for (auto& [name, each] : objects_) objects.push_back(std::move(each));
    event["Attribute"] = std::move(attributes);
    event["Object"] = std::move(objects);
    return Json({{"Event", std::move(event)}}).dump(1) + "\n";
  }

  const SharedFindings& shared_;
  const ShareOptions& options_;
  MispReport& report_;
  std::map<std::string, Json> attributes_;
  std::map<std::string, Json> objects_;
};

}  // namespace

std::string misp_event(const SharedFindings& shared, const ShareOptions& options,
                       MispReport& report) {
  return Event(shared, options, report).run();
}

}  // namespace konseki
