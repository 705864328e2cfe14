// Collection: one run over one source, from the most volatile to the least, into one bundle.
#pragma once

#include <stop_token>

#include "agent/pipeline/collection_request.h"
#include "agent/pipeline/collection_result.h"
#include "konseki/bundle.h"
#include "konseki/observer.h"
#include "konseki/source.h"

namespace konseki {

// Runs the request. Trouble with evidence becomes rows and audit entries; the only errors are
// those of writing the bundle, which then is not sealed. `stop` ends the run early and in order:
// what is there stays valid and may be sealed.
Result<CollectionResult> run_collection(Source& source, BundleWriter& writer,
                                        const CollectionRequest& request, Observer& observer,
                                        std::stop_token stop);

}  // namespace konseki
