// libFuzzer: compiled indicators that were made to deceive. The input is a list of edits (place of
// two bytes, new byte) to a sound index; the digest is set right again, since it protects against
// accidents only.
#include <array>
#include <cstdint>
#include <cstring>

#include "agent/base/digest.h"
#include "agent/match/indicators/index_builder.h"
#include "agent/match/indicators/index_contents.h"
#include "agent/match/indicators/index_format.h"
#include "agent/match/indicators/value_lookup.h"
#include "agent/match/stix/pattern_parser.h"

namespace konseki {
namespace {

std::vector<std::byte> sample() {
  IndicatorIndexBuilder builder;
  const auto add = [&](const char* id, std::vector<Atom> atoms) {
    IndicatorInfo info;
    info.id = id;
    info.file = "feed";
    info.markings = {"TLP:RED"};
    builder.take(std::move(info), std::move(atoms));
  };
  add("a", {*make_atom(AtomType::kDomain, "evil.example"),
            *make_atom(AtomType::kMd5, std::string(32, 'a'))});
  add("b", {*make_atom(AtomType::kDomain, "evil.example"),
            *make_atom(AtomType::kIpAddress, "203.0.113.0/24")});
  add("",
      {*make_atom(AtomType::kFilePath, "C:/a/b.exe"), *make_atom(AtomType::kUrl, "http://e/x")});
  add("c", {Atom{AtomType::kPathRegex, "\\.exe$", "x", {}},
            Atom{AtomType::kCommandLine, "xmrig", {}, {}}});
  builder.take(IndicatorInfo{},
               *stix::parse_pattern("[file:name = 'x' AND file:size > 1]", stix::Version::k21));
  builder.take_yara(IndicatorInfo{}, "rule x { condition: true }");
  builder.refuse(IndicatorInfo{}, "what", {"why", "理由"});
  builder.add({"list", {}, "f", WarninglistType::kCidr, {"ip-dst"}, {"10.0.0.0/8"}});
  return builder.finish().value();
}

void sign(std::vector<std::byte>& bytes) {
  constexpr std::size_t kAt = offsetof(index_format::Header, digest);
  std::fill_n(bytes.begin() + kAt, 32, std::byte{0});
  const Sha256 digest = sha256_of(bytes);
  std::copy(digest.begin(), digest.end(), bytes.begin() + kAt);
}

void use(const IndicatorIndex& index) {
  (void)each_indicator(index, [](IndicatorInfo&&, std::vector<Observable>&&) {});
  (void)index.refused();
  (void)index.warninglists();
  for (std::uint32_t i = 0; i < 20; ++i) (void)index.info(i);
}

}  // namespace
}  // namespace konseki

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace konseki;
  static const std::vector<std::byte> kSample = sample();
  std::vector<std::byte> bytes = kSample;
  for (; size >= 3; data += 3, size -= 3) {
    bytes[(data[0] | data[1] << 8) % bytes.size()] = static_cast<std::byte>(data[2]);
  }
  sign(bytes);
  const auto opened = IndicatorIndex::from_bytes(std::move(bytes), "fuzz");
  if (!opened) return 0;
  use(**opened);
  const ValueLookup lookup({*opened});
  ValueHits hits;
  lookup.find_host("a.evil.example", 443, hits);
  lookup.find_address(*stix::parse_ip_network("203.0.113.9"), 0, hits);
  lookup.find_url("http://e/x?y", hits);
  lookup.find_path("c:/a/b.exe", hits);
  lookup.find(AtomType::kMd5, std::string(32, 'a'), hits);
  for (const ValueHit& hit : hits) {
    for (const std::uint32_t owner : (*opened)->owners(hit.value)) (void)(*opened)->info(owner);
  }
  return 0;
}
