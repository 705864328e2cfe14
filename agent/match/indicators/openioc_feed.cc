#include "agent/match/indicators/openioc_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "agent/match/indicators/marking.h"
#include "agent/match/indicators/openioc_terms.h"
#include "agent/match/indicators/pattern_feed.h"
#include "agent/match/indicators/value_fields.h"

namespace konseki {
namespace {

constexpr std::array<std::string_view, 2> kNamespaces = {"http://schemas.mandiant.com/2010/ioc",
                                                         "http://openioc.org/schemas/OpenIOC_1.1"};

std::optional<FieldCondition> condition_of(std::string_view word, bool& negated) {
  if (word.ends_with("not")) {  // 1.0: "isnot", "containsnot"
    negated = !negated;
    word.remove_suffix(3);
  }
  if (word == "is") return FieldCondition::kIs;
  if (word == "contains") return FieldCondition::kContains;
  if (word == "matches") return FieldCondition::kMatches;
  if (word == "starts-with") return FieldCondition::kStartsWith;
  if (word == "ends-with") return FieldCondition::kEndsWith;
  if (word == "greater-than") return FieldCondition::kGreater;
  if (word == "less-than") return FieldCondition::kLess;
  return std::nullopt;
}

// Handle/Type "Mutant" beside Handle/Name says that the name is a mutex's, as it is taken anyway.
bool names_mutexes(const pugi::xml_node& item) {
  const std::string_view term = attribute_of(child_of(item, "Context"), "search");
  return term == "ProcessItem/HandleList/Handle/Type" && child_text(item, "Content") == "Mutant";
}

class OpenIocReader {
 public:
  OpenIocReader(IndicatorInfo info, const FeedOptions& options, IndicatorSink& sink)
      : info_(std::move(info)), options_(options), sink_(sink) {}

  void read(const pugi::xml_node& root) {
    read_info(root);
    const pugi::xml_node definition = child_of(root, "definition");
    const pugi::xml_node tree = definition ? definition : child_of(root, "criteria");
    for (const pugi::xml_node& top : tree.children()) {
      if (local_name(top.name()) != "Indicator") continue;
      if (auto node = group(top)) give_alternatives(info_, *node, options_, sink_);
    }
  }

 private:
  void read_info(const pugi::xml_node& root) {
    // 1.1 keeps what 1.0 has in the root in <metadata>.
    const pugi::xml_node metadata = child_of(root, "metadata");
    const pugi::xml_node& facts = metadata ? metadata : root;
    const std::string id(attribute_of(root, "id"));
    info_.id = info_.id.empty() ? id : info_.id + "/" + id;
    if (const std::string name = child_text(facts, "short_description"); !name.empty()) {
      info_.name = name;
    }
    if (const std::string author = child_text(facts, "authored_by"); !author.empty()) {
      info_.source = author;
    }
    const auto modified = parse_feed_time(attribute_of(root, "last-modified"));
    if (modified) info_.modified = *modified;
    for (const pugi::xml_node& link : child_of(facts, "links").children()) {
      const std::string_view relation = attribute_of(link, "rel");
      const std::string text = text_of_node(link);
      if (text.empty()) continue;
      if (std::string tlp = tlp_of_word(text); relation == "tlp" && !tlp.empty()) {
        info_.markings.push_back(std::move(tlp));
      } else {
        info_.labels.push_back(fmt::format("{}={}", relation, text));
      }
    }
  }

  void refuse(const pugi::xml_node& item, std::string detail, Bilingual reason) {
    IndicatorInfo own = info_;
    own.id += fmt::format("/{}", attribute_of(item, "id"));
    sink_.refuse(std::move(own), std::move(detail), std::move(reason));
  }

  std::optional<PatternNode> group(const pugi::xml_node& indicator) {
    PatternNode out;
    out.id = attribute_of(indicator, "id");
    const bool is_and = attribute_of(indicator, "operator") == "AND";
    out.kind = is_and ? PatternNode::Kind::kAnd : PatternNode::Kind::kOr;
    std::size_t missing = 0;
    std::string missing_terms;
    for (const pugi::xml_node& child : indicator.children()) {
      const std::string_view name = local_name(child.name());
      std::optional<PatternNode> node;
      if (name == "IndicatorItem") {
        if (is_and && names_mutexes(child)) continue;
        node = item(child, !is_and);
      } else if (name == "Indicator") {
        node = group(child);
      } else {
        continue;
      }
      if (node) {
        out.children.push_back(*std::move(node));
      } else {
        ++missing;
        const std::string_view term = attribute_of(child_of(child, "Context"), "search");
        if (!term.empty()) missing_terms += (missing_terms.empty() ? "" : ", ") + std::string(term);
      }
    }
    if (is_and && missing > 0) {
      refuse(indicator, missing_terms,
             {"this AND group is left out: part of it cannot be applied",
              "適用できない条件を含むため、この AND グループは使いません"});
      return std::nullopt;
    }
    if (out.children.empty()) return std::nullopt;
    if (out.children.size() == 1) return std::move(out.children[0]);
    return out;
  }

  // `tells`: refuse it here; else the AND around it does, naming the term.
  std::optional<PatternNode> item(const pugi::xml_node& node, bool tells) {
    const pugi::xml_node context = child_of(node, "Context");
    const std::string term(attribute_of(context, "search"));
    std::string content = child_text(node, "Content");
    FieldTest test;
    test.negated = attribute_of(node, "negate") == "true";
    test.case_sensitive = attribute_of(node, "preserve-case") == "true";
    const auto condition = condition_of(attribute_of(node, "condition"), test.negated);
    if (term == "Yara/Yara" && !test.negated && tells) {
      IndicatorInfo own = info_;
      own.id += fmt::format("/{}", attribute_of(node, "id"));
      sink_.take_yara(std::move(own), std::move(content));
      return std::nullopt;
    }
    const Field* field = openioc_field(term);
    if (field == nullptr || !condition) {
      if (tells) {
        refuse(node, field == nullptr ? term : std::string(attribute_of(node, "condition")),
               {field == nullptr ? "this OpenIOC term is not applied"
                                 : "OpenIOC knows no such condition",
                field == nullptr ? "この OpenIOC の項目は適用しません" : "OpenIOC にない条件です"});
      }
      return std::nullopt;
    }
    test.condition = *condition;
    if (term == "FileItem/FileExtension" && test.condition == FieldCondition::kIs) {
      test.condition = FieldCondition::kEndsWith;
      if (!content.starts_with('.')) content.insert(0, ".");
    }
    auto made = field_node(*field, test, content);
    if (!made) {
      if (tells) {
        refuse(node, fmt::format("{}: {}", term, made.error().detail),
               std::move(made.error().advice));
      }
      return std::nullopt;
    }
    made->id = attribute_of(node, "id");
    return *std::move(made);
  }

  IndicatorInfo info_;
  const FeedOptions& options_;
  IndicatorSink& sink_;
};

}  // namespace

bool is_openioc(const pugi::xml_node& root) {
  if (local_name(root.name()) != "ioc" && local_name(root.name()) != "OpenIOC") return false;
  const std::string uri = namespace_of(root);
  return std::find(kNamespaces.begin(), kNamespaces.end(), uri) != kNamespaces.end() ||
         child_of(root, "definition") || child_of(root, "criteria");
}

void read_openioc(const pugi::xml_node& root, IndicatorInfo info, const FeedOptions& options,
                  IndicatorSink& sink) {
  OpenIocReader reader(std::move(info), options, sink);
  reader.read(root);
}

}  // namespace konseki
