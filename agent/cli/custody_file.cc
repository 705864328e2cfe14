#include "agent/cli/custody_file.h"

#include "agent/base/cursor.h"
#include "agent/base/memory_reader.h"
#include "agent/source/live/local_file.h"

namespace konseki {

std::string custody_path(const std::string& bundle_path) { return bundle_path + ".custody.jsonl"; }

Result<std::optional<std::string>> read_custody_text(const std::string& bundle_path) {
  const std::string path = custody_path(bundle_path);
  if (auto facts = local_file_facts(path); !facts) {
    if (facts.error().code == ErrorCode::kNotFound) return std::optional<std::string>();
    return fail(std::move(facts).error());
  }
  KONSEKI_ASSIGN(auto file, open_local_file(path));
  auto bytes = read_all(*file, kMostCustody);
  if (!bytes) {
    bytes.error().detail = path + ": " + bytes.error().detail;
    return fail(std::move(bytes).error());
  }
  return std::optional<std::string>(as_text(*bytes));
}

Result<std::string> file_sha256(ByteReader& file) {
  Sha256Pass pass;
  std::vector<std::byte> buffer(1 << 20);
  for (std::uint64_t at = 0;;) {
    KONSEKI_ASSIGN(const std::size_t got, file.read_at(at, buffer));
    if (got == 0) return to_hex(pass.finish());
    pass.update(std::span(buffer).first(got));
    at += got;
  }
}

}  // namespace konseki
