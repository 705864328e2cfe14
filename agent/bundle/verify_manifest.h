// Part of verify: manifest.json against the members that were found.
#pragma once

#include <vector>

#include "agent/bundle/verify_rows.h"

namespace konseki {

// `members` in the order of the tar, without the manifest itself; `by_name` the same, sorted.
// `headers` is the digest over their header blocks; `compressed` false for plain tars, where an
// export may have expanded links and holes.
void verify_manifest(ByteReader& manifest, const std::vector<VerifiedMember>& members,
                     const std::vector<const VerifiedMember*>& by_name, const Sha256& headers,
                     bool compressed, VerifyReport& report);

}  // namespace konseki
