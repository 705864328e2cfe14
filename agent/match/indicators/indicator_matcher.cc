#include "agent/match/indicators/indicator_matcher.h"

#include <fmt/format.h>

#include <array>

#include "agent/match/indicators/content_pass.h"
#include "agent/match/indicators/file_pass.h"
#include "agent/match/indicators/memory_pass.h"
#include "agent/match/indicators/record_pass.h"

namespace konseki {
namespace {

// Digests that nothing here computes; records that state them are few.
constexpr std::array<std::pair<AtomType, std::string_view>, 2> kNotComputed{
    {{AtomType::kSha512, "indicators.sha512"}, {AtomType::kCertificate, "indicators.certificate"}}};

class IndicatorMatcher : public Matcher {
 public:
  IndicatorMatcher(ValueLookup::Indexes indexes, IndicatorMatcherOptions options)
      : search_(std::move(indexes), options.collected) {}

  Result<void> prepare() { return search_.prepare(); }

  std::string_view name() const override { return "indicator"; }

  void begin(const MatchContext& context) override {
    search_.sightings = std::make_unique<Sightings>(context.host.hostname, search_.collected);
  }

  void match_entry(const MatchFile& file, FindingSink& sink) override {
    match_file(search_, file, sink);
  }

  bool wants_content(const MatchFile& file) const override {
    if (file.item.entry.type != FileType::kRegular || file.size == 0) return false;
    return search_.scans_content || search_.lookup.has(AtomType::kImphash);
  }

  void match_content(const MatchFile& file, ByteReader& content, FindingSink& sink) override {
    konseki::match_content(search_, file, content, sink);
  }

  void match_memory(const MatchProcess& process, ByteReader& memory, FindingSink& sink) override {
    konseki::match_memory(search_, process, memory, sink);
  }

  void match_record(const Record& record, FindingSink& sink) override {
    search_.counters.records.fetch_add(1, std::memory_order_relaxed);
    konseki::match_record(search_, record, sink);
  }

  void finish(FindingSink& sink) override;
  MatchCoverage coverage() const override;

 private:
  IndicatorSearch search_;
};

void IndicatorMatcher::finish(FindingSink& sink) {
  for (const IndicatorSearch::Searches& each : search_.searches) {
    const auto trouble = [&](std::uint32_t pattern, const Error& error) {
      search_.undecided("", each.patterns->at(pattern).text, error, sink);
    };
    for (const PatternWatch::Fit& fit : each.patterns->finish(trouble)) {
      const StoredPattern& pattern = each.patterns->at(fit.pattern);
      const Listed& listed =
          search_.listed.of(each.index, "stix-pattern", pattern.text, pattern.owner);
      for (const PatternWatch::Place& place : fit.places) {
        Seen seen;
        seen.address = place.address;
        seen.schema = place.schema;
        seen.what = listed.value.substr(0, 120);
        seen.where = "record";
        seen.first = seen.last = place.time;
        search_.sightings->add(listed, std::move(seen));
      }
    }
  }
  for (Finding& finding : search_.sightings->take()) sink.emit(std::move(finding));
}

MatchCoverage IndicatorMatcher::coverage() const {
  MatchCoverage out;
  out.matcher = name();
  for (const auto& index : search_.lookup.indexes()) {
    const IndexSummary& summary = index->summary();
    out.loaded["indicators"] += summary.indicators;
    for (const auto& [type, count] : summary.atoms) {
      out.loaded[fmt::format("indicators.{}", atom_type_name(type))] += count;
    }
    if (summary.patterns > 0) out.loaded["indicators.stix-pattern"] += summary.patterns;
    if (summary.refused > 0) out.not_looked_at["indicators.not_applied"] += summary.refused;
    if (summary.warninglists > 0) out.loaded["warninglists"] += summary.warninglists;
    for (const auto& [type, why] : kNotComputed) {
      if (const auto count = summary.atoms.find(type); count != summary.atoms.end()) {
        out.not_looked_at[std::string(why)] += count->second;
      }
    }
  }
  const auto put = [](std::map<std::string, std::uint64_t>& into, std::string_view what,
                      std::uint64_t count) {
    if (count > 0) into[std::string(what)] += count;
  };
  out.looked_at["files"] = search_.counters.files;
  out.looked_at["records"] = search_.counters.records;
  put(out.looked_at, "digests", search_.counters.digests);
  put(out.looked_at, "contents", search_.counters.contents);
  put(out.looked_at, "content_bytes", search_.counters.content_bytes);
  put(out.looked_at, "processes", search_.counters.processes);
  put(out.looked_at, "memory_bytes", search_.counters.memory_bytes);
  put(out.looked_at, "import_tables", search_.counters.imports);
  put(out.not_looked_at, "content.package_unchanged", search_.counters.unchanged);
  put(out.not_looked_at, "content.binary_behind_32_mib", search_.counters.cut_binaries);
  put(out.not_looked_at, "content.read_error", search_.counters.read_errors);
  put(out.not_looked_at, "expression_undecided", search_.counters.undecided);
  return out;
}

}  // namespace

Result<std::unique_ptr<Matcher>> make_indicator_matcher(ValueLookup::Indexes indexes,
                                                        IndicatorMatcherOptions options) {
  auto made = std::make_unique<IndicatorMatcher>(std::move(indexes), options);
  KONSEKI_TRY(made->prepare());
  return made;
}

}  // namespace konseki
