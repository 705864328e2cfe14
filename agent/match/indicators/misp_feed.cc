#include "agent/match/indicators/misp_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "agent/match/indicators/json_feed.h"
#include "agent/match/indicators/marking.h"
#include "agent/match/indicators/misp_types.h"
#include "agent/match/indicators/pattern_text.h"
#include "agent/match/indicators/value_fields.h"
#include "agent/match/stix/pattern_parser.h"

namespace konseki {
namespace {

using stix::Value;

struct Event {
  std::string uuid;
  std::string info;
  std::string organisation;
  std::vector<std::string> tags;
};

std::vector<std::string> tag_names(const Value& holder) {
  std::vector<std::string> out;
  for (const Value& tag : items_of(holder, "Tag")) {
    if (std::string name = text_of(tag, "name"); !name.empty()) out.push_back(std::move(name));
  }
  return out;
}

// Whether the value at `path` stands directly in an event; `name` is its last step then.
bool in_event(std::string_view path, std::string_view& name) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return false;
  name = path.substr(slash + 1);
  const std::string_view parent = path.substr(0, slash);
  return parent.empty() || parent.ends_with("/Event") || parent == "/*" || parent == "/response/*";
}

// What both readings have in common: which event we are in.
class EventVisitor : public JsonVisitor {
 public:
  JsonTake wants(std::string_view path, JsonShape shape) override {
    if (path.empty() && ++values_ > 1) ++event_;  // JSON Lines: an event each
    if (path.empty() || path == "/response") return JsonTake::kEnter;
    const bool is_element = path == "/*" || path == "/response/*";
    if (shape == JsonShape::kObject && (path.ends_with("/Event") || is_element)) {
      // An element may only wrap an event; then the event inside it counts.
      if (!path.ends_with("/Event") || !wrapped_) ++event_;
      wrapped_ = is_element;
      return JsonTake::kEnter;
    }
    std::string_view name;
    if (path == "/response/Attribute") return lists("Attribute", shape);
    if (path.ends_with("/Attribute/*")) return element("Attribute", shape);
    if (path.ends_with("/Object/*")) return element("Object", shape);
    if (!in_event(path, name)) return JsonTake::kSkip;
    wrapped_ = false;
    if (name == "Attribute" || name == "Object") return lists(name, shape);
    return shape == JsonShape::kScalar || name == "Orgc" || name == "Tag" ? fact()
                                                                          : JsonTake::kSkip;
  }

 protected:
  virtual JsonTake lists(std::string_view name, JsonShape shape) = 0;
  virtual JsonTake element(std::string_view name, JsonShape shape) = 0;
  virtual JsonTake fact() = 0;  // of the event
  std::size_t event_ = 0;

 private:
  bool wrapped_ = false;
  std::size_t values_ = 0;
};

class EventSurvey : public EventVisitor {
 public:
  void take(const JsonPlace& place, Value&& value) override {
    std::string_view name;
    if (!in_event(place.path, name)) return;
    if (events.size() <= event_) events.resize(event_ + 1);
    Event& event = events[event_];
    if (name == "uuid") event.uuid = std::move(value.text);
    if (name == "info") event.info = std::move(value.text);
    if (name == "Orgc") event.organisation = text_of(value, "name");
    if (name == "Tag") {
      for (const Value& tag : value.items) event.tags.push_back(text_of(tag, "name"));
    }
  }
  void too_large(const JsonPlace&) override {}

  std::vector<Event> events;

 protected:
  JsonTake lists(std::string_view, JsonShape) override { return JsonTake::kSkip; }
  JsonTake element(std::string_view, JsonShape) override { return JsonTake::kSkip; }
  JsonTake fact() override { return JsonTake::kWhole; }
};

class AttributeReader : public EventVisitor {
 public:
  AttributeReader(const std::vector<Event>& events, const FeedOptions& options, IndicatorSink& sink,
                  FeedReport& report)
      : events_(events), options_(options), sink_(sink), report_(report) {}

