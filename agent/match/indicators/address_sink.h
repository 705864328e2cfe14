// AddressSink: looks up what a scan of bytes takes for addresses.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "agent/match/indicators/content_scanner.h"
#include "agent/match/indicators/indicator_search.h"
#include "agent/match/indicators/sightings.h"

namespace konseki {

class AddressSink : public CandidateSink {
 public:
  // Takes what is listed, with place, value and excerpt; of text with the time of its line.
  using Tell = std::function<void(const ValueHit& hit, Seen&& seen)>;

  // `address`: of what is scanned, and outlives it. Of what is no text, host names that may stand
  // there by chance are left out.
  AddressSink(IndicatorSearch& search, const PathSpec& address, bool is_text, Tell tell)
      : search_(search), address_(address), is_text_(is_text), tell_(std::move(tell)) {}

  // The bytes that are looked through next, and where they begin. Candidates that begin before
  // `from` or at `until` or later are told of with another block.
  void set_block(std::string_view block, std::uint64_t base, std::uint64_t from,
                 std::uint64_t until);

  bool take(const Candidate& candidate) override;

 private:
  Seen seen_at(const Candidate& candidate, const ValueHit& hit) const;

  IndicatorSearch& search_;
  const PathSpec& address_;
  const bool is_text_;
  const Tell tell_;
  std::string_view block_;
  std::uint64_t base_ = 0;
  std::uint64_t from_ = 0;
  std::uint64_t until_ = 0;
  ValueHits hits_;
};

}  // namespace konseki
