// How much of the machine this process asks for. Calls the operating system.
#pragma once

#include <chrono>

namespace konseki {

// Yields processor and disk to everything else from now on: threads of this process that start
// later inherit it. Quietly does what the system allows; the machine itself is not changed.
void lower_priority();

// Processor time that all threads of this process have used so far.
std::chrono::nanoseconds process_cpu_time();

}  // namespace konseki
