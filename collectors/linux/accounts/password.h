// What a crypt(5) password field says, without keeping the hash.
#pragma once

#include <string_view>

namespace konseki {

struct PasswordFacts {
  // set: a hash is there. locked: a hash is there behind '!'. none: no password can match.
  // empty: no password is asked for. invalid: no form that crypt knows.
  std::string_view state;
  std::string_view algorithm;  // "yescrypt", "sha512crypt", ...; empty without a hash
};

PasswordFacts password_facts(std::string_view field);

}  // namespace konseki
