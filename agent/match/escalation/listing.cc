#include "agent/match/escalation/listing.h"

#include <fmt/format.h>

namespace konseki {

void Listing::add(std::string line, const PathSpec& address) {
  if (++count > kMost) return;
  text += (text.empty() ? "" : "\n") + line;
  addresses.push_back(address);
}

std::string Listing::excerpt() const {
  if (count <= kMost) return text;
  return text + fmt::format("\n(+{})", count - kMost);
}

void add_witness(Finding& finding, std::string_view name, Bilingual text, const Listing& listing) {
  Witness witness;
  witness.name = name;
  witness.text = std::move(text);
  witness.addresses = listing.addresses;
  witness.excerpt = listing.excerpt();
  finding.witnesses.push_back(std::move(witness));
}

}  // namespace konseki
