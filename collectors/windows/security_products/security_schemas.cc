#include "collectors/windows/security_products/security_schemas.h"

#include <array>

namespace konseki {
namespace {

constexpr FieldSpec kKey{"key", FieldType::kText, "Registry key that says so"};
constexpr FieldSpec kWritten{"last_written", FieldType::kTime, "Last write of that key",
                             "Content Modification Time"};
constexpr FieldSpec kOrigin{"origin", FieldType::kText,
                            "local: set on this machine; policy: group policy or management"};

constexpr auto kProduct = std::to_array<FieldSpec>({
    {"name", FieldType::kText, "Product as it registered itself"},
    {"kind", FieldType::kText, "antivirus, firewall, antispyware; service: known by its service"},
    {"enabled", FieldType::kBool, "On, by what it told the Security Center, or its service runs"},
    {"state", FieldType::kText, "on, off, snoozed, expired; of a service: running, stopped, ..."},
    {"up_to_date", FieldType::kBool, "Its signatures, by what it told the Security Center"},
    {"exe", FieldType::kText, "Its program"},
    kKey,
    kWritten,
    {"signs", FieldType::kTextList, "product_off"},
});

constexpr auto kSetting = std::to_array<FieldSpec>({
    {"product", FieldType::kText, "Microsoft Defender"},
    {"setting", FieldType::kText, "Name of the registry value"},
    {"value", FieldType::kUint, "Its number"},
    {"meaning", FieldType::kText, "What it amounts to"},
    kOrigin,
    kKey,
    kWritten,
    {"signs", FieldType::kTextList, "protection_off; tamper_protection_off"},
});

constexpr auto kExclusion = std::to_array<FieldSpec>({
    {"product", FieldType::kText, "Microsoft Defender"},
    {"kind", FieldType::kText,
     "path, extension, process, ip_address, threat (allowed by its number), folder_access (program "
     "allowed past controlled folder access), attack_surface (left out of those rules)"},
    {"value", FieldType::kText, "What is not looked at"},
    kOrigin,
    kKey,
    kWritten,
    {"signs", FieldType::kTextList,
     "excludes_whole_drive; excludes_programs: an extension of programs or scripts; "
     "excludes_temporary_place; excludes_user_writable_place; excludes_command_interpreter"},
});

}  // namespace

const RecordSchema kWindowsSecurityProductSchema{
    "windows.security_product", "A security product and whether it is on", kProduct};
const RecordSchema kWindowsSecuritySettingSchema{
    "windows.security_setting", "A setting that weakens or guards a security product", kSetting};
const RecordSchema kWindowsSecurityExclusionSchema{
    "windows.security_exclusion", "What a security product is told not to look at", kExclusion};

}  // namespace konseki
