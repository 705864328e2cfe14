// Observations joined: distinctness, order, windows, repetition.
#include "agent/match/stix/matcher.h"

#include <gmock/gmock.h>

#include <random>

#include "tests/unit/match/match_support.h"

namespace konseki::testing {
namespace {

std::string at(int second, const std::string& name, int last = -1, int count = 1) {
  const auto clock = [](int value) {
    return std::string(value < 10 ? "00:00:0" : "00:00:") + std::to_string(value);
  };
  return seen("\"n\":\"" + name + "\"", clock(second), last < 0 ? "" : clock(last), count);
}

std::string test_of(const std::string& name) { return "[x:n = '" + name + "']"; }

TEST(Matcher, AndNeedsDistinctObservations) {
  EXPECT_EQ(outcome("[x:n LIKE '%'] AND [x:n = 'a']", list_of({at(0, "a")})), "nomatch");
  EXPECT_EQ(outcome("[x:n LIKE '%'] AND [x:n = 'a']", list_of({at(0, "a"), at(9, "b")})), "match");
  EXPECT_EQ(outcome("[x:n LIKE '%'] AND [x:n = 'a']", list_of({at(0, "a", -1, 2)})), "match")
      << "seen twice";
}

TEST(Matcher, MovesAnEarlierChoiceWhereOneStandsInTheWay) {
  const std::string any = "[x:n LIKE '%']";
  EXPECT_EQ(outcome(any + " AND " + any + " AND [x:n = 'a'] AND [x:n IN ('a','b')]",
                    list_of({at(0, "a"), at(1, "b"), at(2, "c"), at(3, "d")})),
            "match");
  EXPECT_EQ(outcome(any + " AND [x:n = 'a'] AND [x:n IN ('a','b')] AND [x:n = 'b']",
                    list_of({at(0, "a"), at(1, "b"), at(2, "c"), at(3, "d")})),
            "nomatch");
}

TEST(Matcher, FollowedByAllowsTheSameInstant) {
  EXPECT_EQ(outcome("[x:n = 'a'] FOLLOWEDBY [x:n = 'b']", list_of({at(5, "b"), at(5, "a")})),
            "match");
  EXPECT_EQ(outcome("[x:n = 'a'] FOLLOWEDBY [x:n = 'b']", list_of({at(4, "b"), at(5, "a")})),
            "nomatch");
  EXPECT_EQ(outcome("[x:n = 'a'] FOLLOWEDBY [x:n = 'b'] FOLLOWEDBY [x:n = 'a']",
                    list_of({at(1, "a"), at(2, "b"), at(3, "a")})),
            "match");
  EXPECT_EQ(outcome("([x:n = 'a'] AND [x:n = 'c']) FOLLOWEDBY [x:n = 'b']",
                    list_of({at(1, "a"), at(2, "b"), at(3, "c")})),
            "nomatch");
}

TEST(Matcher, WithinIsExclusive) {
  const std::string observed = list_of({at(0, "a"), at(5, "b")});
  EXPECT_EQ(outcome("([x:n = 'a'] AND [x:n = 'b']) WITHIN 5 SECONDS", observed), "nomatch");
  EXPECT_EQ(outcome("([x:n = 'a'] AND [x:n = 'b']) WITHIN 5.000000001 SECONDS", observed), "match");
  EXPECT_EQ(outcome("[x:n = 'a'] AND [x:n = 'b'] WITHIN 1 SECONDS", observed), "match")
      << "binds to [b] alone";
}

TEST(Matcher, IntervalsUseTheBestInstant) {
  const std::string observed = list_of({at(0, "a", 3), at(2, "b", 9)});
  EXPECT_EQ(outcome("([x:n = 'b'] FOLLOWEDBY [x:n = 'a']) WITHIN 0.1 SECONDS", observed), "match");
  EXPECT_EQ(
      outcome("[x:n = 'b'] START t'2026-01-01T00:00:00Z' STOP t'2026-01-01T00:00:02Z'", observed),
      "nomatch");
  EXPECT_EQ(outcome("([x:n = 'a'] FOLLOWEDBY [x:n = 'b']) START t'2026-01-01T00:00:03Z' "
                    "STOP t'2026-01-01T00:00:04Z'",
                    observed),
            "match");
}

TEST(Matcher, RepeatsOfGroupsNeedOwnWindows) {
  const std::string pairs = "([x:n = 'a'] FOLLOWEDBY [x:n = 'b']) WITHIN 2 SECONDS REPEATS 2 TIMES";
  EXPECT_EQ(outcome(pairs, list_of({at(0, "a"), at(1, "b"), at(30, "a"), at(31, "b")})), "match");
  EXPECT_EQ(outcome(pairs, list_of({at(0, "a"), at(1, "b"), at(30, "a"), at(39, "b")})), "nomatch");
  EXPECT_EQ(outcome("([x:n = 'a'] OR [x:n = 'b']) REPEATS 3 TIMES",
                    list_of({at(0, "a"), at(1, "b"), at(2, "a")})),
            "match");
  EXPECT_EQ(outcome("([x:n = 'a'] AND [x:n = 'b'] OR [x:n = 'c']) REPEATS 2 TIMES",
                    list_of({at(0, "a"), at(1, "b"), at(2, "c")})),
            "match");
}

TEST(Matcher, TellsAllThatFitWhereOneIsAskedFor) {
  ObservationSet set;
  ASSERT_TRUE(add(set, list_of({at(0, "a"), at(1, "b"), at(2, "a")}), "f"));
  set.link();
  const auto pattern = stix::parse_pattern("[x:n = 'a'] OR [x:n = 'z']", stix::Version::k21);
  const auto match = stix::match_pattern(*pattern, set.observations());
  EXPECT_THAT(match->witness, ::testing::ElementsAre(0));
  EXPECT_THAT(match->all, ::testing::ElementsAre(0, 2));
}

TEST(Matcher, ReferencesStayInTheirObservation) {
  const std::string bundle = R"({"type":"bundle","id":"bundle--1","objects":[
    {"type":"ipv4-addr","id":"ipv4-addr--1","value":"203.0.113.9"},
    {"type":"network-traffic","id":"network-traffic--1","dst_ref":"ipv4-addr--1"},
    {"type":"observed-data","id":"observed-data--1","first_observed":"2026-01-01T00:00:00Z",
     "last_observed":"2026-01-01T00:00:00Z","number_observed":1,
     "object_refs":["network-traffic--1"OTHER]}]})";
  const auto with = [&](const std::string& other) {
    std::string text = bundle;
    return text.replace(text.find("OTHER"), 5, other);
  };
  const std::string pattern =
      "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = "
      "'203.0.113.9']";
  EXPECT_EQ(outcome(pattern, with(R"(,"ipv4-addr--1")")), "match");
  EXPECT_EQ(outcome(pattern, with("")), "nomatch");
}

