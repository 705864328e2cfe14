// libFuzzer: files of compiled indicators. The first byte chooses: the bytes as they are, or with
// header, size and digest made right, so that what lies behind the digest is reached.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "agent/base/digest.h"
#include "agent/match/indicators/index.h"
#include "agent/match/indicators/index_builder.h"
#include "agent/match/indicators/value_lookup.h"

namespace {

using namespace konseki;

// A small valid index, whose sections the input overwrites.
const std::vector<std::byte>& valid() {
  static const std::vector<std::byte> bytes = [] {
    IndicatorIndexBuilder builder;
    for (const char* text : {"evil.example", "a.example", "192.0.2.1", "198.51.100.0/24"}) {
      IndicatorInfo info;
      info.id = text;
      builder.take(info, {*guess_atom(text)});
      builder.take(std::move(info), {*make_atom(AtomType::kPathRegex, "x[a-z]+\\.exe")});
    }
    return *builder.finish();
  }();
  return bytes;
}

void use(const IndicatorIndex& index) {
  for (std::uint32_t i = 0; i < std::min<std::size_t>(index.value_count(), 64); ++i) {
    (void)index.payload(i);
    for (const std::uint32_t owner : index.owners(i)) (void)index.info(owner);
  }
  (void)index.expressions();
  (void)index.patterns();
  (void)index.rules();
  (void)index.refused();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const auto* const begin = reinterpret_cast<const std::byte*>(data);
  std::vector<std::byte> bytes;
  if (data[0] % 2 == 0) {
    bytes.assign(begin + 1, begin + size);
  } else {
    bytes = valid();
    const std::size_t at = (data[1] * 256U + data[2]) % bytes.size();
    std::memcpy(bytes.data() + at, data + 3, std::min(size - 3, bytes.size() - at));
    index_format::Header header;
    std::memcpy(&header, bytes.data(), sizeof(header));
    std::memcpy(header.magic.data(), index_format::kMagic.data(), header.magic.size());
    header.version = index_format::kVersion;
    header.sections = index_format::kSections;
    header.file_size = bytes.size();
    header.digest = {};
    std::memcpy(bytes.data(), &header, sizeof(header));
    const Sha256 digest = sha256_of(bytes);
    std::memcpy(bytes.data() + offsetof(index_format::Header, digest), digest.data(),
                digest.size());
  }
  const auto index = IndicatorIndex::from_bytes(std::move(bytes), "fuzz");
  if (!index) return 0;
  use(**index);
  const ValueLookup lookup({*index});
  ValueHits hits;
  lookup.find_host("sub.evil.example", 0, hits);
  lookup.find_address(*stix::parse_ip_network("198.51.100.7"), 0, hits);
  lookup.find_path("c:/temp/x.exe", hits);
  for (const ValueHit& hit : hits) (void)(*index)->payload(hit.value);
  return 0;
}
