#include "agent/match/indicators/stix1_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "agent/match/indicators/cybox_object.h"
#include "agent/match/indicators/marking.h"
#include "agent/match/indicators/openioc_feed.h"
#include "agent/match/indicators/pattern_feed.h"
#include "agent/match/indicators/value_fields.h"
#include "agent/match/indicators/xml_document.h"

namespace konseki {
namespace {

constexpr int kMaxNesting = 32;
// Of one document, references followed: a few compositions that name each other multiply.
constexpr std::size_t kMaxParts = 2'000'000;

// Calls `use` for every element below `root`, in order; it answers whether to go inside. No
// recursion: the depth of a feed is not ours.
template <class Use>
void for_each_element(const pugi::xml_node& root, const Use& use) {
  pugi::xml_node node = root;
  for (;;) {
    const bool enter = node.type() == pugi::node_element && use(node);
    if (enter && node.first_child()) {
      node = node.first_child();
      continue;
    }
    while (node != root && !node.next_sibling()) node = node.parent();
    if (node == root) return;
    node = node.next_sibling();
  }
}

std::string type_uri(const pugi::xml_node& node) {
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    const std::string_view name = attribute.name();
    if (!name.ends_with(":type")) continue;
    const std::string_view value = attribute.value();
    const std::size_t colon = value.find(':');
    if (colon == std::string_view::npos) return {};
    return namespace_of_prefix(node, value.substr(0, colon));
  }
  return {};
}

void add_markings(const pugi::xml_node& handling, std::vector<std::string>& out) {
  for (const pugi::xml_node& marking : handling.children()) {
    for (const pugi::xml_node& structure : marking.children()) {
      std::string tlp = tlp_of_word(attribute_of(structure, "color"));
      if (!tlp.empty() && std::find(out.begin(), out.end(), tlp) == out.end()) {
        out.push_back(std::move(tlp));
      }
    }
  }
}

std::optional<int> confidence_of(std::string_view word) {
  if (word == "High") return 85;
  if (word == "Medium") return 50;
  if (word == "Low") return 15;
  const auto number = stix::Value::of(std::string(word));
  stix::Value holder = stix::Value::dictionary();
  holder.add("value", number);
  if (const auto parsed = number_of(holder, "value")) {
    return static_cast<int>(std::clamp<std::int64_t>(*parsed, 0, 100));
  }
  return std::nullopt;
}

class Stix1Reader {
 public:
  Stix1Reader(const FeedOptions& options, IndicatorSink& sink, FeedReport& report)
      : options_(options), sink_(sink), report_(report) {
    lookup_ = [this](std::string_view id) {
      const auto found = objects_.find(id);
      return found == objects_.end() ? pugi::xml_node() : found->second;
    };
  }

  void read(const pugi::xml_node& root) {
    index(root);
    add_markings(child_of(child_of(root, "STIX_Header"), "Handling"), markings_);
    source_ = child_text(
        child_of(child_of(child_of(root, "STIX_Header"), "Information_Source"), "Identity"),
        "Name");
    for_each_element(root, [&](const pugi::xml_node& node) { return visit(node); });
  }

 private:
  void index(const pugi::xml_node& root) {
    for_each_element(root, [&](const pugi::xml_node& node) {
      const std::string_view name = local_name(node.name());
      const std::string_view id = attribute_of(node, "id");
      if (!id.empty()) {
        if (name == "Observable") observables_.try_emplace(id, node);
        if (name == "Object" || name == "Related_Object") objects_.try_emplace(id, node);
        if (name == "TTP") ttps_.try_emplace(id, node);
        if (name == "Indicator") add_version(id, node);
      }
      const std::string_view idref = attribute_of(node, "idref");
      if (name == "Observable" && !idref.empty() && !is_characterization(node)) {
        claimed_.insert(idref);
      }
      return true;
    });
  }

  static bool is_characterization(const pugi::xml_node& node) {
    return local_name(node.parent().name()) == "Observable_Characterization";
  }

  void add_version(std::string_view id, const pugi::xml_node& node) {
    const auto [known, is_new] = indicators_.try_emplace(id, node);
    if (is_new) return;
    const auto time = [](const pugi::xml_node& each) {
      return parse_feed_time(attribute_of(each, "timestamp")).value_or(stix::kDistantPast);
    };
    if (time(node) > time(known->second)) known->second = node;
  }

