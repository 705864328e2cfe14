#include "collectors/linux/authorized_keys/schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"user", FieldType::kText, "Account that the key opens"},
    {"key_type", FieldType::kText, "ssh-ed25519, ssh-rsa, ...; rsa1 for protocol 1"},
    {"bits", FieldType::kUint, "Length of the key"},
    {"fingerprint", FieldType::kText, "SHA256:... as ssh-keygen -l prints"},
    {"comment", FieldType::kText, "What stands after the key, by custom whose it is"},
    {"command", FieldType::kText, "Forced command: runs at log-in instead of what was asked"},
    {"from", FieldType::kText, "Hosts that the key is limited to"},
    {"options", FieldType::kTextList, "All options as written"},
    {"line", FieldType::kUint, "Line number from 1"},
    {"text", FieldType::kText, "The whole line, where it could not be read"},
    {"remarks", FieldType::kTextList, "What a reader should know"},
});

}  // namespace

const RecordSchema kLinuxAuthorizedKeySchema{"linux.authorized_key",
                                             "Keys that open accounts over SSH", kFields};

}  // namespace konseki
