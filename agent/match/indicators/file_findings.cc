#include "agent/match/indicators/file_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "agent/base/digest.h"
#include "agent/match/indicators/sightings.h"

namespace konseki {
namespace {

// A name alone is easily shared with something harmless.
int score_by(const Listed& listed, FileWitness witness) {
  return witness == FileWitness::kName ? listed.score * 3 / 5 : listed.score;
}

Bilingual words_of(FileWitness witness) {
  switch (witness) {
    case FileWitness::kDigest:
      return {"content (digest)", "内容 (ハッシュ値)"};
    case FileWitness::kImports:
      return {"imported functions (imphash)", "インポート関数 (imphash)"};
    case FileWitness::kPattern:
      return {};  // has a sentence of its own
    case FileWitness::kPath:
      return {"path", "パス"};
    case FileWitness::kName:
      return {"name", "名前"};
  }
  return {};
}

// Kinds that speak for each other and not for themselves twice.
std::size_t kind_of(FileWitness witness) {
  return witness == FileWitness::kName ? static_cast<std::size_t>(FileWitness::kPath)
                                       : static_cast<std::size_t>(witness);
}

std::string shortened(const std::string& value) {
  constexpr std::size_t kMost = 200;
  return value.size() <= kMost ? value : value.substr(0, kMost) + "…";
}

// Why the file is reported. `by`: what of it is listed, patterns apart.
Bilingual sentence_of(const Listed& lead, const Bilingual& by) {
  const std::string value = shortened(lead.value);
  if (lead.kind != "stix-pattern") {
    return {
        fmt::format("The file is listed by its {}: {} {}.", by.en, lead.kind, value),
        fmt::format("ファイルの{}がインジケータ {} {} に一致します。", by.ja, lead.kind, value)};
  }
  Bilingual out{fmt::format("The file fits the STIX pattern {}.", value),
                fmt::format("ファイルが STIX パターン {} に一致します。", value)};
  if (by.empty()) return out;
  out.en += fmt::format(" It is listed by its {} as well.", by.en);
  out.ja += fmt::format("{}も一致します。", by.ja);
  return out;
}

}  // namespace

void FileFindings::add(const Listed& listed, FileWitness witness) {
  hits_.push_back({&listed, witness, score_by(listed, witness)});
}

std::optional<Finding> FileFindings::finish(std::optional<Timestamp> collected) const {
  if (hits_.empty()) return std::nullopt;
  std::vector<Hit> hits = hits_;
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    const auto order = [](const Hit& hit) {
      return std::tuple(-hit.score, hit.witness, std::string_view(hit.listed->lead.id),
                        std::string_view(hit.listed->kind), std::string_view(hit.listed->value));
    };
    return order(a) < order(b);
  });
  const Listed& lead = *hits.front().listed;
  Finding out;
  out.matcher = "indicator";
  out.rule = lead.lead.id;
  out.origin = lead.lead.file;
  out.title = lead.lead.name;
  out.subject = file_.address;
  if (file_.digests != nullptr) out.sha256 = to_hex(file_.digests->sha256);
  std::array<int, 5> best{};
  Bilingual by;
  for (const Hit& hit : hits) {
    const Listed& listed = *hit.listed;
    int& most = best[kind_of(hit.witness)];
    const Bilingual words = words_of(hit.witness);
    if (!words.empty() && by.en.find(words.en) == std::string::npos) {
      by.en += (by.en.empty() ? "" : " and ") + words.en;
      by.ja += (by.ja.empty() ? "" : "と") + words.ja;
    }
    most = std::max(most, hit.score);
    Witness witness;
    witness.name = "indicator." + listed.kind;
    witness.score = hit.score;
    witness.text = {fmt::format("{} {}, listed by {}", listed.kind, shortened(listed.value),
                                fmt::join(listed.origins, ", ")),
                    fmt::format("{} {}。出典: {}", listed.kind, shortened(listed.value),
                                fmt::join(listed.origins, "、"))};
    out.witnesses.push_back(std::move(witness));
    if (out.technique.empty()) out.technique = listed.lead.technique;
    for (const std::string& marking : listed.lead.markings) {
      if (std::find(out.markings.begin(), out.markings.end(), marking) == out.markings.end()) {
        out.markings.push_back(marking);
      }
    }
  }
  for (const Hit& hit : hits) out.listed.push_back(hit.listed->observable);
  std::sort(out.listed.begin(), out.listed.end());
  out.listed.erase(std::unique(out.listed.begin(), out.listed.end()), out.listed.end());
  if (out.listed.size() > kMostObservables) {
    out.listed.resize(kMostObservables);
    out.flags.emplace_back("values_cut");
  }
  out.score = combine_scores(best);
  const auto witnesses = std::count_if(best.begin(), best.end(), [](int each) { return each > 0; });
  out.severity = severity_of_score(out.score, static_cast<std::size_t>(witnesses));
  if (std::all_of(hits.begin(), hits.end(),
                  [](const Hit& hit) { return hit.witness == FileWitness::kName; })) {
    out.flags.emplace_back("name_only");
  }
  if (by.en == "name") by = {"name only", "名前だけ"};
  out.reason = sentence_of(lead, by);
  if (!lead.lead.name.empty()) {
    out.reason.en += " " + lead.lead.name + ".";
    out.reason.ja += (lead.lead.name_ja.empty() ? lead.lead.name : lead.lead.name_ja) + "。";
  }
  if (std::all_of(hits.begin(), hits.end(),
                  [](const Hit& hit) { return hit.listed->held_down(); })) {
    out.flags.emplace_back("warninglisted");
    const Bilingual why = warning_sentence(lead.warning);
    out.reason.en += " " + why.en;
    out.reason.ja += why.ja;
  }
  apply_validity(lead.lead, collected, collected, out);
  return out;
}

}  // namespace konseki
