// The command line of one verb: options declared once, parsed by Boost.Program_options, errors
// and help in both languages.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/result.h"
#include "konseki/text.h"

namespace konseki {

// One option. `value_name` empty: a switch.
struct OptionSpec {
  std::string name;        // "output,o" as Boost.Program_options writes it
  std::string value_name;  // "DIR"
  Bilingual help;
  bool repeatable = false;
};

// A verb's usage: what --help prints and what parse() accepts.
struct Usage {
  std::string verb;
  std::string positional;  // "[SOURCE]", "BUNDLE"
  std::size_t min_positional = 0;
  std::size_t max_positional = 0;
  Bilingual summary;
  std::vector<OptionSpec> options;
  Bilingual examples;  // ready to print, may be empty
};

// The options of several tables, one after the other.
std::vector<OptionSpec> joined_options(std::initializer_list<std::vector<OptionSpec>> tables);

// Parsed words. Plain value.
class Arguments {
 public:
  bool has(std::string_view option) const;
  // The last value given, or `fallback`.
  std::string value(std::string_view option, std::string fallback = {}) const;
  const std::vector<std::string>& values(std::string_view option) const;
  const std::vector<std::string>& positional() const { return positional_; }

 private:
  friend Result<Arguments> parse_arguments(const Usage&, const std::vector<std::string>&);
  struct Given {
    std::string name;
    std::vector<std::string> values;
  };
  std::vector<Given> given_;
  std::vector<std::string> positional_;
};

// Every verb also takes --help and --lang. kInvalidArgument names the word that is wrong.
Result<Arguments> parse_arguments(const Usage& usage, const std::vector<std::string>& words);

std::string help_text(const Usage& usage, Language language);

// --lang ja|en among the words, else the environment's LC_ALL, LC_MESSAGES, LANG; English else.
Language choose_language(const std::vector<std::string>& words);

}  // namespace konseki
