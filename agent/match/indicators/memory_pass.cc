#include "agent/match/indicators/memory_pass.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

#include "agent/match/indicators/address_sink.h"
#include "agent/match/process_text.h"

namespace konseki {
namespace {

// What of a block belongs to it: tokens that touch the border to an overlapping block may be cut
// there, and stand whole in the other one.
ByteRange own_part(std::span<const MemoryBlock> blocks, std::size_t index) {
  constexpr std::uint64_t kHalf = ContentScanner::kOverlap / 2;
  const ByteRange& range = blocks[index].range;
  std::uint64_t from = range.offset;
  std::uint64_t until = range.end();
  if (index > 0 && blocks[index - 1].range.end() > range.offset) from += kHalf;
  if (index + 1 < blocks.size() && blocks[index + 1].range.offset < until) until -= kHalf;
  return {from, until - from};
}

}  // namespace

void match_memory(IndicatorSearch& search, const MatchProcess& process, ByteReader& memory,
                  FindingSink& sink) {
  if (!search.scans_content) return;
  std::set<std::string> told;  // ids
  bool too_many = false;
  const Bilingual who = process_text(process.process);
  AddressSink into(search, process.address, false, [&](const ValueHit& hit, Seen&& seen) {
    const Listed& listed = search.listed.of(hit);
    if (told.contains(listed.lead.id)) return;
    if (told.size() >= kMostInProcess) {
      too_many = true;
      return;
    }
    told.insert(listed.lead.id);
    const Bilingual place = place_in_memory(process, seen.address.range->offset);
    seen.medium = Medium::kMemory;
    seen.in_memory = {fmt::format("the memory of {} at {}", who.en, place.en),
                      fmt::format("{} のメモリ {}", who.ja, place.ja)};
    seen.process = process.process.name;
    seen.first = seen.last = search.collected;
    search.sightings->add(listed, std::move(seen));
  });
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < process.blocks.size(); ++i) {
    const ByteRange& range = process.blocks[i].range;
    bytes.resize(static_cast<std::size_t>(range.length));
    const auto count = memory.read_at(range.offset, bytes);
    if (!count) return sink.gap(process.address.path, count.error());
    if (*count == 0) break;  // whoever shows it says why
    const std::span<const std::byte> got = std::span(bytes).first(*count);
    const ByteRange own = own_part(process.blocks, i);
    into.set_block({reinterpret_cast<const char*>(got.data()), got.size()}, range.offset,
                   own.offset, own.end());
    search.scanner->scan(got, range.offset, into);
    search.counters.memory_bytes.fetch_add(*count, std::memory_order_relaxed);
  }
  search.counters.processes.fetch_add(1, std::memory_order_relaxed);
  if (too_many) {
    sink.gap(process.address.path,
             {ErrorCode::kLimitExceeded,
              fmt::format("more than {} indicators stand in its memory, as in that of a scanner; "
                          "the others are not told",
                          kMostInProcess),
              {}});
  }
}

}  // namespace konseki
