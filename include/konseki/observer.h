// Observer: told how a run goes. Terminal, log and tests implement it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "konseki/text.h"

namespace konseki {

struct Progress {
  Bilingual stage;  // "Reading files"
  std::uint64_t items = 0;
  std::uint64_t items_total = 0;  // 0 when unknown
  std::uint64_t bytes = 0;
  std::uint64_t bytes_total = 0;  // 0 when unknown
  std::string_view current;       // display path of what is being read
};

// Called from the pipeline's threads, one call at a time.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void started(const Bilingual& stage) = 0;
  virtual void progressed(const Progress& progress) = 0;
  virtual void warned(const Bilingual& message) = 0;
};

}  // namespace konseki