  void take(const JsonPlace& place, Value&& value) override {
    if (place.path.ends_with("/Object/*") || place.path.ends_with("/Object")) {
      if (flag_of(value, "deleted").value_or(false)) return;
      for (const Value& attribute : items_of(value, "Attribute")) {
        use(attribute, text_of(value, "name"));
      }
    } else {
      use(value, {});
    }
  }

  void too_large(const JsonPlace& place) override {
    IndicatorInfo info;
    info.file = report_.file;
    sink_.refuse(std::move(info), fmt::format("line {}", place.line),
                 {"an attribute or object larger than 64 MiB is not read",
                  "64 MiB を超える属性・オブジェクトは読み込みません"});
  }

  std::uint64_t attributes() const { return attributes_; }

 protected:
  JsonTake lists(std::string_view, JsonShape shape) override {
    return shape == JsonShape::kList     ? JsonTake::kEnter
           : shape == JsonShape::kObject ? JsonTake::kWhole
                                         : JsonTake::kSkip;
  }
  JsonTake element(std::string_view, JsonShape shape) override {
    return shape == JsonShape::kObject ? JsonTake::kWhole : JsonTake::kSkip;
  }
  JsonTake fact() override { return JsonTake::kSkip; }

 private:
  void use(const Value& attribute, const std::string& object) {
    ++attributes_;
    if (flag_of(attribute, "deleted").value_or(false)) {
      ++report_.not_detection;
      return;
    }
    const std::string type = text_of(attribute, "type");
    if (!flag_of(attribute, "to_ids").value_or(is_misp_detection_type(type))) {
      ++report_.not_detection;
      return;
    }
    give_misp_target(info_of(attribute, object), type, text_of(attribute, "value"), options_,
                     sink_);
  }

  IndicatorInfo info_of(const Value& attribute, const std::string& object) const {
    static const Event kNone;
    const Event& event = event_ < events_.size() ? events_[event_] : kNone;
    IndicatorInfo info;
    info.file = report_.file;
    info.id = text_of(attribute, "uuid");
    info.source = event.organisation;
    info.name = event.info;
    if (const Value* own = attribute.find("Event"); own != nullptr && info.name.empty()) {
      info.name = text_of(*own, "info");
    }
    if (const std::string comment = text_of(attribute, "comment"); !comment.empty()) {
      info.name += info.name.empty() ? comment : ": " + comment;
    }
    if (std::string category = text_of(attribute, "category"); !category.empty()) {
      info.labels.push_back(std::move(category));
    }
    if (!object.empty()) info.labels.push_back("object=" + object);
    for (const std::string& tag : tag_names(attribute)) apply_misp_tag(tag, info);
    const bool has_own_marking = !info.markings.empty();
    for (const std::string& tag : event.tags) {
      if (has_own_marking && !tlp_of_word(tag).empty()) continue;
      apply_misp_tag(tag, info);
    }
    info.valid_from = parse_feed_time(text_of(attribute, "first_seen"));
    info.valid_until = parse_feed_time(text_of(attribute, "last_seen"));
    for (const Value& sighting : items_of(attribute, "Sighting")) {
      if (text_of(sighting, "type") == "2") {  // expiration
        info.valid_until = parse_feed_time(text_of(sighting, "date_sighting"));
      } else if (text_of(sighting, "type") == "1") {
        info.labels.emplace_back("sighting=false-positive");
      }
    }
    info.modified = parse_feed_time(text_of(attribute, "timestamp")).value_or(stix::kDistantPast);
    return info;
  }

  const std::vector<Event>& events_;
  const FeedOptions& options_;
  IndicatorSink& sink_;
  FeedReport& report_;
  std::uint64_t attributes_ = 0;
};

class ManifestReader : public JsonVisitor {
 public:
  JsonTake wants(std::string_view path, JsonShape) override {
    if (path.empty()) return JsonTake::kEnter;
    uuids.emplace_back(path.substr(1));
    return JsonTake::kSkip;
  }
  void take(const JsonPlace&, Value&&) override {}
  void too_large(const JsonPlace&) override {}

