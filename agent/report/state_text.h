// Sentences about a bundle that the terminal and the HTML report share.
#pragma once

#include <string>
#include <vector>

#include "agent/report/finding_text.h"
#include "agent/report/summary.h"
#include "konseki/text.h"

namespace konseki {

// Whether the bundle is whole: sealed, interrupted, unsealed.
Bilingual seal_text(const BundleSummary& summary);
bool is_whole(const BundleSummary& summary);  // sealed, not interrupted, nothing unreadable in it

// "live host", "disk image (ewf)", ... without the location.
Bilingual source_text(const BundleSummary& summary);

// Privilege of the run and what it means; empty when unknown or not a live host.
Bilingual privilege_text(const BundleSummary& summary);

// What the clock facts say, a sentence each: reference, synchronisation, a step during the run.
std::vector<Bilingual> clock_notes(const BundleSummary& summary);

// The host's offset from UTC at the start, when known.
std::optional<std::int32_t> host_offset(const BundleSummary& summary);

// "2026-08-15 02:00:00 UTC", with the host's own clock behind it when that differs.
std::string time_with_zone(const std::optional<Timestamp>& time,
                           const std::optional<std::int32_t>& offset);

// "/var" or "C:"; the Linux root's empty mount as "/".
std::string mount_text(const VolumeSummary& volume);

}  // namespace konseki
