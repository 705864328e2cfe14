// FactWeight: what a fact is worth by itself, and how it is told (docs/webshells.md).
#pragma once

#include <span>
#include <string_view>

#include "agent/match/webshell/fact.h"

namespace konseki::webshell {

struct FactWeight {
  FactKind kind;
  std::string_view name;  // of the witness
  int score;              // 0 to 100
  std::string_view en;    // with one {} for the fact's detail
  std::string_view ja;
};

// In the order in which witnesses are told: the gravest kinds first. Kinds that are not listed only
// count beside others.
std::span<const FactWeight> fact_weights();

// What the script is that the fact was found in.
struct Script {
  bool small = false;
  bool brief = false;  // small, with functions or without
  bool bare = false;   // small, without a function of its own
  bool named = false;  // a server runs it by its name
  bool php = false;
  bool tiny = false;     // bare, a few lines
  bool classic = false;  // VBScript or JScript
  bool part = false;     // a classic page that includes others, as the pages of a site do
  bool page = false;     // no larger than one page's script is
  bool python = false;
  bool server = false;  // of ASP, ASP.NET or JSP: nobody runs it but a web server
};

// `score` of the fact's kind, as far as its form, its place and the script around it bear it out.
int score_of(const Fact& fact, int score, const Script& script);

}  // namespace konseki::webshell
