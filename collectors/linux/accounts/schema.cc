#include "collectors/linux/accounts/schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kUserFields = std::to_array<FieldSpec>({
    {"name", FieldType::kText, "Login name"},
    {"uid", FieldType::kUint, "User id"},
    {"gid", FieldType::kUint, "Primary group id"},
    {"comment", FieldType::kText, "GECOS field"},
    {"home", FieldType::kText, "Home directory"},
    {"shell", FieldType::kText, "Login shell; absent: /bin/sh"},
    {"groups", FieldType::kTextList, "Further groups"},
    {"password", FieldType::kText, "set, locked, none, empty (log-in without one) or invalid"},
    {"hash_algorithm", FieldType::kText, "How the password is hashed; the hash is never recorded"},
    {"password_changed", FieldType::kTime, "Day of the last change of the password",
     "Last Password Reset"},
    {"minimum_age", FieldType::kInt, "Days before the password may be changed"},
    {"maximum_age", FieldType::kInt, "Days after which it must be changed"},
    {"inactive", FieldType::kInt, "Days of grace after that"},
    {"expires", FieldType::kTime, "Day the account expires", "Expiration Time"},
    {"backup", FieldType::kBool,
     "True: from the backup of an earlier state (passwd-, a deleted file)"},
    {"line", FieldType::kUint, "Line number from 1"},
    {"remarks", FieldType::kTextList, "What a reader should know: second uid 0, no password, ..."},
});

constexpr auto kGroupFields = std::to_array<FieldSpec>({
    {"name", FieldType::kText, "Group name"},
    {"gid", FieldType::kUint, "Group id"},
    {"members", FieldType::kTextList, "Members beside those whose primary group it is"},
    {"administrators", FieldType::kTextList, "Who may change the members"},
    {"password", FieldType::kText, "set, locked, empty or invalid; absent: none"},
    {"hash_algorithm", FieldType::kText, "How the password is hashed"},
    {"backup", FieldType::kBool,
     "True: from the backup of an earlier state (group-, a deleted file)"},
    {"line", FieldType::kUint, "Line number from 1"},
    {"remarks", FieldType::kTextList, "What a reader should know"},
});

}  // namespace

const RecordSchema kLinuxUserSchema{"linux.user", "Accounts: passwd joined with shadow and group",
                                    kUserFields};
const RecordSchema kLinuxGroupSchema{"linux.group", "Groups: group joined with gshadow",
                                     kGroupFields};

}  // namespace konseki
