// The manifest's signature as the report tells of it.
#pragma once

#include "agent/base/json_view.h"
#include "agent/report/bundle_lines.h"
#include "agent/report/summary.h"

namespace konseki {

// `run` is konseki/run.json.
SignatureFacts signature_facts(BundleReader& bundle, JsonView run, const ManifestFacts& manifest);

// One sentence: signed, not signed, wrong.
Bilingual signature_text(const SignatureFacts& facts);

}  // namespace konseki
