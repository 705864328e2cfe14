// Bundles for tests, made by the writer itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/bundle/writer.h"
#include "konseki/bundle.h"

namespace konseki::testing {

std::span<const std::byte> bytes_of(std::string_view text);

MemberHeader file_header(std::string name, std::uint64_t size);

// Adds a file or aborts the test run.
void add_file(BundleWriter& writer, const std::string& name, std::string_view content);

// One member of every kind: run.json, Japanese and long names, a hard link, symlink, sparse file,
// empty folder, rows, an audit chain.
std::string sample_bundle(const BundleWriterOptions& options = {});
// The names and contents that sample_bundle() holds as files under fs/.
std::vector<std::pair<std::string, std::string>> sample_files();

// Text that looks random but is the same every time.
std::string noise(std::size_t size, std::uint64_t seed);

}  // namespace konseki::testing
