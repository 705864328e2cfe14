// Analysis: one script file looked at as a whole: what language it is, what its code does, how it
// looks, and the witnesses that follow. Pure: bytes in, judgement out; no file system, no clock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/webshell/fact.h"
#include "agent/match/webshell/script_language.h"
#include "agent/match/webshell/shape.h"
#include "konseki/finding.h"

namespace konseki::webshell {

// Bytes of one file that are looked at; of what is longer, the first ones and `cut` is set.
constexpr std::size_t kMostBytes = 16 << 20;

struct Judgement {
  bool script = false;  // something in it would be run by a server
  std::vector<ScriptLanguage> languages;
  std::vector<Witness> witnesses;  // without addresses: they stand in the file itself
  bool named_script = false;       // by its name a server would run it
  std::size_t bytes = 0;           // that were looked at; of a picture those of code
  std::string tool;                // "Adminer", ...: an administration tool under its own name
  bool cut = false;                // a limit was reached: what lies behind it was not looked at
  Facts facts;
  Shape shape;

  // DESIGN §5 over the witnesses, and the cap that a known tool has.
  int score() const;
};

// The score of the witnesses together; a tool for administrators, by its name, stays between 40 and
// 69: it does what a webshell does, and only its place tells them apart.
int combined_score(const std::vector<Witness>& witnesses, std::string_view tool);

// `name` is the file's own name without folders; it only helps to tell the language. Never throws
// for content; out of memory aside.
Judgement analyse(std::string_view content, std::string_view name);

}  // namespace konseki::webshell
