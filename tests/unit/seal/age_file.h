// age files for tests, put together from parts that may be wrong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/seal/age_reader.h"
#include "agent/seal/age_writer.h"

namespace konseki::testing {

// Cheap enough for tests; the format is the same.
inline constexpr unsigned kTestLogN = 10;

AgeTargets to_recipient(const AgeIdentity& identity);
AgeTargets by_passphrase(std::string_view passphrase);
AgeIdentities with_identity(const AgeIdentity& identity);
AgeIdentities with_passphrase(std::string_view passphrase);

// What AgeWriter makes of `plain`.
std::string encrypt(std::string_view plain, const AgeTargets& targets);

// A file with the given stanzas; its header's MAC is right for `key`. `lengths` are the clear
// lengths of its chunks, the last of which is marked as such unless `marked_last` is false.
std::string age_file(const FileKey& key, const std::vector<Stanza>& stanzas,
                     const std::vector<std::size_t>& lengths, bool marked_last = true);
FileKey test_file_key();

// The clear text that age_file() puts into its chunks.
std::string clear_text(std::size_t size);

Result<std::unique_ptr<AgeReader>> open_age(std::string_view file, const AgeIdentities& identities);
// All of it, or why not.
Result<std::string> decrypt(std::string_view file, const AgeIdentities& identities);

}  // namespace konseki::testing