  std::vector<std::string> uuids;
};

// "T1059.001" inside a tag of the ATT&CK galaxy.
std::string technique_in(std::string_view tag) {
  for (std::size_t at = tag.find('T'); at != std::string_view::npos; at = tag.find('T', at + 1)) {
    std::size_t end = at + 1;
    while (end < tag.size() && (std::isdigit(static_cast<unsigned char>(tag[end])) != 0)) ++end;
    if (end - at != 5) continue;
    const bool has_sub = tag.substr(end).starts_with('.') && tag.size() >= end + 4 &&
                         std::isdigit(static_cast<unsigned char>(tag[end + 1])) != 0;
    return std::string(tag.substr(at, has_sub ? 9 : 5));
  }
  return {};
}

}  // namespace

void apply_misp_tag(const std::string& tag, IndicatorInfo& info) {
  struct Grade {
    std::string_view word;
    int confidence;
  };
  static constexpr std::array<Grade, 5> kGrades{{{"completely-confident", 100},
                                                 {"usually-confident", 75},
                                                 {"fairly-confident", 50},
                                                 {"rarely-confident", 25},
                                                 {"unconfident", 0}}};
  if (const std::string tlp = tlp_of_word(tag); !tlp.empty()) {
    if (std::find(info.markings.begin(), info.markings.end(), tlp) == info.markings.end()) {
      info.markings.push_back(tlp);
    }
    return;
  }
  if (tag.starts_with("misp:confidence-level=")) {
    for (const Grade& grade : kGrades) {
      if (tag.find("\"" + std::string(grade.word) + "\"") != std::string::npos) {
        info.confidence = grade.confidence;
      }
    }
  }
  if (tag.find("attack-pattern=") != std::string::npos && info.technique.empty()) {
    info.technique = technique_in(tag);
  }
  info.labels.push_back(tag);
}

void give_misp_target(IndicatorInfo info, std::string_view type, std::string_view value,
                      const FeedOptions& options, IndicatorSink& sink) {
  auto target = misp_target(type, value);
  if (!target) {
    std::string detail(type);
    if (target.error().code == ErrorCode::kInvalidArgument) detail += " " + target.error().detail;
    sink.refuse(std::move(info), std::move(detail), std::move(target.error().advice));
    return;
  }
  if (!target->yara.empty()) {
    sink.take_yara(std::move(info), std::move(target->yara));
  } else if (!target->atoms.empty()) {
    sink.take(std::move(info), std::move(target->atoms));
  } else {
    auto pattern = stix::parse_pattern(target->pattern, stix::Version::k21);
    if (!pattern) {
      sink.refuse(std::move(info), std::string(type) + " " + pattern.error().detail,
                  std::move(pattern.error().advice));
      return;
    }
    if (options.atoms) {
      if (auto atoms = atoms_of_pattern(*pattern)) {
        sink.take(std::move(info), *std::move(atoms));
        return;
      }
    }
    sink.take(std::move(info), *std::move(pattern));
  }
}

void read_misp_feed(FeedText& text, const FeedOptions& options, IndicatorSink& sink,
                    FeedReport& report) {
  EventSurvey survey;
  (void)read_json_feed(text, survey);  // the second reading tells of damage
  text.rewind();
  AttributeReader reader(survey.events, options, sink, report);
  const auto read = read_json_feed(text, reader);
  if (!read) report.error = read.error();
  if (reader.attributes() == 0 && read) {
    report.notes.push_back({"the event holds no attribute", "イベントに属性がありません"});
  }
}

void read_misp_manifest(FeedText& text, const std::vector<std::string>& names, FeedReport& report) {
  ManifestReader manifest;
  const auto read = read_json_feed(text, manifest);
  if (!read) report.error = read.error();
  std::size_t missing = 0;
  for (const std::string& uuid : manifest.uuids) {
    const bool is_here = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return name.ends_with(uuid + ".json");
    });
    if (!is_here) ++missing;
  }
  report.notes.push_back(
      {fmt::format("list of contents of a MISP feed: {} events, {} of them not among the files "
                   "given",
                   manifest.uuids.size(), missing),
       fmt::format("MISP フィードの目録: イベント {} 件、うち {} 件のファイルがありません",
                   manifest.uuids.size(), missing)});
}

}  // namespace konseki
