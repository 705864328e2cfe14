// One line of a list of indicators.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/atom.h"
#include "konseki/result.h"

namespace konseki {

struct ListLine {
  std::vector<Atom> atoms;  // any one is a hit
  std::string pattern;      // STIX pattern, where atoms cannot say it
  std::string description;
  std::optional<int> score;  // as written
};

// A value, and what may stand behind it: "hash;description", "hash;score;description",
// "hash  file name", "address;score", a line of a hosts file, a trail "/path" of a URL, a path, a
// registry key, a STIX pattern. `among_addresses`: the list holds hosts and URLs, so that "/path"
// is a URL's. Errors: kInvalidArgument with the reason.
Result<ListLine> read_list_line(std::string_view line, bool among_addresses);

// "REGEX;SCORE[;FALSE-POSITIVE-REGEX]". kInvalidArgument when it is not of this form.
Result<ListLine> read_scored_path(std::string_view line);

// Whether `line` has that form and cannot be "address;score".
bool looks_like_scored_path(std::string_view line);

// A value of which nothing else is known: as guess_atom, and paths, file names, registry keys. A
// URL that names nothing but a host stands for the host.
Result<Atom> guess_listed(std::string_view text);

}  // namespace konseki
