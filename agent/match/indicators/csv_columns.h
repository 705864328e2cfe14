// What the columns of a table of indicators mean, told by its header.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/atom.h"

namespace konseki {

enum class CsvRole : std::uint8_t {
  kNone,
  kType,    // names what the value is
  kValue,   // what is looked for, of the kind that kType names or that is guessed
  kTyped,   // what is looked for, of one kind
  kDigest,  // a digest of any kind
  kPort,
  kName,
  kDescription,
  kConfidence,
  kTlp,
  kFirstSeen,
  kLastSeen,
  kModified,
  kSource,
  kId,
  kToIds,
  kTags,
};

struct CsvColumn {
  CsvRole role = CsvRole::kNone;
  std::optional<AtomType> type;  // kTyped
};

struct CsvHeader {
  char delimiter = ',';
  std::vector<CsvColumn> columns;
  bool is_misp = false;  // to_ids, category and MISP's words for types
};

// The header that `line` is, in whatever delimiter fits; nothing when it names nothing to look for.
// English and Japanese names, any order, any case.
std::optional<CsvHeader> tell_csv_header(std::string_view line);

// The kind of atom that a word in a column of types stands for: MISP's, STIX's and everyday ones.
// Nothing for words such as "hash" that leave it to the value, and for unknown ones.
std::optional<AtomType> atom_type_of_word(std::string_view word);
// Whether the word leaves it to the value.
bool is_open_word(std::string_view word);

}  // namespace konseki
