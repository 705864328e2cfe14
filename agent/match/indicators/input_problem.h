// What of an input could not be used, and why.
#pragma once

#include <string>

#include "konseki/text.h"

namespace konseki {

struct InputProblem {
  std::string file;
  std::string id;      // of the object, or empty: the file as a whole
  std::string name;    // of an indicator
  std::string detail;  // technical: a position in a pattern, a property's value
  Bilingual reason;
};

}  // namespace konseki
