// Fence: calls of C libraries that may crash or hang, on a thread that can be given up.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "konseki/result.h"

namespace konseki {

// A crash (an access to memory that is not there, a division by zero, abort(), a stack that is
// full) or a hang stops the fence's thread for good, where it is, and whoever waits for it goes on
// with an error. Nothing is unwound, so that no half-done state is ever looked at again: what the
// call was using stays as it is until the program ends. Costs two changes of threads for each call.
//
// What it cannot do: memory that the library wrote over before it crashed stays so, and a lock that
// the stopped thread held stays held.
//
// One user at a time; any number of fences.
class Fence {
 public:
  Fence();
  ~Fence();
  Fence(const Fence&) = delete;
  Fence& operator=(const Fence&) = delete;

  // Runs `work`, which must not throw, and waits for it. kInternal: it crashed. kLimitExceeded: it
  // was inside for longer than `patience` (see Outside). After either, nothing that `work` used may
  // be used or freed again; the next call has a new thread.
  Result<void> run(const std::function<void()>& work, std::chrono::milliseconds patience);

  // On the fence's thread, in functions that the library calls back: our own code runs. It is
  // neither fenced nor watched, and patience begins anew behind it. Elsewhere without effect.
  class Outside {
   public:
    Outside();
    ~Outside();
    Outside(const Outside&) = delete;
    Outside& operator=(const Outside&) = delete;
  };

 private:
  struct Thread;

  std::unique_ptr<Thread> thread_;  // null before the first call and after one that was given up
};

}  // namespace konseki
