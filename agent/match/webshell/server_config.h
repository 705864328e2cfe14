// Server settings (.htaccess, .user.ini, web.config) that make other files run as scripts, and
// shell scripts that run what a request holds. Pure.
#pragma once

#include <string_view>

#include "agent/match/webshell/fact.h"

namespace konseki::webshell {

void read_server_config(std::string_view text, std::string_view name, Facts& facts);
void read_shell_script(std::string_view text, Facts& facts);

}  // namespace konseki::webshell
