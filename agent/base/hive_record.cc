#include "agent/base/hive_record.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"state", FieldType::kText,
     "replayed: records of this hive show it with its logs applied, the file in the bundle is as "
     "it was found; not_replayed: what had not reached the hive is missing from records"},
    {"primary_sequence", FieldType::kUint, "Sequence number when the last write began"},
    {"secondary_sequence", FieldType::kUint, "Sequence number when the last write ended"},
    {"header_damaged", FieldType::kBool, "The header does not fit its checksum"},
    {"logs", FieldType::kTextList, "Transaction logs found beside it"},
    {"entries", FieldType::kUint, "Log entries applied"},
    {"last_sequence", FieldType::kUint, "Sequence number of the last one applied"},
    {"bytes", FieldType::kUint, "Bytes of the hive that come from the logs"},
});

}  // namespace

const RecordSchema kHiveSchema{
    "windows.hive", "Registry hives whose newest changes were only in their logs", kFields};

Record hive_record(const HiveHeader& header, const std::vector<std::string>& names,
                   const HiveChanges& changes) {
  Record record(kHiveSchema);
  const bool replayed = changes.entries > 0;
  record.set("state", std::string(replayed ? "replayed" : "not_replayed"));
  record.set("primary_sequence", std::uint64_t{header.primary_sequence});
  record.set("secondary_sequence", std::uint64_t{header.secondary_sequence});
  if (!header.checksum_ok) record.set("header_damaged", true);
  record.set("logs", names);
  record.set("entries", std::uint64_t{changes.entries});
  if (replayed) record.set("last_sequence", std::uint64_t{changes.last_sequence});
  if (replayed) record.set("bytes", std::uint64_t{changes.bytes.size()});
  if (!changes.note.empty()) {
    record.status = ParseStatus::kPartial;
    record.note = replayed ? changes.note : "dirty, its logs were not replayed: " + changes.note;
  }
  return record;
}

}  // namespace konseki
