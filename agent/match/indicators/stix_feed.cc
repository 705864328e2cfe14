#include "agent/match/indicators/stix_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/match/indicators/pattern_text.h"
#include "agent/match/indicators/stix_object_atoms.h"
#include "agent/match/indicators/stix_objects.h"
#include "agent/match/indicators/value_fields.h"
#include "agent/match/stix/pattern_parser.h"

namespace konseki {
namespace {

using stix::Value;

class StixReader {
 public:
  StixReader(const FeedOptions& options, StixSurvey& survey, IndicatorSink& sink,
             FeedReport& report)
      : options_(options), survey_(survey), sink_(sink), report_(report) {}

  void use(const Value& object, const StixPlace& place) {
    ++objects_;
    if (object.kind == Value::Kind::kText) {
      bare(object.text, place);
      return;
    }
    const std::string type = text_of(object, "type");
    if (type == "indicator") {
      indicator(object, place);
    } else if (is_observable_type(type) && !survey_.is_excluded(text_of(object, "id"))) {
      observable(object, type, place);
    } else {
      ++others_;
    }
  }

  void too_large(std::uint64_t line) {
    IndicatorInfo info;
    info.file = report_.file;
    sink_.refuse(std::move(info), fmt::format("line {}", line),
                 {"an object larger than 64 MiB or nested deeper than 64 is not read",
                  "64 MiB を超えるか入れ子が 64 段を超えるオブジェクトは読み込みません"});
  }

  void finish() {
    if (objects_ > 0 && objects_ == others_) {
      report_.notes.push_back(
          {fmt::format("{} objects, none of them an indicator or an observable", objects_),
           fmt::format("オブジェクト {} 件のうち、インジケータと観測対象はありません", objects_)});
    }
  }

 private:
  IndicatorInfo info_of(const Value& object) {
    IndicatorInfo info;
    info.file = report_.file;
    info.id = text_of(object, "id");
    info.name = text_of(object, "name");
    info.name_ja = survey_.japanese_name_of(info.id);
    if (info.name_ja.empty() && text_of(object, "lang").starts_with("ja")) info.name_ja = info.name;
    info.source = survey_.name_of(text_of(object, "created_by_ref"));
    info.technique = survey_.technique_of(info.id);
    info.types = texts_of(object, "indicator_types");
    info.labels = texts_of(object, "labels");
    std::vector<std::string> refs = texts_of(object, "object_marking_refs");
    for (const Value& granular : items_of(object, "granular_markings")) {
      refs.push_back(text_of(granular, "marking_ref"));
    }
    for (const std::string& ref : refs) {
      std::string label = survey_.marking_of(ref);
      if (!label.empty() &&
          std::find(info.markings.begin(), info.markings.end(), label) == info.markings.end()) {
        info.markings.push_back(std::move(label));
      }
    }
    if (const auto confidence = number_of(object, "confidence")) {
      info.confidence = static_cast<int>(std::clamp<std::int64_t>(*confidence, 0, 100));
    }
    info.valid_from = parse_feed_time(text_of(object, "valid_from"));
    info.valid_until = parse_feed_time(text_of(object, "valid_until"));
    info.modified = parse_feed_time(text_of(object, "modified")).value_or(stix::kDistantPast);
    info.revoked = flag_of(object, "revoked").value_or(false);
    return info;
  }

  // An element of a list that is text: a pattern, or a value as in a list of lines.
  void bare(const std::string& text, const StixPlace& place) {
    IndicatorInfo info;
    info.file = report_.file;
    info.id = fmt::format("{}#{}", report_.file, objects_);
    if (!text.starts_with('[') && !text.starts_with('(')) {
      if (auto atom = guess_atom(text)) {
        sink_.take(std::move(info), {*std::move(atom)});
        return;
      }
    }
    pattern(std::move(info), text, place.version);
  }

  void indicator(const Value& object, const StixPlace& place) {
    IndicatorInfo info = info_of(object);
    if (!survey_.take_latest(info.id, info.modified)) {
      ++report_.superseded;
      return;
    }
    if (info.id.empty()) info.id = fmt::format("{}#{}", report_.file, objects_);
    // 2.0 calls the types labels.
    if (place.version == stix::Version::k20 && info.types.empty()) info.types = info.labels;
    const Value* type = object.find("pattern_type");
    const std::string language = type == nullptr ? "stix" : type->text;
    const std::string text = text_of(object, "pattern");
    if (language == "stix") {
      pattern(std::move(info), text, place.version);
    } else if (language == "yara") {
      sink_.take_yara(std::move(info), text);
    } else if (language == "sigma") {
      sink_.refuse(std::move(info), language,
                   {"Sigma rules are not applied here; the feed keeps them for tools that do",
                    "Sigma ルールはここでは適用しません (対応するツール向けにフィードに残ります)"});
    } else {
      sink_.refuse(std::move(info), language,
                   {"patterns of this type are not applied", "この種類のパターンは適用しません"});
    }
  }

  void pattern(IndicatorInfo info, const std::string& text, stix::Version version) {
    auto parsed = stix::parse_pattern(text, version);
    if (!parsed) {
      sink_.refuse(std::move(info), parsed.error().detail, parsed.error().advice);
      return;
    }
    if (stix::holds_impossible_test(*parsed)) {
      sink_.refuse(std::move(info), {},
                   {"nothing can fit one of its [ ]: AND joins different types of objects, or "
                    "ISSUBSET or ISSUPERSET names no network",
                    "合うもののない [ ] があります。異なる型のオブジェクトを AND で結んでいるか、"
                    "ISSUBSET・ISSUPERSET の値がネットワークではありません"});
      return;
    }
    if (options_.atoms) {
      if (auto atoms = atoms_of_pattern(*parsed)) {
        sink_.take(std::move(info), *std::move(atoms));
        return;
      }
    }
    sink_.take(std::move(info), *std::move(parsed));
  }

  void observable(const Value& object, const std::string& type, const StixPlace& place) {
    IndicatorInfo info = info_of(object);
    ObjectAtoms found = atoms_of_object(object);
    if (!found.atoms.empty()) {
      sink_.take(std::move(info), std::move(found.atoms));
    } else if (!found.reason.empty()) {
      if (info.id.empty()) info.id = fmt::format("{} line {}", type, place.line);
      sink_.refuse(std::move(info), std::move(found.detail), std::move(found.reason));
    } else {
      ++others_;
    }
  }

  const FeedOptions& options_;
  StixSurvey& survey_;
  IndicatorSink& sink_;
  FeedReport& report_;
  std::uint64_t objects_ = 0;
  std::uint64_t others_ = 0;
};

}  // namespace

void read_stix_feed(FeedText& text, const FeedOptions& options, StixSurvey& survey,
                    IndicatorSink& sink, FeedReport& report) {
  StixReader reader(options, survey, sink, report);
  const auto read = for_each_stix_object(
      text, [&](Value&& object, const StixPlace& place) { reader.use(object, place); },
      [&](std::uint64_t line) { reader.too_large(line); });
  if (!read) report.error = read.error();
  reader.finish();
}

}  // namespace konseki
