// libFuzzer: hostile STIX patterns, parsed and matched against a few observations. The first byte
// chooses the version.
#include <cstdint>
#include <string_view>

#include "agent/match/indicators/observation_file.h"
#include "agent/match/stix/matcher.h"
#include "agent/match/stix/pattern_parser.h"

namespace {

constexpr std::string_view kObserved = R"([
  {"type":"observed-data","first_observed":"2026-01-01T00:00:00Z",
   "last_observed":"2026-01-01T00:00:05Z","number_observed":2,"objects":{
     "0":{"type":"x","n":1,"s":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!","s_hex":"616263","y_ref":"1",
          "y_refs":["0","1"],"l":[1,2.5,"a",null,true]},
     "1":{"type":"y","v":"192.0.2.1","t":"2026-01-01T00:00:00Z","b_bin":"YWJj"}}},
  {"type":"observed-data","first_observed":"2026-01-01T00:00:03Z",
   "last_observed":"2026-01-01T00:00:03Z","number_observed":1,"objects":{
     "0":{"type":"x","n":2,"s":"b"}}}])";

const konseki::ObservationSet& observed() {
  static const konseki::ObservationSet& set = []() -> const konseki::ObservationSet& {
    static konseki::ObservationSet all;
    if (!all.add(kObserved, "observed")) __builtin_trap();
    all.link();
    return all;
  }();
  return set;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto version = data[0] % 2 == 0 ? konseki::stix::Version::k21 : konseki::stix::Version::k20;
  const auto pattern = konseki::stix::parse_pattern(text, version);
  if (pattern) (void)konseki::stix::match_pattern(*pattern, observed().observations());
  return 0;
}
