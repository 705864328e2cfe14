// What the fields of records mean in STIX: which property of which object, and how indicators are
// looked for in them. docs/record-fields.md is this table in prose.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/record.h"

namespace konseki {

enum class FieldUse : std::uint8_t {
  kText,     // addresses anywhere in it
  kPlain,    // a property as it is
  kPath,     // a file's path: its name and folder
  kAddress,  // an IP address or host name
  kPort,     // of the address of the same object
  kUser,     // an account's name
  kCommand,  // a command line, or a part of one
  kMd5,      // digests in hex
  kSha1,
  kSha256,
  kKey,        // a registry key, with or without a name of a value behind it
  kValueName,  // of the key of the same record
  kService,
  kTask,
  kEmail,
  kSubject,
  kUserAgent,
  kMutex,
  kPipe,
};

// One row. `object` is "type:property", "type#1:property" for a second object of a type, or
// "type:some_ref" where the value becomes an object of its own that the first one refers to. An
// empty schema stands for every schema that has no row of its own for the field.
struct FieldMeaning {
  std::string_view schema;
  std::string_view field;
  std::string_view object;
  FieldUse use = FieldUse::kPlain;
};

std::span<const FieldMeaning> field_meanings();

// One a field of `schema`, null for those that no row speaks of: these are kText and no property.
std::vector<const FieldMeaning*> meanings_of(const RecordSchema& schema);

// The table as docs/record-fields.md holds it.
std::string field_meanings_markdown();

}  // namespace konseki
