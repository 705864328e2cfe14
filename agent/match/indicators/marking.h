// Markings: how far an indicator may be passed on.
#pragma once

#include <string>
#include <string_view>

namespace konseki {

// "TLP:AMBER" for the ids of the TLP 1 and TLP 2 markings of STIX 2; else empty.
std::string_view tlp_of_marking_ref(std::string_view marking_ref);

// The UUID of the TLP 2 marking that "TLP:AMBER" names; empty for other words.
std::string_view marking_id_of(std::string_view tlp);

// "TLP:AMBER" for "tlp:amber", "AMBER", "TLP:AMBER", ... as tags, columns and STIX 1 write it;
// WHITE of TLP 1 is CLEAR. Else empty.
std::string tlp_of_word(std::string_view word);

}  // namespace konseki
