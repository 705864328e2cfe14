// Every case of the public STIX pattern suites. Where the specification overrides a suite, the case
// stands in kOverridden; docs/matching.md says why.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "agent/base/json_view.h"
#include "tests/support/corpora.h"
#include "tests/unit/match/match_support.h"

namespace konseki {
namespace {

using testing::outcome;

// What this program answers instead, by id.
const std::map<std::string, std::string>& overridden() {
  static const std::map<std::string, std::string> kOverridden = [] {
    std::map<std::string, std::string> all;
    const auto put = [&](const std::string& test, int first, int last, const std::string& answer) {
      for (int i = first; i <= last; ++i) all[fmt::format("{}[{}]", test, i)] = answer;
    };
    const std::string temporal = "v20/test_temporal_qualifiers.py:";
    // WITHIN is exclusive (9.5.1); WITHIN 0 is no valid qualifier.
    put("v20/test_complex.py:test_complex_match", 2, 2, "nomatch");
    put(temporal + "test_temp_qual_match", 3, 3, "nomatch");
    put(temporal + "test_within_match", 4, 4, "nomatch");
    put(temporal + "test_within_match", 7, 7, "nomatch");
    put(temporal + "test_intervals_within_match", 0, 0, "error");
    put(temporal + "test_intervals_within_match", 3, 3, "nomatch");
    put(temporal + "test_intervals_within_match", 7, 8, "nomatch");
    put(temporal + "test_intervals_within_nomatch", 0, 0, "error");
    // Types that cannot be compared are false, for != true (9.6.1).
    put("v20/test_basic_ops.py:test_basic_ops_string_err", 0, 2, "nomatch");
    put("v20/test_basic_ops.py:test_basic_ops_string_err", 1, 1, "match");
    put("v20/test_timestamps.py:test_ts_json_error", 0, 5, "nomatch");
    for (const std::string version : {"v20", "v21"}) {
      // Dates that no calendar has are no RFC 3339 timestamps (2.16).
      put(version + "/test_validator.py:test_timestamp_pass_patterns", 8, 10, "invalid");
      // The grammar knows no length of a hash.
      put(version + "/test_validator.py:test_fail_patterns", 13, 13, "valid");
    }
    // A group in parentheses is an observation expression as well (9.5.1).
    put("v21/test_validator.py:test_pass_patterns", 22, 22, "invalid");
    return all;
  }();
  return kOverridden;
}

class Conformance : public ::testing::Test {
 protected:
  // Calls `answer` for every line of a file of the corpus and compares.
  void check(const std::string& file, std::size_t cases,
             const std::function<std::string(const JsonView&)>& expected,
             const std::function<std::string(const JsonView&)>& answer,
             bool with_exceptions = true) {
    KONSEKI_REQUIRE_CORPORA(corpora);
    std::ifstream in(corpora + "/indicators/stix-patterns/" + file);
    ASSERT_TRUE(in) << file;
    std::size_t count = 0;
    for (std::string line; std::getline(in, line); ++count) {
      const JsonView view = json_view(line);
      const std::string id = view["id"].text();
      const auto ours = overridden().find(id);
      std::string want = expected(view);
      if (with_exceptions && ours != overridden().end()) {
        EXPECT_NE(ours->second, want) << id << ": agrees, so it is no exception";
        want = ours->second;
      }
      EXPECT_EQ(answer(view), want) << id << ": " << view["pattern"].text();
    }
    EXPECT_EQ(count, cases);
  }
};

stix::Version version_of(const JsonView& view) {
  return view["stix_version"].text() == "2.0" ? stix::Version::k20 : stix::Version::k21;
}

std::string kind_of(const std::string& text) { return text.starts_with("error") ? "error" : text; }

std::string validity(const JsonView& view) {
  return stix::parse_pattern(view["pattern"].text(), version_of(view)) ? "valid" : "invalid";
}

TEST_F(Conformance, Validator) {
  const auto expected = [](const JsonView& view) {
    return view["valid"].is_true() ? "valid" : "invalid";
  };
  check("validator-v20.jsonl", 82, expected, validity);
  if (!IsSkipped()) check("validator-v21.jsonl", 87, expected, validity);
}

TEST_F(Conformance, Matcher) {
  check(
      "matcher-v20.jsonl", 419, [](const JsonView& view) { return view["expect"].text(); },
      [](const JsonView& view) {
        return kind_of(outcome(view["pattern"].text(), std::string(view["observed_data"].raw),
                               version_of(view)));
      });
}

// The witness of the four cases that say which observed-data must be in it.
TEST_F(Conformance, Bindings) {
  check(
      "matcher-v20.jsonl", 419, [](const JsonView&) { return "as asked"; },
      [](const JsonView& view) -> std::string {
        const JsonView bindings = view["bindings"];
        if (!bindings) return "as asked";
        ObservationSet set;
        if (!testing::add(set, view["observed_data"].raw, "observed")) return "unreadable";
        set.link();
        const auto pattern = stix::parse_pattern(view["pattern"].text(), version_of(view));
        const auto match = stix::match_pattern(*pattern, set.observations());
        if (match->witness.size() != bindings["count"].unsigned_number()) return "other count";
        std::set<std::string> ids;
        std::set<std::string> times;
        for (const std::size_t index : match->witness) {
          const stix::Observation& each = set.observations()[index];
          ids.insert(each.id);
          times.insert(stix::to_timestamp(each.first).iso8601().substr(0, 19) + "Z");
        }
        for (const std::string& id : bindings["observed_data_ids"].texts()) {
          if (!ids.contains(id)) return "lacks " + id;
        }
        for (const std::string& time : bindings["observed_data_first_observed"].texts()) {
          if (!times.contains(time)) return "lacks " + time;
        }
        return "as asked";
      },
      false);
}

// The suite's helper on bare intervals, asked of the engine as observations at those seconds. Its
// other helper ("overlap") has no counterpart here.
TEST_F(Conformance, Intervals) {
  std::size_t asked = 0;
  check(
      "matcher-v20-intervals.jsonl", 34,
      [](const JsonView& view) -> std::string {
        if (view["kind"].text() == "overlap") return "";
        return view["expect"].is_true() ? "match" : "nomatch";
      },
      [&](const JsonView& view) -> std::string {
        if (view["kind"].text() == "overlap") return "";
        ++asked;
        std::vector<std::string> observed;
        std::string pattern;
        for (JsonItems items(view["intervals"]); items.next();) {
          std::vector<std::string> ends;
          for (JsonItems end(items.value()); end.next();) {
            ends.push_back("00:00:0" + std::string(end.value().raw));
          }
          const std::string number = std::to_string(observed.size());
          pattern += (observed.empty() ? "(" : " AND ") + ("[x:n = " + number + "]");
          observed.push_back(testing::seen("\"n\":" + number, ends[0], ends[1]));
        }
        pattern += ") WITHIN " + std::string(view["duration"].raw) + " SECONDS";
        return kind_of(outcome(pattern, testing::list_of(observed)));
      });
  if (!IsSkipped()) {
    EXPECT_EQ(asked, 15U);
  }
}

TEST_F(Conformance, Brackets) {
  check(
      "brackets.jsonl", 11,
      [](const JsonView& view) { return view["brackets"].is_true() ? "begun" : "missing"; },
      [](const JsonView& view) {
        const auto parsed = stix::parse_pattern(view["input"].text(), stix::Version::k21);
        const bool missing =
            !parsed && parsed.error().advice.en.find("stands in brackets") != std::string::npos;
        return missing ? "missing" : "begun";
      });
}

// What a pattern holds, as the suite's inspector writes it.
struct Contents {
  std::set<std::string> qualifiers;
  std::set<std::string> operators;
  std::map<std::string, std::vector<std::string>> comparisons;

