// A side over a dpkg database: what the packages of the examined system brought, by digests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/diff/side.h"
#include "konseki/source.h"

namespace konseki {

// `packages`: only these; empty: all that own something below `root`. `root`: only what lies below;
// empty: everything of the packages named, and then the folders that no other package has count as
// their own. kNotFound when the source has no /var/lib/dpkg, or knows no such package.
Result<std::unique_ptr<Side>> make_package_side(Source& source,
                                                const std::vector<std::string>& packages,
                                                const std::string& root);

}  // namespace konseki
