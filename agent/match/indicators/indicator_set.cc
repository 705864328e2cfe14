#include "agent/match/indicators/indicator_set.h"

#include <fmt/format.h>

#include <utility>

#include "agent/match/indicators/pattern_text.h"
#include "agent/match/stix/pattern_parser.h"

namespace konseki {

void IndicatorSet::take(IndicatorInfo info, std::vector<Atom> atoms) {
  std::string text;
  for (const Atom& atom : atoms) {
    if (const auto one = pattern_text_of_atom(atom)) {
      text += text.empty() ? *one : " OR " + *one;
    }
  }
  auto pattern = stix::parse_pattern(text, stix::Version::k21);
  if (text.empty() || !pattern) {
    std::string kind(atoms.empty() ? std::string_view() : atom_type_name(atoms[0].type));
    refuse(std::move(info), std::move(kind),
           {"observed data has no object for this kind of indicator",
            "この種類のインジケータに当たるオブジェクトが観測データにありません"});
    return;
  }
  take(std::move(info), *std::move(pattern));
}

void IndicatorSet::take(IndicatorInfo info, stix::Pattern pattern) {
  if (info.id.empty()) info.id = fmt::format("{}#{}", info.file, indicators_.size() + 1);
  indicators_.push_back({std::move(info), std::move(pattern)});
}

void IndicatorSet::take_yara(IndicatorInfo info, std::string) {
  refuse(std::move(info), "yara",
         {"patterns of this type are not applied to observed data",
          "この種類のパターンは観測データには適用しません"});
}

void IndicatorSet::refuse(IndicatorInfo info, std::string detail, Bilingual reason) {
  refused_.push_back({std::move(info.file), std::move(info.id), std::move(info.name),
                      std::move(detail), std::move(reason)});
}

}  // namespace konseki
