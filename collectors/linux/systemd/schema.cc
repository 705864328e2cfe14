#include "collectors/linux/systemd/schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"name", FieldType::kText, "Unit name"},
    {"scope", FieldType::kText, "system, user (every user's manager) or user:NAME"},
    {"state", FieldType::kText,
     "as systemctl is-enabled says: enabled, disabled, static (nothing to enable), template, "
     "masked, linked (a link whose end "
     "was not read), missing (only links or drop-ins)"},
    {"description", FieldType::kText, "Description="},
    {"file", FieldType::kText, "The unit file that counts"},
    {"link_target", FieldType::kText, "Where it leads when it is a symlink"},
    {"drop_ins", FieldType::kTextList, "Drop-ins in the order in which they apply"},
    {"overrides", FieldType::kTextList, "Unit files of the same name that it hides"},
    {"aliases", FieldType::kTextList, "Other names of the unit"},
    {"service_type", FieldType::kText, "Type= of a service"},
    {"user", FieldType::kText, "Account that the commands run as"},
    {"commands", FieldType::kTextList, "Exec...= after merging, as written"},
    {"environment", FieldType::kTextList, "Environment= and EnvironmentFile="},
    {"conditions", FieldType::kTextList, "What a timer, socket or path unit waits for"},
    {"activates", FieldType::kText, "Unit that a timer, socket or path unit starts"},
    {"triggers", FieldType::kTextList, "What starts this unit"},
    {"install", FieldType::kTextList, "The [Install] section"},
    {"remarks", FieldType::kTextList, "What a reader should know: tricks that hide a line, ..."},
});

}  // namespace

const RecordSchema kLinuxSystemdUnitSchema{
    "linux.systemd_unit", "Units of systemd, merged with their drop-ins as systemd loads them",
    kFields};

}  // namespace konseki
