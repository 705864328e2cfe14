// ESE databases from text, so that fixtures stay text:
//
//   pages 4096              once, first: bytes of a page (4096 to 32768)
//   clean                   closed as it should be; without it, in use
//   logs FIRST LAST         generations of the logs that its newest changes lie in
//   table NAME
//   column ID TYPE NAME     TYPE: JET_coltyp as a number; columns in the order of their ids
//   row VALUE VALUE ...     in the order of the columns: a number, @SECONDS (DateTime, since 1970),
//                           f@SECONDS (FILETIME), u:TEXT (UTF-16, ended by NUL), p:TEXT (the same
//                           with %XX decoded), x:HEX, - (null); and for tagged columns
//                           7:TEXT (compressed to 7 bits a character, %XX decoded),
//                           l:TEXT (as p:, apart from the record, in pieces of 64 bytes)
//   deleted VALUE ...       a row that was deleted and is still there
//
// Text columns are UTF-16. Each table has a root over leaves of three rows, every second value of
// which has a key prefix; values that lie apart have a tree of the same form.
#pragma once

#include <string>
#include <string_view>

#include "konseki/result.h"

namespace konseki::testing {

// kInvalidArgument names the line that is wrong.
Result<std::string> build_ese_database(std::string_view text);

}  // namespace konseki::testing
