#include "collectors/linux/dpkg/schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kPackageFields = std::to_array<FieldSpec>({
    {"name", FieldType::kText, "Package name"},
    {"version", FieldType::kText, "Installed version"},
    {"architecture", FieldType::kText, "amd64, all, ..."},
    {"installed", FieldType::kTime, "When its file list was last written: installed or upgraded",
     "Installation Time"},
    {"dpkg_status", FieldType::kText, "Wanted, error flag and state, as dpkg writes them"},
    {"source_package", FieldType::kText, "Source package where it differs"},
    {"section", FieldType::kText, "Archive section"},
    {"priority", FieldType::kText, "Priority"},
    {"maintainer", FieldType::kText, "Maintainer"},
    {"homepage", FieldType::kText, "Homepage"},
    {"description", FieldType::kText, "First line of the description"},
    {"installed_size", FieldType::kUint, "Size on disk in KiB, by the package's own word"},
    {"conffiles", FieldType::kUint, "Number of configuration files"},
    {"remarks", FieldType::kTextList, "What a reader should know"},
});

constexpr auto kOverrideFields = std::to_array<FieldSpec>({
    {"kind", FieldType::kText, "diversion (a packaged file moved aside) or statoverride"},
    {"path", FieldType::kText, "Path that is concerned"},
    {"diverted_to", FieldType::kText, "diversion: where the packaged file is instead"},
    {"package", FieldType::kText, "diversion: for whom; absent: an administrator"},
    {"user", FieldType::kText, "statoverride: owner"},
    {"group", FieldType::kText, "statoverride: group"},
    {"mode", FieldType::kText, "statoverride: permissions, octal"},
});

}  // namespace

const RecordSchema kLinuxPackageSchema{"linux.package", "Packages that dpkg knows", kPackageFields};
const RecordSchema kLinuxPackageOverrideSchema{
    "linux.package_override", "Files that dpkg treats otherwise than their packages say",
    kOverrideFields};

}  // namespace konseki
