#include "konseki/persistence.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"mechanism", FieldType::kText, "Kind of entry: linux.cron, windows.service, ..."},
    {"location", FieldType::kText, "File or registry key that holds the entry"},
    {"name", FieldType::kText, "Unit, service, task or value name"},
    {"command", FieldType::kText, "What runs, verbatim"},
    {"target", FieldType::kText, "Display path of the program, as far as the command tells it"},
    {"user", FieldType::kText, "Account that it runs as"},
    {"trigger", FieldType::kText, "When it runs"},
    {"enabled", FieldType::kBool, "False when switched off; absent when the system does not say"},
    {"since", FieldType::kTime, "Earliest time that vouches for the entry", "Persistence Since"},
    {"since_evidence", FieldType::kText, "The artifact that gives `since`"},
    {"technique", FieldType::kText, "ATT&CK technique"},
    {"target_state", FieldType::kText, "present, missing, or not_checked (could not look)"},
    {"target_size", FieldType::kUint, "Size of the target in bytes; files only"},
    {"target_modified", FieldType::kTime, "Last modification of the target",
     "Persistence Target Modified"},
    {"target_sha256", FieldType::kText, "SHA-256 of the target, lower-case hex"},
    {"target_package", FieldType::kText, "Package that owns the target"},
    {"target_package_state", FieldType::kText, "intact, changed, or nobody (no package owns it)"},
});

void set_unless_empty(Record& record, std::string_view field, const std::string& value) {
  if (!value.empty()) record.set(field, value);
}

}  // namespace

const RecordSchema kPersistenceSchema{
    "persistence", "What starts by itself: where, what runs, as whom, when, since when", kFields};

Record PersistenceEntry::to_record() const {
  Record record(kPersistenceSchema);
  set_unless_empty(record, "mechanism", mechanism);
  set_unless_empty(record, "location", location);
  set_unless_empty(record, "name", name);
  set_unless_empty(record, "command", command);
  set_unless_empty(record, "target", target);
  set_unless_empty(record, "user", user);
  set_unless_empty(record, "trigger", trigger);
  if (enabled) record.set("enabled", *enabled);
  if (since) record.set("since", *since);
  set_unless_empty(record, "since_evidence", since_evidence);
  set_unless_empty(record, "technique", technique);
  return record;
}

}  // namespace konseki
