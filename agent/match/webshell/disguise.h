// Disguise: programs that stand under another program's name in the list of processes.
#pragma once

#include "agent/match/webshell/token.h"

namespace konseki::webshell {

// Whether a program of Perl sets $0 (https://perldoc.perl.org/perlvar#$0) to the name of a service
// or a shell, to one that it picks at random, or to one that is padded so that nothing is seen
// behind it.
bool takes_false_name(const Tokens& tokens);

}  // namespace konseki::webshell
