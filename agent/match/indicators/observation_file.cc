#include "agent/match/indicators/observation_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "agent/match/indicators/feed_text.h"
#include "agent/match/indicators/stix_objects.h"
#include "agent/match/indicators/value_fields.h"

namespace konseki {
namespace {

using stix::Value;

std::optional<stix::Instant> instant_of(const Value& dictionary, std::string_view name) {
  return stix::parse_instant(text_of(dictionary, name));
}

}  // namespace

const stix::ObservedObject* ObservationSet::keep(std::string id, Value properties) {
  std::string type = text_of(properties, "type");
  objects_.push_back({std::move(id), std::move(type), std::move(properties)});
  return &objects_.back();
}

Result<void> ObservationSet::add(ByteReader& reader, const std::string& file) {
  last_count_ = 0;
  FeedText text(reader);
  return for_each_stix_object(
      text, [&](Value&& object, const StixPlace&) { use(std::move(object), file); },
      [&](std::uint64_t line) {
        problems_.push_back({file,
                             {},
                             {},
                             fmt::format("line {}", line),
                             {"an object larger than 64 MiB or nested deeper than 64 is not read",
                              "64 MiB を超えるか入れ子が 64 段を超えるオブジェクトは"
                              "読み込みません"}});
      });
}

void ObservationSet::use(Value object, const std::string& file) {
  std::string id = text_of(object, "id");
  // Told by what it holds: older tools give containers of observed objects other type names.
  if (text_of(object, "type") == "observed-data" || object.find("first_observed") != nullptr) {
    ++last_count_;
    add_observation(std::move(id), std::move(object), file);
  } else if (!id.empty()) {
    const stix::ObservedObject* kept = keep(id, std::move(object));
    by_id_.try_emplace(std::move(id), kept);
  }
}

void ObservationSet::add_observation(std::string id, Value observed, const std::string& file) {
  stix::Observation observation;
  observation.id = id.empty() ? fmt::format("{}#{}", file, last_count_) : std::move(id);
  observation.origin = file;
  const auto refuse = [&](std::string_view property, Bilingual reason) {
    problems_.push_back({file, observation.id, {}, std::string(property), std::move(reason)});
  };
  const auto first = instant_of(observed, "first_observed");
  const auto last = instant_of(observed, "last_observed");
  if (!first || !last) {
    return refuse(first ? "last_observed" : "first_observed",
                  {"observed-data without a valid timestamp is not looked at",
                   "有効な時刻がない observed-data は照合できません"});
  }
  if (*last < *first) {
    return refuse("last_observed", {"observed-data that ends before it begins is not looked at",
                                    "終わりが始まりより前の observed-data は照合できません"});
  }
  observation.first = *first;
  observation.last = *last;
  if (const Value* count = observed.find("number_observed")) {
    if (count->kind != Value::Kind::kInteger || count->integer < 1) {
      return refuse("number_observed", {"observed-data without a valid count is not looked at",
                                        "有効な回数がない observed-data は照合できません"});
    }
    observation.count = static_cast<std::uint64_t>(count->integer);
  }
  Links links;
  if (const Value* refs = observed.find("object_refs")) {
    for (const Value& ref : refs->items) {
      if (ref.kind == Value::Kind::kText) links.refs.push_back(ref.text);
    }
  }
  if (const Value* embedded = observed.find("objects")) {
    for (std::size_t i = 0; i < embedded->names.size(); ++i) {
      links.embedded.push_back(keep(embedded->names[i], embedded->items[i]));
    }
  }
  observations_.push_back(std::move(observation));
  links_.push_back(std::move(links));
}

void ObservationSet::link() {
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    std::vector<const stix::ObservedObject*> objects = std::move(links_[i].embedded);
    std::size_t missing = 0;
    for (const std::string& ref : links_[i].refs) {
      const auto found = by_id_.find(ref);
      if (found != by_id_.end()) {
        objects.push_back(found->second);
      } else if (ref.find("relationship--") == std::string::npos &&
                 ref.find("sighting--") == std::string::npos) {
        ++missing;
      }
    }
    if (missing > 0) {
      problems_.push_back({observations_[i].origin,
                           observations_[i].id,
                           {},
                           fmt::format("{}", missing),
                           {"objects that object_refs names are missing from the input",
                            "object_refs が指すオブジェクトが入力にありません"}});
    }
    observations_[i].set_objects(std::move(objects));
  }
  links_.clear();
}

}  // namespace konseki
