#include "agent/artifact/problem_reporter.h"

#include "agent/base/unicode.h"

namespace konseki {

void ProblemReporter::error(std::uint32_t line, std::string_view en, std::string_view ja,
                            std::string_view what) {
  add(DefinitionProblem::Level::kError, line, en, ja, what);
}

void ProblemReporter::warning(std::uint32_t line, std::string_view en, std::string_view ja,
                              std::string_view what) {
  add(DefinitionProblem::Level::kWarning, line, en, ja, what);
}

void ProblemReporter::add(DefinitionProblem::Level level, std::uint32_t line, std::string_view en,
                          std::string_view ja, std::string_view what) {
  auto with_what = [&](std::string_view message) {
    std::string text(message);
    if (!what.empty()) text += ": " + to_well_formed(what);
    return text;
  };
  out_.push_back({file_, line, level, subject_, {with_what(en), with_what(ja)}});
}

std::string DefinitionProblem::describe(Language language) const {
  const bool japanese = language == Language::kJapanese;
  std::string text = file + ":" + std::to_string(line) + ": ";
  if (level == Level::kError) {
    text += japanese ? "エラー: " : "error: ";
  } else {
    text += japanese ? "警告: " : "warning: ";
  }
  if (!artifact.empty()) text += artifact + ": ";
  return text + message.in(language);
}

}  // namespace konseki
