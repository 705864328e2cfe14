// The languages a web server runs as scripts.
#pragma once

#include <cstdint>
#include <string_view>

namespace konseki::webshell {

enum class ScriptLanguage : std::uint8_t {
  kPhp,
  kVbScript,  // ASP classic
  kJScript,   // ASP classic and ASP.NET
  kCSharp,    // ASP.NET
  kVbNet,     // ASP.NET
  kJava,      // JSP, JSPX
  kCfml,
  kPerl,
  kPython,
  kShell,         // shell CGI
  kServerConfig,  // .htaccess, .user.ini, web.config
};

// "php", "vbscript", "jscript", "csharp", "vbnet", "jsp", "cfml", "perl", "python", "shell",
// "config".
std::string_view language_name(ScriptLanguage language);

}  // namespace konseki::webshell
