// The machine's clock, for stamps of the run itself; never for anything derived from evidence.
#pragma once

#include <chrono>

#include "konseki/time.h"

namespace konseki {

inline Timestamp system_now() {
  using namespace std::chrono;
  const auto now = duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
  return {now / 1'000'000'000, static_cast<std::int32_t>(now % 1'000'000'000)};
}

}  // namespace konseki
