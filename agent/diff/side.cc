#include "agent/diff/side.h"

#include <algorithm>

#include "agent/base/digest.h"
#include "agent/base/memory_reader.h"

namespace konseki {

void Side::settle() {
  std::stable_sort(files_.begin(), files_.end(),
                   [](const SideFile& a, const SideFile& b) { return a.path < b.path; });
  // Archives and lists may name a path again: the later one is what an unpacker would leave.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (i + 1 < files_.size() && files_[i + 1].path == files_[i].path) continue;
    if (kept != i) files_[kept] = std::move(files_[i]);
    ++kept;
  }
  files_.resize(kept);
}

Result<Digests> ReaderSide::digests(std::size_t index) {
  KONSEKI_ASSIGN(const auto reader, open(index));
  DigestPass pass;
  std::vector<std::byte> buffer(256 << 10);
  std::uint64_t at = 0;
  while (true) {
    KONSEKI_ASSIGN(const std::size_t got, reader->read_at(at, buffer));
    if (got == 0) return pass.finish();
    pass.update(std::span(buffer).first(got));
    at += got;
  }
}

Result<void> ReaderSide::contents(std::span<const std::size_t> wanted, std::uint64_t most,
                                  const ContentVisitor& visit) {
  for (const std::size_t index : wanted) {
    auto reader = open(index);
    visit(index,
          reader ? read_all(**reader, most) : Result<std::vector<std::byte>>(fail(reader.error())));
  }
  return {};
}

}  // namespace konseki
