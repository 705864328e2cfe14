// Names of programs that matter to more than one collector.
#pragma once

#include <string_view>

namespace konseki::windows {

// All take file names, case-blind.
// Command interpreters and the programs that run what they are given: cmd, powershell, wscript,
// mshta, rundll32, ...
bool runs_commands(std::string_view name);
// Of those, the ones that run typed or scripted commands: cmd, powershell, pwsh, wscript, ...
bool is_shell(std::string_view name);
// Programs that open documents from outside: Word, Excel, Outlook, Acrobat, Ichitaro, ...
bool opens_documents(std::string_view name);
// Servers that answer strangers: IIS' workers, Apache, nginx, PHP, Java servers, SQL Server, ...
bool serves_strangers(std::string_view name);

}  // namespace konseki::windows
