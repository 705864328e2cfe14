// libFuzzer: a hostile file given as a bundle. Opens, walks, reads, verifies, recovers and
// examines it as a source; nothing may crash, hang or run out of memory.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "agent/base/memory_reader.h"
#include "agent/bundle/export.h"
#include "agent/bundle/reader.h"
#include "agent/bundle/recover.h"
#include "agent/bundle/verify.h"
#include "agent/source/bundle/bundle_source.h"

namespace {

class NoOutput : public konseki::OutputStream {
 public:
  konseki::Result<void> write(std::span<const std::byte>) override { return {}; }
};

std::unique_ptr<konseki::ByteReader> reader_of(std::span<const std::byte> bytes) {
  return std::make_unique<konseki::SpanReader>(bytes);
}

// Sparse members may claim terabytes of zeros; the first megabyte tells as much.
void read_start(konseki::ByteReader& content) {
  std::vector<std::byte> buffer(64 * 1024);
  for (std::uint64_t offset = 0; offset < 1024 * 1024; offset += buffer.size()) {
    if (content.read_at(offset, buffer).value_or(0) == 0) break;
  }
}

bool small(std::span<const konseki::Member> members) {
  std::uint64_t sum = 0;
  for (const konseki::Member& member : members) sum += member.header.size >> 10;
  return sum < 16 * 1024;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  auto bundle = konseki::open_bundle(reader_of(bytes));
  if (!bundle) return 0;
  const auto members = (*bundle)->members();
  for (const konseki::Member& member : members) {
    const auto content = (*bundle)->open(member);
    if (content) read_start(**content);
  }
  if (const auto source = konseki::open_bundle_source(reader_of(bytes), "fuzz")) {
    for (const auto& volume : (*source)->file_systems()) {
      (void)volume->walk({}, [&](const konseki::Entry& entry) {
        (void)volume->stat(entry.path);
        (void)volume->open(entry);
        return konseki::WalkAction::kContinue;
      });
    }
  }
  if (!small(members)) return 0;
  NoOutput out;
  (void)konseki::verify_bundle(reader_of(bytes));
  (void)konseki::recover_bundle(reader_of(bytes), out, {});
  (void)konseki::export_tar(**bundle, out);
  (void)konseki::export_zip(**bundle, out);
  return 0;
}
