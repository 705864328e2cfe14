// Signs of mining in what is known of a host beside content: facts of files, records.
#pragma once

#include <optional>

#include "agent/match/miner/miner_data.h"
#include "agent/match/miner/miner_subject.h"
#include "konseki/matcher.h"
#include "konseki/record.h"

namespace konseki {

// A driver that miners bring; a file that nobody can change where programs start by themselves,
// where who may log in is said, or where anyone may write.
std::optional<MinerSighting> sighting_in_entry(const MatchFile& file);

// A start-up entry, process, socket, container, exclusion of Defender, right of an account or
// setting of the kernel.
std::optional<MinerSighting> sighting_in_record(const Record& record, const MinerData& data);

}  // namespace konseki
