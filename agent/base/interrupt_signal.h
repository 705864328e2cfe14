// The user's wish that the program ends: Ctrl-C, SIGTERM, a console window that is closed. One for
// the whole process.
#pragma once

namespace konseki {

// From now on the first such wish only makes interrupted() true; a second one ends the process.
void catch_interrupts();
// Back to the system's way.
void release_interrupts();

bool interrupted();

}  // namespace konseki
