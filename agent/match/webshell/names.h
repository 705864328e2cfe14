// Names: what the functions, methods and objects of each language do, as far as it matters here.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/match/webshell/script_language.h"

namespace konseki::webshell {

enum class Role : std::uint8_t {
  kNone,      // does nothing of interest, gives nothing on
  kPass,      // gives its arguments' traits on (text functions)
  kRunCode,   // argument `at` is code
  kCommand,   // argument `at` is a command
  kInclude,   // argument `at` is a file of code
  kCallback,  // argument `at` is a function, the others may be its input
  kWrite,     // argument `at` is a file's name, the rest its content
  kOpen,      // opens a file for later writes; argument `at` is its name
  kPut,       // writes to an opened file
  kMove,      // stores an upload under argument `at`
  kRead,      // gives a file's content
  kFetch,     // gives what the network gives
  kSource,    // gives input of the request
  kUploads,   // gives an upload
  kRequest,   // the request object
  kStored,    // gives what session or database keep
  kDecode,    // a decoder; see builtins.cc for those that are computed
  kDecrypt,
  kChar,  // characters from numbers and back
  kLoad,  // loads classes from bytes
  kUnserialize,
  kQuery,  // sends argument `at` to a database
  kSocket,
  kExtract,      // makes variables of argument `at`
  kMemory,       // registers code in the running server
  kObject,       // creates the object that argument `at` names
  kReplace,      // preg_replace: runs code with the e modifier
  kAppend,       // adds its arguments to its receiver
  kEnvironment,  // gives the variable of the server that argument `at` names
  kClean,        // a number, a digest, a length: nothing of the input is left
  kStep,         // shows an ability and nothing more
};

// NameEntry::at of what is a request only in a script that answers through its standard output.
constexpr std::uint8_t kStandardInput = 7;

struct NameEntry {
  std::string_view name;  // lower case; ".name" is a method of any object
  Role role = Role::kNone;
  std::uint8_t at = 0;
  std::uint32_t abilities = 0;
};

// The entry of a name in the language, or null.
const NameEntry* find_name(ScriptLanguage language, std::string_view name);

}  // namespace konseki::webshell