  // Whether to look inside.
  bool visit(const pugi::xml_node& node) {
    const std::string_view name = local_name(node.name());
    if (name == "Indicator") {
      if (!attribute_of(node, "idref").empty()) return false;
      const std::string_view id = attribute_of(node, "id");
      const auto latest = indicators_.find(id);
      if (latest != indicators_.end() && latest->second != node) {
        ++report_.superseded;
      } else {
        indicator(node);
      }
      return false;
    }
    if (name == "Incident") {
      for_each_element(node, [&](const pugi::xml_node& inner) {
        if (local_name(inner.name()) == "Observable") ++report_.not_detection;
        return true;
      });
      return false;
    }
    if (name == "Observable") {
      const std::string_view id = attribute_of(node, "id");
      if (attribute_of(node, "idref").empty() && !claimed_.contains(id)) {
        IndicatorInfo info = base_info(node);
        info.name = child_text(node, "Title");
        give(std::move(info), observable(node, 0));
      }
      return false;
    }
    return true;
  }

  IndicatorInfo base_info(const pugi::xml_node& node) const {
    IndicatorInfo info;
    info.file = report_.file;
    info.id = attribute_of(node, "id");
    info.source = source_;
    info.markings = markings_;
    info.modified = parse_feed_time(attribute_of(node, "timestamp")).value_or(stix::kDistantPast);
    return info;
  }

  IndicatorInfo indicator_info(const pugi::xml_node& node) const {
    IndicatorInfo info = base_info(node);
    info.name = child_text(node, "Title");
    for (const pugi::xml_node& child : node.children()) {
      const std::string_view name = local_name(child.name());
      if (name == "Type") info.labels.push_back(text_of_node(child));
      if (name == "Valid_Time_Position") {
        info.valid_from = parse_feed_time(child_text(child, "Start_Time"));
        info.valid_until = parse_feed_time(child_text(child, "End_Time"));
      }
      if (name == "Confidence") info.confidence = confidence_of(child_text(child, "Value"));
      if (name == "Producer") {
        if (std::string who = child_text(child_of(child, "Identity"), "Name"); !who.empty()) {
          info.source = std::move(who);
        }
      }
      if (name == "Handling") {
        std::vector<std::string> own;
        add_markings(child, own);
        if (!own.empty()) info.markings = std::move(own);
      }
      if (name == "Indicated_TTP") add_ttp(child_of(child, "TTP"), info);
    }
    return info;
  }

  void add_ttp(const pugi::xml_node& given, IndicatorInfo& info) const {
    const auto found = ttps_.find(attribute_of(given, "idref"));
    const pugi::xml_node& ttp = found == ttps_.end() ? given : found->second;
    if (std::string title = child_text(ttp, "Title"); !title.empty()) {
      info.labels.push_back(std::move(title));
    }
  }

  void indicator(const pugi::xml_node& node) {
    const IndicatorInfo info = indicator_info(node);
    if (attribute_of(node, "negate") == "true") {
      sink_.refuse(
          info, "negate",
          {"the absence of something is not looked for", "「存在しないこと」は照合できません"});
      return;
    }
    for (const pugi::xml_node& child : child_of(node, "Test_Mechanisms").children()) {
      test_mechanism(child, info);
    }
    if (child_of(node, "Observable") || child_of(node, "Observables") ||
        child_of(node, "Composite_Indicator_Expression")) {
      give(info, indicator_node(node, 0));
    } else if (!child_of(node, "Test_Mechanisms")) {
      sink_.refuse(
          info, {},
          {"the indicator holds nothing to look for", "インジケータに照合できる内容がありません"});
    }
  }

  void test_mechanism(const pugi::xml_node& node, IndicatorInfo info) {
    const std::string uri = type_uri(node);
    if (const std::string id(attribute_of(node, "id")); !id.empty()) info.id += "/" + id;
    if (uri.find("#YARA") != std::string::npos) {
      sink_.take_yara(std::move(info), child_text(node, "Rule"));
      return;
    }
    if (const pugi::xml_node ioc = child_of(node, "ioc")) {
      read_openioc(ioc, std::move(info), options_, sink_);
      return;
    }
    const std::size_t hash = uri.find('#');
    sink_.refuse(std::move(info), hash == std::string::npos ? uri : uri.substr(hash + 1),
                 {"test mechanisms of this kind are not applied",
                  "この種類の検査手段 (Test_Mechanism) は適用しません"});
  }

  void give(IndicatorInfo info, Result<PatternNode> node) {
    if (node) {
      give_tree(std::move(info), *node, options_, sink_);
    } else {
      sink_.refuse(std::move(info), std::move(node.error().detail), std::move(node.error().advice));
    }
  }