// Random small cases against trying every binding.
class Exhaustive {
 public:
  struct Seen {
    char name;
    int first, last;
  };
  // Chosen instants, in order of the tests of "(T1 op T2 op T3) WITHIN w", over whole seconds.
  static bool any(const std::vector<Seen>& seen, const std::string& names, bool ordered,
                  int window) {
    std::vector<std::size_t> used;
    std::vector<int> instants;
    return extend(seen, names, ordered, window, used, instants);
  }

 private:
  static bool extend(const std::vector<Seen>& seen, const std::string& names, bool ordered,
                     int window, std::vector<std::size_t>& used, std::vector<int>& instants) {
    if (used.size() == names.size()) {
      const auto [low, high] = std::minmax_element(instants.begin(), instants.end());
      return *high - *low < window;
    }
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (seen[i].name != names[used.size()] ||
          std::find(used.begin(), used.end(), i) != used.end()) {
        continue;
      }
      for (int instant = seen[i].first; instant <= seen[i].last; ++instant) {
        if (ordered && !instants.empty() && instant < instants.back()) continue;
        used.push_back(i);
        instants.push_back(instant);
        const bool found = extend(seen, names, ordered, window, used, instants);
        used.pop_back();
        instants.pop_back();
        if (found) return true;
      }
    }
    return false;
  }
};

TEST(Matcher, AgreesWithTryingEverything) {
  std::mt19937 random(7);
  int matches = 0;
  constexpr int kRounds = 600;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Exhaustive::Seen> seen;
    std::vector<std::string> observed;
    for (int i = 0; i < 5; ++i) {
      const int first = static_cast<int>(random() % 12);
      const int last = first + static_cast<int>(random() % 4);
      const char name = "ab"[random() % 2];
      seen.push_back({name, first, last});
      observed.push_back(at(first, std::string(1, name), last));
    }
    std::string names;
    for (int i = 0; i < 3; ++i) names += "ab"[random() % 2];
    const bool ordered = random() % 2 == 0;
    const int window = 1 + static_cast<int>(random() % 6);
    const std::string op = ordered ? " FOLLOWEDBY " : " AND ";
    std::string pattern = "(";
    for (const char name : names) pattern += (pattern.size() > 1 ? op : "") + test_of({name});
    pattern += ") WITHIN " + std::to_string(window) + " SECONDS";
    const bool expected = Exhaustive::any(seen, names, ordered, window);
    matches += expected ? 1 : 0;
    EXPECT_EQ(outcome(pattern, list_of(observed)), expected ? "match" : "nomatch")
        << pattern << "\n"
        << list_of(observed);
  }
  EXPECT_GT(matches, kRounds / 6);
  EXPECT_LT(matches, kRounds * 5 / 6);
}

}  // namespace
}  // namespace konseki::testing
