// RunAudit: what a run tells of itself in the audit log of its bundle, and counts as gaps.
#pragma once

#include <string_view>

#include "agent/pipeline/counts.h"
#include "konseki/bundle.h"
#include "konseki/result.h"
#include "konseki/source.h"
#include "konseki/text.h"

namespace konseki {

// Used while no member is open and nobody else writes. Its errors are those of writing.
class RunAudit {
 public:
  RunAudit(BundleWriter& writer, Counts& counts) : writer_(writer), counts_(counts) {}

  // One event with one thing to say of it.
  Result<void> note(std::string_view event, std::string_view key, std::string_view value);
  // One event with `details`, a JSON object.
  Result<void> event(std::string_view event, std::string_view details);
  // Something that could not be looked at, or not wholly.
  Result<void> gap(std::string_view what, const Error& error);
  // Sectors that a medium would not give, or a medium that went away: a gap.
  Result<void> damage(const MediumDamage& damage);

 private:
  BundleWriter& writer_;
  Counts& counts_;
};

// What happened to the medium and what to do, for a person.
Bilingual damage_text(const MediumDamage& damage);

}  // namespace konseki
