// Atom: the simplest form of an indicator: one value of one kind, to be found as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/result.h"

namespace konseki {

enum class AtomType : std::uint8_t {
  kMd5,
  kSha1,
  kSha256,
  kSha512,
  kImphash,
  kFileName,      // a whole name, compared case-blind
  kFilePath,      // a path or its end, '/' separated, case-blind; may hold %VARIABLES%
  kPathRegex,     // PCRE, searched in the whole path with '/' and with '\'
  kDomain,        // lower case, no final dot; subdomains count and are said to be such
  kIpAddress,     // IPv4 or IPv6 in its shortest form
  kIpNetwork,     // CIDR, host bits zero
  kUrl,           // as given, scheme and host in lower case
  kEmailAddress,  // lower case
  kEmailSubject,
  kRegistryKey,  // hive spelled out, '\' separated, case-blind; may end in a value name
  kMutex,
  kNamedPipe,
  kServiceName,
  kTaskName,
  kUserAgent,
  kUserAccount,
  kCommandLine,  // found anywhere in a command line, case-blind
  kCertificate,  // digest of the certificate, lower-case hex
};

// "md5", "file-name", ...: stable, used by `list indicators`, compiled files and coverage.
std::string_view atom_type_name(AtomType type);
std::optional<AtomType> atom_type_of_name(std::string_view name);

struct Atom {
  AtomType type = AtomType::kSha256;
  std::string value;                  // canonical
  std::string excluded;               // kPathRegex: what must not match as well; may be empty
  std::optional<std::uint16_t> port;  // kIpAddress, kDomain: only with this port, where known

  bool operator==(const Atom&) const = default;
};

// Brings `text` into the canonical form of `type`, undoing what people do to keep addresses from
// being clicked (hxxp, [.], (dot), [@]). An address with a prefix becomes a network and a network
// of full length an address, a name with separators a path and a path without one a name; no other
// type turns into another. kInvalidArgument with the reason when it cannot be one.
Result<Atom> make_atom(AtomType type, std::string_view text);

// What a bare value in a list is: a digest by its length, an address, a network, a URL, a domain
// or a mail address. kInvalidArgument when it is none.
Result<Atom> guess_atom(std::string_view text);

}  // namespace konseki
