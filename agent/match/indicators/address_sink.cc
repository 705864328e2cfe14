#include "agent/match/indicators/address_sink.h"

#include "agent/match/indicators/address_text.h"
#include "agent/match/indicators/line_time.h"

namespace konseki {
namespace {

// Shorter host names stand in compressed bytes by chance.
constexpr std::size_t kShortestInBinary = 7;

}  // namespace

void AddressSink::set_block(std::string_view block, std::uint64_t base, std::uint64_t from,
                            std::uint64_t until) {
  block_ = block;
  base_ = base;
  from_ = from;
  until_ = until;
}

bool AddressSink::take(const Candidate& candidate) {
  hits_.clear();
  const ValueLookup& lookup = search_.lookup;
  switch (candidate.kind) {
    case Candidate::Kind::kHost:
      if (!is_text_ && candidate.text.size() < kShortestInBinary) return false;
      lookup.find_host(candidate.text, candidate.port, hits_);
      break;
    case Candidate::Kind::kAddress:
      lookup.find_address(*candidate.address, candidate.port, hits_);
      break;
    case Candidate::Kind::kUrl:
      lookup.find_url(candidate.text, hits_);
      break;
    case Candidate::Kind::kEmail:
      lookup.find(AtomType::kEmailAddress, candidate.text, hits_);
      break;
  }
  if (hits_.empty()) return false;
  if (candidate.range.offset < from_ || candidate.range.offset >= until_) return true;
  for (const ValueHit& hit : hits_) tell_(hit, seen_at(candidate, hit));
  return true;
}

Seen AddressSink::seen_at(const Candidate& candidate, const ValueHit& hit) const {
  Seen seen;
  seen.address = address_;
  seen.address.range = candidate.range;
  seen.what = candidate.kind == Candidate::Kind::kAddress ? network_text(*candidate.address)
                                                          : std::string(candidate.text);
  const ByteRange here{candidate.range.offset - base_, candidate.range.length};
  seen.excerpt = excerpt_of(block_, here);
  if (is_text_) {
    constexpr std::uint64_t kLineBefore = 2048;
    std::uint64_t begin = here.offset;
    while (begin > 0 && here.offset - begin < kLineBefore && block_[begin - 1] != '\n') --begin;
    seen.first = seen.last = line_time(block_.substr(begin, here.offset - begin + 512));
  }
  seen.nearness = hit.nearness;
  seen.warning = search_.warning_of(hit.nearness, seen.what);
  return seen;
}

}  // namespace konseki
