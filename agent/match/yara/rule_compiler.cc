#include "agent/match/yara/rule_compiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "agent/base/fence.h"
#include "agent/match/yara/yara_library.h"

namespace konseki::yara {
namespace {

constexpr const char* kExternals[] = {"extension", "filename", "filepath", "filetype",
                                      "id",        "md5",      "owner"};
// A file with more faults than this is left out as a whole.
constexpr std::size_t kMaxMends = 200;

std::string undefined_name(std::string_view message) {
  constexpr std::string_view kBefore = "undefined identifier \"";
  const std::size_t at = message.find(kBefore);
  if (at == std::string_view::npos) return {};
  const std::string_view name = message.substr(at + kBefore.size());
  return std::string(name.substr(0, name.find('"')));
}

// The piece that an error speaks of: by the rule's name, else by its line when only one is there.
std::optional<std::size_t> piece_of(const RuleSource& source, const CompilerError& error) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < source.rules.pieces.size(); ++i) {
    const RulePiece& piece = source.rules.pieces[i];
    if (source.left_out[i]) continue;
    const bool there = piece.line <= error.line && error.line <= piece.last_line;
    if (piece.kind == RulePiece::Kind::kRule && !error.rule.empty()) {
      if (piece.name == error.rule && there) return i;
      continue;
    }
    if (!there) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

Bilingual does_not_compile(const std::string& message) {
  return {"does not compile: " + message, "コンパイルできません: " + message};
}

}  // namespace

std::span<const char* const> external_names() { return kExternals; }

// One compilation, with all that libyara uses meanwhile.
struct RuleCompiler::Session {
  const IncludeReader* read_include = nullptr;
  std::vector<CompilerInput> inputs;
  std::size_t current = 0;
  std::optional<CompilerError> error;
  // Includes know each other by what is written in them, so the path is remembered by that.
  std::map<std::string, std::string, std::less<>> included;
  std::string text;  // of the include at hand
  YaraCompilerHandle compiler;
  YaraRulesHandle rules;

  // Whose turn it is; null behind the last one.
  const RuleSource* source() const {
    return current < inputs.size() ? inputs[current].source : nullptr;
  }
  void fail(std::string message) {
    if (!error) error = CompilerError{source(), false, 0, {}, std::move(message)};
  }

