// What the forms of export have in common.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "agent/bundle/export.h"

namespace konseki {

// Calls `piece` with the member's content from offset `start` to `end`, zeros where it cannot be
// read, and then adds a remark. `piece` errors end it.
Result<void> export_content(
    BundleReader& bundle, const Member& member, ByteRange range, ExportReport& report,
    const std::function<Result<void>(std::uint64_t offset, std::span<const std::byte>)>& piece);

// True for files and hard links.
bool has_content(const Member& member);

// Remarks that the form has no room for the member's type.
void remark_type(const Member& member, ExportReport& report);

}  // namespace konseki
