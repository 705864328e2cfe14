#include "collectors/linux/cron/schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"kind", FieldType::kText, "crontab, anacron, script, at, or link (a symlink in a cron place)"},
    {"schedule", FieldType::kText, "Time fields or keyword as written; period of a script"},
    {"delay", FieldType::kText, "anacron: minutes to wait before the job"},
    {"name", FieldType::kText, "anacron job name, script name, at job number"},
    {"user", FieldType::kText, "Account that the job runs as"},
    {"command", FieldType::kText, "What runs: verbatim but for cron's own '%' rule"},
    {"input", FieldType::kText, "Standard input given by '%' in the command"},
    {"environment", FieldType::kTextList, "Variables set in the table and in force for the job"},
    {"directory", FieldType::kText, "at: working directory"},
    {"queue", FieldType::kText, "at: queue letter"},
    {"run_at", FieldType::kTime, "at: when the job is due", "Scheduled to Start"},
    {"link_target", FieldType::kText, "link: where it points"},
    {"line", FieldType::kUint, "Line number from 1"},
    {"remarks", FieldType::kTextList, "What a reader should know: tricks that hide a line, ..."},
});

}  // namespace

const RecordSchema kLinuxCronSchema{"linux.cron", "Jobs of cron, anacron and at", kFields};

}  // namespace konseki