  static void on_message(int level, const char* file, int line, const YR_RULE* rule,
                         const char* message, void* user);
  static const char* on_include(const char* name, const char* from, const char*, void* user);
  static void on_include_done(const char*, void*) {}
};

void RuleCompiler::Session::on_message(int level, const char* file, int line, const YR_RULE* rule,
                                       const char* message, void* user) {
  const Fence::Outside outside;
  auto& session = *static_cast<Session*>(user);
  if (level != YARA_ERROR_LEVEL_ERROR || session.error) return;
  CompilerError error;
  error.source = session.source();
  error.in_include = file != nullptr;
  error.line = line > 0 ? static_cast<std::uint32_t>(line) : 0;
  if (rule != nullptr && rule->identifier != nullptr) error.rule = rule->identifier;
  error.message = message == nullptr ? "does not compile" : message;
  if (file != nullptr) error.message = fmt::format("{}:{}: {}", file, line, error.message);
  session.error = std::move(error);
}

const char* RuleCompiler::Session::on_include(const char* name, const char* from, const char*,
                                              void* user) {
  const Fence::Outside outside;  // reading may take its time
  auto& session = *static_cast<Session*>(user);
  if (name == nullptr || session.read_include == nullptr || !*session.read_include) return nullptr;
  const RuleFile& file = session.inputs[session.current].source->file;
  std::string including = file.name;
  if (from != nullptr) {
    const auto found = session.included.find(std::string_view(from));
    if (found == session.included.end()) return nullptr;
    including = found->second;
  }
  const std::string path = include_path(file.folder, including, name);
  if (path.empty()) return nullptr;
  auto text = (*session.read_include)(path);
  if (!text || text->find('\0') != std::string::npos) return nullptr;
  session.included[name] = path;
  session.text = *std::move(text);
  return session.text.c_str();
}

void RuleCompiler::run(Session& session) const {
  YR_COMPILER* raw = nullptr;
  int code = yr_compiler_create(&raw);
  session.compiler.reset(raw);
  if (code != ERROR_SUCCESS) return session.fail(library_error(code));
  yr_compiler_set_callback(raw, Session::on_message, &session);
  yr_compiler_set_include_callback(raw, Session::on_include, Session::on_include_done, &session);
  for (const char* name : kExternals) yr_compiler_define_string_variable(raw, name, "");
  for (const std::string& name : extra_) yr_compiler_define_string_variable(raw, name.c_str(), "");
  for (; session.current < session.inputs.size(); ++session.current) {
    const CompilerInput& input = session.inputs[session.current];
    const RuleFile& file = input.source->file;
    { const Fence::Outside between; }  // each file has the whole of its time
    if (options_.before_compile) options_.before_compile(file);
    if (yr_compiler_add_string(raw, input.text.c_str(), file.name.c_str()) != 0) {
      return session.fail("does not compile");
    }
  }
  { const Fence::Outside between; }
  YR_RULES* rules = nullptr;
  code = yr_compiler_get_rules(raw, &rules);
  session.rules.reset(rules);
  if (code != ERROR_SUCCESS) session.fail(library_error(code));
}

YaraRulesHandle RuleCompiler::compile(std::vector<CompilerInput> inputs,
                                      std::optional<CompilerError>& error) const {
  constexpr std::size_t kTextOfPatience = std::size_t{4} << 20;  // bytes that take it once more
  std::size_t size = 0;
  for (const CompilerInput& input : inputs) size += input.text.size();
  auto session = std::make_unique<Session>();
  session->read_include = &read_include_;
  session->inputs = std::move(inputs);
  Fence fence;
  const auto fenced = fence.run([&, &session = *session] { run(session); },
                                options_.patience * static_cast<int>(1 + size / kTextOfPatience));
  if (!fenced) {
    ++stops_;
    error = CompilerError{session->source(),
                          false,
                          0,
                          {},
                          "libyara did not survive this: " + fenced.error().detail,
                          true};
    (void)session.release();  // in the hands of a thread that stands still
    return {};
  }
  error = std::move(session->error);
  return error ? YaraRulesHandle() : std::move(session->rules);
}

void RuleCompiler::leave_out(RuleSource& source, const CompilerError& error,
                             std::vector<RuleProblem>& problems) {
  source.usable = false;
  Bilingual reason = does_not_compile(error.message);
  reason.en = "the whole file is left out: " + reason.en;
  reason.ja = "ファイル全体を除外しました: " + reason.ja;
  problems.push_back({source.file.name, error.line, error.rule, true, std::move(reason)});
}

void RuleCompiler::mend(RuleSource& source, std::vector<RuleProblem>& problems) {
  for (std::size_t mends = 0;; ++mends) {
    std::optional<CompilerError> error;
    if (stops_ >= kMostStops) {
      error.emplace().message =
          fmt::format("not tried, since {} files stopped libyara", kMostStops);
      return leave_out(source, *error, problems);
    }
    if (compile({{&source, without_pieces(source.file.bytes, source.rules, source.left_out)}},
                error)) {
      return;
    }
    if (error->stopped) return leave_out(source, *error, problems);
    if (error->line == 0) error->line = source.rules.trouble_line;
    if (mends == kMaxMends || !source.rules.sound || error->in_include) {
      return leave_out(source, *error, problems);
    }
    const auto at = piece_of(source, *error);
    if (!at) return leave_out(source, *error, problems);
    const RulePiece& piece = source.rules.pieces[*at];
    const std::string name = undefined_name(error->message);
    const auto& compared = piece.compared;
    if (!name.empty() && !extra_.contains(name) && !reserved_.contains(name) &&
        std::find(compared.begin(), compared.end(), name) != compared.end()) {
      extra_.insert(name);
      problems.push_back(
          {source.file.name,
           error->line,
           piece.name,
           false,
           {fmt::format("the external variable \"{}\" is unknown here and taken as "
                        "an empty text",
                        name),
            fmt::format("外部変数「{}」は未知のため、空の文字列として扱います", name)}});
      continue;
    }
    if (piece.kind == RulePiece::Kind::kInclude || piece.is_global ||
        (source.rules.counts_rules && piece.kind == RulePiece::Kind::kRule)) {
      error->rule = piece.name;
      return leave_out(source, *error, problems);
    }
    source.left_out[*at] = true;
    problems.push_back(
        {source.file.name, error->line, piece.name, true, does_not_compile(error->message)});
  }
}

}  // namespace konseki::yara
