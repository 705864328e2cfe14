// Opens a bundle for reading: sealed, cut off, re-packed or as plain tar.
#pragma once

#include <memory>

#include "agent/bundle/content_reader.h"
#include "konseki/bundle.h"

namespace konseki {

// True when the content begins as a bundle does: zstd or tar with konseki/run.json as the first
// member. Reads one frame at most.
Result<bool> is_bundle(ByteReader& file);

// Answers the members that are whole. kUnsupported when it is no bundle at all; damage further on
// only costs the members it touches (sealed() is false when the manifest is among them; verify
// tells the rest). Readers that it hands out may outlive it. Safe to use from several threads.
Result<std::unique_ptr<BundleReader>> open_bundle(std::unique_ptr<ByteReader> file);

// The content of `member`, whose packed bytes lie in `content`, with holes as zeros.
std::unique_ptr<ByteReader> member_content(std::shared_ptr<ByteReader> content,
                                           const Member& member);

// Calls `line` with every line of `content`, the last one with or without its line break.
// kLimitExceeded at a line of more than 16 MiB.
Result<void> for_each_line_of(ByteReader& content,
                              const std::function<void(std::string_view)>& line);

}  // namespace konseki
