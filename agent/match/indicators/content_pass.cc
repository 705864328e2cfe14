#include "agent/match/indicators/content_pass.h"

#include <optional>

#include "agent/match/indicators/address_sink.h"
#include "agent/match/indicators/content_kind.h"
#include "agent/match/indicators/file_findings.h"
#include "agent/match/indicators/pe_imports.h"

namespace konseki {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;
// What of a large file that is no text is looked through for addresses.
constexpr std::uint64_t kMostBinary = std::uint64_t{32} << 20;

}  // namespace

void match_content(IndicatorSearch& search, const MatchFile& file, ByteReader& content,
                   FindingSink& sink) {
  search.counters.contents.fetch_add(1, std::memory_order_relaxed);
  if (search.lookup.has(AtomType::kImphash)) {
    if (const auto hash = import_hash(content)) {
      search.counters.imports.fetch_add(1, std::memory_order_relaxed);
      ValueHits hits;
      search.lookup.find(AtomType::kImphash, *hash, hits);
      FileFindings found(file);
      for (const ValueHit& hit : hits) found.add(search.listed.of(hit), FileWitness::kImports);
      if (auto finding = found.finish(search.collected)) sink.emit(*std::move(finding));
    }
  }
  if (!search.scans_content) return;
  if (file.package_state == "unchanged") {
    // What the distribution ships names thousands of hosts and is the same everywhere.
    search.counters.unchanged.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const auto sink_for = [&](bool text) {
    return AddressSink(search, file.address, text,
                       [&search, text](const ValueHit& hit, Seen&& seen) {
                         seen.medium = text ? Medium::kText : Medium::kBinary;
                         search.sightings->add(search.listed.of(hit), std::move(seen));
                       });
  };
  if (!file.content.empty()) {
    AddressSink into = sink_for(is_text(file.content));
    const std::string_view text(reinterpret_cast<const char*>(file.content.data()),
                                file.content.size());
    into.set_block(text, 0, 0, text.size());
    search.scanner->scan(text, 0, into);
    search.counters.content_bytes.fetch_add(file.content.size(), std::memory_order_relaxed);
    return;
  }
  // Too large for memory: blocks that overlap, since a name may stand across their border.
  std::vector<std::byte> block(kBlock);
  std::optional<AddressSink> into;
  bool text = false;
  for (std::uint64_t at = 0; at < content.size();) {
    const auto count = content.read_at(at, block);
    if (!count) {
      search.counters.read_errors.fetch_add(1, std::memory_order_relaxed);
      sink.gap(subject_path(file.address), count.error());
      return;
    }
    if (*count == 0) return;
    const std::span<const std::byte> bytes(block.data(), *count);
    if (at == 0) {
      text = is_text(bytes);
      into.emplace(sink_for(text));
    }
    const bool is_last = at + *count >= content.size() || *count < kBlock;
    constexpr std::uint64_t kHalf = ContentScanner::kOverlap / 2;
    const std::uint64_t end = at + *count;
    into->set_block({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, at,
                    at == 0 ? 0 : at + kHalf, is_last ? end : end - kHalf);
    search.scanner->scan(bytes, at, *into);
    search.counters.content_bytes.fetch_add(*count, std::memory_order_relaxed);
    if (is_last) return;
    at += *count - ContentScanner::kOverlap;
    if (!text && at >= kMostBinary) {
      search.counters.cut_binaries.fetch_add(1, std::memory_order_relaxed);
      return;
    }
  }
}

}  // namespace konseki
