#include "agent/match/indicators/file_pass.h"

#include <algorithm>

#include "agent/base/unicode.h"
#include "agent/match/indicators/file_findings.h"
#include "agent/match/indicators/record_objects.h"

namespace konseki {

void match_file(IndicatorSearch& search, const MatchFile& file, FindingSink& sink) {
  if (!file.again) search.counters.files.fetch_add(1, std::memory_order_relaxed);
  std::string path = subject_path(file.address);
  // Members stand behind "//"; for expressions they are folders in folders.
  for (std::size_t at = path.find("//", 1); at != std::string::npos; at = path.find("//", at)) {
    path.erase(at, 1);
  }
  FileFindings found(file);
  ValueHits hits;
  const std::string folded = fold_case(path);
  if (!file.again) search.lookup.find_path(folded, hits);
  for (const ValueHit& hit : hits) {
    const bool by_name = search.lookup.indexes()[hit.index]->type(hit.value) == AtomType::kFileName;
    found.add(search.listed.of(hit), by_name ? FileWitness::kName : FileWitness::kPath);
  }
  std::vector<std::uint32_t> numbers;
  for (const IndicatorSearch::Searches& each : search.searches) {
    if (file.again) break;
    each.paths->find(path, numbers, search.trouble_at(path, sink));
    for (const std::uint32_t number : numbers) {
      const StoredExpression& expression = each.paths->at(number);
      found.add(search.listed.of(each.index, "path-regex", expression.text, expression.owner),
                FileWitness::kPath);
    }
  }
  if (file.digests != nullptr) {
    search.counters.digests.fetch_add(1, std::memory_order_relaxed);
    if (file.size > 0) {  // nothing at all has a digest too, and it is listed again and again
      hits.clear();
      search.lookup.find_digest(AtomType::kSha256, file.digests->sha256, hits);
      search.lookup.find_digest(AtomType::kSha1, file.digests->sha1, hits);
      search.lookup.find_digest(AtomType::kMd5, file.digests->md5, hits);
      for (const ValueHit& hit : hits) found.add(search.listed.of(hit), FileWitness::kDigest);
    }
  }
  if (search.has_patterns && !file.again) {
    RecordObjects objects;
    objects.add_file(file);
    SeenObservation seen{objects, {}, "file:" + path, file.address, {}};
    const FileTimes& times = file.item.entry.times;
    for (const auto& time : {times.modified, times.created}) {
      if (time) seen.times.push_back(*time);
    }
    if (seen.times.empty() && search.collected) seen.times.push_back(*search.collected);
    std::sort(seen.times.begin(), seen.times.end());
    search.see_patterns(seen, path, sink,
                        [&](const Listed& listed) { found.add(listed, FileWitness::kPattern); });
  }
  if (auto finding = found.finish(search.collected)) sink.emit(*std::move(finding));
}

}  // namespace konseki