  void add(const stix::Condition& condition) {
    for (const stix::Condition& child : condition.children) add(child);
    if (condition.kind != stix::Condition::Kind::kComparison) return;
    const stix::Comparison& each = condition.comparison;
    std::string path;
    for (const stix::PathStep& step : each.path.steps) {
      path += step.kind == stix::PathStep::Kind::kKey     ? "." + step.key
              : step.kind == stix::PathStep::Kind::kIndex ? fmt::format("[{}]", step.index)
                                                          : "[*]";
    }
    std::string value;
    std::multiset<std::string> members;
    for (const stix::Literal& literal : each.values) members.insert(literal.written);
    for (const std::string& member : members) value += member + " ";
    comparisons[each.path.type].push_back(path + (each.negated ? " NOT " : " ") +
                                          std::string(stix::operator_name(each.op)) + " " + value);
  }
  void add(const stix::Expression& expression) {
    if (expression.kind == stix::Expression::Kind::kTest) add(expression.test);
    if (expression.kind == stix::Expression::Kind::kAnd) operators.insert("AND");
    if (expression.kind == stix::Expression::Kind::kOr) operators.insert("OR");
    if (expression.kind == stix::Expression::Kind::kFollowedBy) operators.insert("FOLLOWEDBY");
    for (const stix::Qualifier& each : expression.qualifiers) qualifiers.insert(each.written);
    for (const stix::Expression& child : expression.children) add(child);
  }
};

std::string joined(const std::set<std::string>& words) {
  return fmt::format("{}", fmt::join(words, "; "));
}

std::string expected_contents(const JsonView& view) {
  const auto set_of = [](const std::vector<std::string>& list) {
    return joined({list.begin(), list.end()});
  };
  if (const JsonView list = view["qualifiers"]) return set_of(list.texts());
  if (const JsonView list = view["observation_ops"]) return set_of(list.texts());
  std::string out;
  std::map<std::string, std::string> by_type;
  for (JsonItems types(view["comparisons"]); types.next();) {
    std::string& all = by_type[std::string(types.name())];
    for (JsonItems each(types.value()); each.next();) {
      for (JsonItems steps(each.value()["path"]); steps.next();) {
        const JsonView index = steps.value()["index"];
        all += index ? "[" + index.text() + "]" : "." + steps.value().text();
      }
      all += " " + each.value()["op"].text() + " ";
      const JsonView value = each.value()["value"];
      std::vector<std::string> members = value.texts();
      if (value.kind != JsonKind::kArray) members = {value.text()};
      for (const std::string& member : std::multiset(members.begin(), members.end())) {
        all += member + " ";
      }
      all += "\n";
    }
  }
  for (const auto& [type, all] : by_type) out += type + ": " + all;
  return out;
}

std::string our_contents(const JsonView& view) {
  const auto parsed = stix::parse_pattern(view["pattern"].text(), version_of(view));
  if (!parsed) return "error: " + parsed.error().describe(Language::kEnglish);
  Contents contents;
  contents.add(parsed->root);
  if (view["qualifiers"]) return joined(contents.qualifiers);
  if (view["observation_ops"]) return joined(contents.operators);
  std::string out;
  for (const auto& [type, all] : contents.comparisons) {
    out += type + ": ";
    for (const std::string& each : all) out += each + "\n";
  }
  return out;
}

TEST_F(Conformance, Inspector) {
  check("inspector-v20.jsonl", 20, expected_contents, our_contents);
  if (!IsSkipped()) check("inspector-v21.jsonl", 19, expected_contents, our_contents);
}

}  // namespace
}  // namespace konseki