  static tl::unexpected<Error> too_deep() {
    return fail(ErrorCode::kLimitExceeded, {},
                {"references run in a circle or are nested too deep",
                 "参照が循環しているか、入れ子が深すぎます"});
  }

  static tl::unexpected<Error> missing(std::string_view id) {
    return fail(
        ErrorCode::kNotFound, std::string(id),
        {"an object that this one refers to is missing", "参照先のオブジェクトがありません"});
  }

  Result<PatternNode> joined(const pugi::xml_node& holder, std::string_view child_name,
                             std::string_view op,
                             Result<PatternNode> (Stix1Reader::*make)(const pugi::xml_node&, int),
                             int depth) {
    PatternNode out;
    out.kind = op == "OR" ? PatternNode::Kind::kOr : PatternNode::Kind::kAnd;
    for (const pugi::xml_node& child : holder.children()) {
      if (local_name(child.name()) != child_name) continue;
      KONSEKI_ASSIGN(PatternNode node, (this->*make)(child, depth + 1));
      out.children.push_back(std::move(node));
    }
    if (out.children.empty()) {
      return fail(ErrorCode::kInvalidArgument, {},
                  {"a composition without parts", "構成要素のない組み合わせです"});
    }
    if (out.children.size() == 1) return std::move(out.children[0]);
    return out;
  }

  Result<PatternNode> indicator_node(const pugi::xml_node& given, int depth) {
    if (depth > kMaxNesting || ++parts_ > kMaxParts) return too_deep();
    pugi::xml_node node = given;
    if (const std::string_view idref = attribute_of(given, "idref"); !idref.empty()) {
      const auto found = indicators_.find(idref);
      if (found == indicators_.end()) return missing(idref);
      node = found->second;
    }
    if (const pugi::xml_node composite = child_of(node, "Composite_Indicator_Expression")) {
      return joined(composite, "Indicator", attribute_of(composite, "operator"),
                    &Stix1Reader::indicator_node, depth);
    }
    // 1.1 allowed several observables: any of them.
    const pugi::xml_node several = child_of(node, "Observables");
    return joined(several ? several : node, "Observable", "OR", &Stix1Reader::observable, depth);
  }

  Result<PatternNode> observable(const pugi::xml_node& given, int depth) {
    if (depth > kMaxNesting || ++parts_ > kMaxParts) return too_deep();
    if (const std::string_view idref = attribute_of(given, "idref"); !idref.empty()) {
      const auto found = observables_.find(idref);
      if (found == observables_.end()) return missing(idref);
      return observable(found->second, depth + 1);
    }
    if (attribute_of(given, "negate") == "true") {
      return fail(
          ErrorCode::kUnsupported, "negate",
          {"the absence of something is not looked for", "「存在しないこと」は照合できません"});
    }
    if (const pugi::xml_node composition = child_of(given, "Observable_Composition")) {
      return joined(composition, "Observable", attribute_of(composition, "operator"),
                    &Stix1Reader::observable, depth);
    }
    pugi::xml_node object = child_of(given, "Object");
    if (const std::string_view idref = attribute_of(object, "idref"); !idref.empty()) {
      object = lookup_(idref);
      if (!object) return missing(idref);
    }
    const pugi::xml_node properties = child_of(object, "Properties");
    if (!properties) {
      return fail(ErrorCode::kUnsupported, child_of(given, "Event") ? "Event" : "Observable",
                  {"only objects with properties are applied, not events",
                   "項目をもつオブジェクトだけを適用し、イベントは適用しません"});
    }
    return cybox_node(properties, lookup_);
  }

  const FeedOptions& options_;
  IndicatorSink& sink_;
  FeedReport& report_;
  CyboxLookup lookup_;
  std::vector<std::string> markings_;
  std::string source_;
  // Keys point into the document.
  std::unordered_map<std::string_view, pugi::xml_node> observables_;
  std::unordered_map<std::string_view, pugi::xml_node> objects_;
  std::unordered_map<std::string_view, pugi::xml_node> ttps_;
  std::unordered_map<std::string_view, pugi::xml_node> indicators_;  // the latest of an id
  std::unordered_set<std::string_view> claimed_;
  std::size_t parts_ = 0;
};

}  // namespace

bool is_stix1(const pugi::xml_node& root) {
  const std::string uri = namespace_of(root);
  return uri.starts_with("http://stix.mitre.org/") || uri.starts_with("http://cybox.mitre.org/");
}

void read_stix1(const pugi::xml_node& root, const FeedOptions& options, IndicatorSink& sink,
                FeedReport& report) {
  Stix1Reader reader(options, sink, report);
  reader.read(root);
}

}  // namespace konseki
