// Part of verify: the manifest's signature.
#pragma once

#include <optional>

#include "agent/bundle/verify.h"

namespace konseki {

// `signature` and `run` (konseki/run.json) may be null: not there.
void verify_signature_member(ByteReader& manifest, ByteReader* signature, ByteReader* run,
                             const std::optional<VerifyingKey>& expected, VerifyReport& report);

}  // namespace konseki
