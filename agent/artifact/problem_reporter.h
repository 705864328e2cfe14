// ProblemReporter: collects what is wrong with the definitions of one file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/artifact.h"

namespace konseki {

// Appends to a list that someone else owns. `subject` is the definition spoken of.
class ProblemReporter {
 public:
  ProblemReporter(std::string file, std::vector<DefinitionProblem>& out)
      : file_(std::move(file)), out_(out) {}

  const std::string& file() const { return file_; }
  void set_subject(std::string subject) { subject_ = std::move(subject); }

  // `what` is the offending text, set after either message.
  void error(std::uint32_t line, std::string_view en, std::string_view ja,
             std::string_view what = {});
  void warning(std::uint32_t line, std::string_view en, std::string_view ja,
               std::string_view what = {});

 private:
  void add(DefinitionProblem::Level level, std::uint32_t line, std::string_view en,
           std::string_view ja, std::string_view what);

  std::string file_;
  std::string subject_;
  std::vector<DefinitionProblem>& out_;
};

}  // namespace konseki
