// Segments: which parts of a file are script, and in which language. By content first; the name
// only helps where content leaves it open. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/webshell/arena.h"
#include "agent/match/webshell/script_language.h"

namespace konseki::webshell {

struct Segment {
  ScriptLanguage language = ScriptLanguage::kPhp;
  // The code. For page languages it is as long as the page, with markup blanked out, so that
  // offsets stay those of the file.
  std::string_view code;
  std::uint64_t base = 0;  // offset of the code's first byte in the file
};

struct Segments {
  std::vector<Segment> parts;
  bool deep_in_prose = false;     // the first part lies far inside what no server runs by its name
  bool picture = false;           // the file begins as a picture or archive does
  bool named_script = false;      // by its name a server would run it
  bool includes = false;          // a page that includes others, as parts of a site do
  bool encoded = false;           // written by Microsoft's script encoder
  bool strange_encoding = false;  // a page that names an encoding which hides its text
};

// Quick: false when the bytes hold nothing that a server would run, whatever the name.
bool may_hold_script(std::string_view content, std::string_view name);

// `name` is the file's own name without folders. The views reach into `content` and `arena`.
Segments find_segments(std::string_view content, std::string_view name, Arena& arena);

// UTF-16 by its byte order mark becomes UTF-8; all else is returned as it is.
std::string_view as_bytes_of_text(std::string_view content, Arena& arena);

}  // namespace konseki::webshell
