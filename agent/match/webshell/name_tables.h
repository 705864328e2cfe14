#pragma once
#include <span>

#include "agent/match/webshell/names.h"

namespace konseki::webshell {

std::span<const NameEntry> php_names();
std::span<const NameEntry> asp_names();     // VBScript and JScript of ASP classic
std::span<const NameEntry> dotnet_names();  // C#, VB.NET and JScript of ASP.NET
std::span<const NameEntry> java_names();
std::span<const NameEntry> cfml_names();
std::span<const NameEntry> perl_names();
std::span<const NameEntry> python_names();

}  // namespace konseki::webshell
