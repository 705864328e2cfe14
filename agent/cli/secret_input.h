// Secrets that the user gives: files, stdin, or words typed at the terminal.
#pragma once

#include <string>

#include "agent/seal/secret.h"
#include "konseki/result.h"
#include "konseki/text.h"

namespace konseki {

// The content of a small file (at most 1 MiB); a pipe such as /dev/fd/3 will do, "-" is stdin.
Result<SecretText> read_secret_file(const std::string& path);

// The same without its last line break. kInvalidArgument when nothing is left.
Result<SecretText> read_passphrase_file(const std::string& path);

// Typed without echo; twice, and the same both times, when `confirm`. kInvalidArgument when empty
// or different.
Result<SecretText> ask_passphrase(const Bilingual& prompt, bool confirm, Language language);

}  // namespace konseki
