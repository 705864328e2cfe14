// Facts: what the analysis saw a script do. They carry no judgement; judge.h weighs them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::webshell {

enum class FactKind : std::uint8_t {
  kRunInput,        // a request is run as code
  kCommandInput,    // a request is run as a command
  kCallInput,       // a request names the function that is called
  kIncludeInput,    // a request names the file that is included
  kWriteInput,      // a request writes a file under a name it chooses, or a script
  kUploadInput,     // an upload is stored under the name that it chooses
  kLoadInput,       // classes are loaded from bytes of the request
  kUnserialize,     // a request is deserialised
  kQueryInput,      // a request is sent to a database as it stands
  kRunUnpacked,     // constants are decoded and run
  kRunOpaque,       // what is run is decoded in a way that was not followed
  kHiddenName,      // a dangerous function's name is put together and called
  kOpaqueCall,      // a function is called whose name was hidden and could not be told
  kRunRemote,       // what is fetched over the network is run
  kRunStored,       // what is kept in session, database or another file is run
  kRunUndefined,    // a variable that nobody sets is run (old register_globals)
  kIncludeStrange,  // a picture, a temporary or hidden file is included as script
  kCommand,         // a command is run
  kRunCode,         // code is run from a value of unknown origin
  kReverse,         // a connection is tied to a command interpreter
  kWriteScript,     // a script is written whose text is code
  kConnectInput,    // a request names the host that is connected to
  kReadInput,       // a request names the file or folder that is read
  kFileUndefined,   // files are changed by a variable that nobody sets
  kMailInput,       // mail goes to whom a request names
  kHiddenCall,      // a function is called by a decoded name, none of the dangerous ones
  kAccountInput,    // a request names the account that is made
  kChangeInput,     // a request names the file that is deleted, renamed or given other rights
  kForwardInput,    // a request is passed on to another host
  kAccountList,     // the system's list of accounts or sites is read
  kLinkOut,         // links to files of others are made
  kDump,            // tables are listed or copied as statements
  kOwnAccount,      // the script has or asks for an account of a database (not scored)
  kKeepsRemote,     // what another host sends is kept in a file (PHP)
  kCallsHome,       // somebody else is told under which address the script can be asked
  kDeletesItself,
  kHiddenHost,   // a host is asked whose address a decoder gave
  kInfects,      // files that were found by listing folders get text from elsewhere
  kDisguise,     // stands under another program's name in the list of processes
  kMakesMaster,  // an account of an administrator is made without anybody's order
  kHarvest,      // passwords or card numbers of a request are sent on or kept
  kBot,          // the protocol of a chat is spoken
  kLogIn,        // the caller gets somebody's session
  kStyleCalls,   // style sheets or paths may call functions
  kCloak,        // a fixed host's pages are fetched where search engines are told apart
  kListens,      // a port is opened
  kGate,         // a password in the request is compared with a digest or constant
  kDecrypt,      // a request is decrypted
  kMemoryShell,  // a filter, listener or servlet is registered at run time
  kPreload,      // programs are made to load a library of the script's
  kConfig,       // server settings make other files run
  kScriptText,   // a script inside a text is given to an interpreter of its own
  kSource,       // a request is read (not scored; for the near-by rule)
};

struct Fact {
  FactKind kind = FactKind::kSource;
  bool reached = false;  // by the script's own course, not only inside functions nobody calls here
  std::uint8_t layer = 0;    // 0: as the file stands; 1: inside one unpacked layer; ...
  std::uint64_t offset = 0;  // in the file, for layer 0
  std::string detail;        // the function's or feature's name
  std::string excerpt;       // the code around it, a few lines
};

// What a script can do, by the functions that it names.
enum Ability : std::uint32_t {
  kCanCommand = 1 << 0,
  kCanCode = 1 << 1,
  kCanList = 1 << 2,  // lists folders
  kCanRead = 1 << 3,
  kCanWrite = 1 << 4,
  kCanDelete = 1 << 5,  // deletes, renames, changes rights
  kCanUpload = 1 << 6,
  kCanDatabase = 1 << 7,
  kCanSystem = 1 << 8,  // asks for the system, its users and limits
  kCanNetwork = 1 << 9,
  kCanSettings = 1 << 10,  // lifts limits: time, errors, memory
  kCanProcess = 1 << 11,   // processes, accounts
  kCanArchive = 1 << 12,
  kCanRegistry = 1 << 13,
  kCanReflect = 1 << 14,  // calls methods by their names
};

struct Facts {
  std::vector<Fact> facts;
  std::uint32_t abilities = 0;
  std::uint32_t chosen = 0;         // abilities whose file or folder the request names, whole
  std::uint32_t dynamic_calls = 0;  // calls of functions named by a value
  std::uint32_t decoders = 0;       // calls of decoders
  std::uint32_t functions = 0;      // functions and methods defined
  std::uint32_t gotos = 0;
  std::uint32_t hidden_globals = 0;  // variables reached through ${"GLOBALS"}
  std::uint32_t layers = 0;          // layers unpacked
  bool cut = false;                  // a limit was reached
  std::string core;                  // the innermost layer's first lines
};

}  // namespace konseki::webshell
