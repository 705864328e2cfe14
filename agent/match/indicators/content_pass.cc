#include "agent/match/indicators/content_pass.h"

#include <optional>

#include "agent/match/indicators/address_text.h"
#include "agent/match/indicators/content_kind.h"
#include "agent/match/indicators/file_findings.h"
#include "agent/match/indicators/line_time.h"
#include "agent/match/indicators/pe_imports.h"

namespace konseki {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;
// What of a large file that is no text is looked through for addresses.
constexpr std::uint64_t kMostBinary = std::uint64_t{32} << 20;
// Shorter host names stand in compressed bytes by chance.
constexpr std::size_t kShortestInBinary = 7;

// Addresses in the content of one file.
class ContentSink : public CandidateSink {
 public:
  ContentSink(IndicatorSearch& search, const MatchFile& file, bool is_text)
      : search_(search), file_(file), is_text_(is_text) {}

  // The bytes that are looked through next, and where they begin in the file. Candidates that
  // begin before `from` or at `until` or later are told of with another block.
  void set_block(std::string_view block, std::uint64_t base, std::uint64_t from,
                 std::uint64_t until) {
    block_ = block;
    base_ = base;
    from_ = from;
    until_ = until;
  }

  bool take(const Candidate& candidate) override {
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
    for (const ValueHit& hit : hits_) tell(candidate, hit);
    return true;
  }

 private:
  void tell(const Candidate& candidate, const ValueHit& hit) {
    Seen seen;
    seen.address = file_.address;
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
    seen.in_binary = !is_text_;
    seen.warning = search_.warning_of(hit.nearness, seen.what);
    search_.sightings->add(search_.listed.of(hit), std::move(seen));
  }

  IndicatorSearch& search_;
  const MatchFile& file_;
  bool is_text_;
  std::string_view block_;
  std::uint64_t base_ = 0;
  std::uint64_t from_ = 0;
  std::uint64_t until_ = 0;
  ValueHits hits_;
};

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
  if (!file.content.empty()) {
    ContentSink into(search, file, is_text(file.content));
    const std::string_view text(reinterpret_cast<const char*>(file.content.data()),
                                file.content.size());
    into.set_block(text, 0, 0, text.size());
    search.scanner->scan(text, 0, into);
    search.counters.content_bytes.fetch_add(file.content.size(), std::memory_order_relaxed);
    return;
  }
  // Too large for memory: blocks that overlap, since a name may stand across their border.
  std::vector<std::byte> block(kBlock);
  std::optional<ContentSink> into;
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
      into.emplace(search, file, text);
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
