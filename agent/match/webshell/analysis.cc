#include "agent/match/webshell/analysis.h"

#include <algorithm>

#include "agent/match/webshell/arena.h"
#include "agent/match/webshell/interpreter.h"
#include "agent/match/webshell/judge.h"
#include "agent/match/webshell/lex_support.h"
#include "agent/match/webshell/segments.h"
#include "agent/match/webshell/server_config.h"
#include "agent/match/webshell/word_scanner.h"

namespace konseki::webshell {
namespace {

constexpr std::size_t kArenaFactor = 6;
constexpr std::size_t kArenaLeast = 8 << 20;
constexpr std::size_t kArenaMost = 64 << 20;

// PHP without any of these can neither get input nor decode, run or call what a value names.
constexpr std::array<std::string_view, 69> kPhpMarks = {"$_post",
                                                        "$_get",
                                                        "$_request",
                                                        "$_cookie",
                                                        "$_files",
                                                        "$_server",
                                                        "http_",
                                                        "$globals",
                                                        "${",
                                                        "$$",
                                                        "getallheaders",
                                                        "apache_request_headers",
                                                        "php://",
                                                        "eval",
                                                        "assert",
                                                        "create_function",
                                                        "base64_decode",
                                                        "gzinflate",
                                                        "gzuncompress",
                                                        "gzdecode",
                                                        "str_rot13",
                                                        "hex2bin",
                                                        "shell_exec",
                                                        "passthru",
                                                        "popen",
                                                        "proc_open",
                                                        "system",
                                                        "exec",
                                                        "filter_input",
                                                        "get_defined_vars",
                                                        "fsockopen",
                                                        "socket_",
                                                        "unserialize",
                                                        "\\x",
                                                        "\\056",
                                                        "\\057",
                                                        "\\145",
                                                        "\\163",
                                                        ".ico",
                                                        "'/home",
                                                        "\"/home",
                                                        "sanitize_key",
                                                        "$_[",
                                                        "session_id",
                                                        "chr(",
                                                        "strrev",
                                                        "pack(",
                                                        "/e'",
                                                        "/e\"",
                                                        "exif_read_data",
                                                        "move_uploaded_file",
                                                        "unlink",
                                                        "getenv",
                                                        "$_env",
                                                        "*/(",
                                                        "*/{",
                                                        "file_put_contents",
                                                        "fwrite",
                                                        "fputs",
                                                        "copy(",
                                                        "/etc/passwd",
                                                        "show create table",
                                                        "show tables",
                                                        "wp_set_auth_cookie",
                                                        "new com(",
                                                        "ob_start",
                                                        "mail.add_x_header",
                                                        "'administrator'",
                                                        "\"administrator\""};

// A call of what a value names: $name(, ](, }(, )(.
bool calls_value(std::string_view code) {
  for (std::size_t at = code.find('('); at != std::string_view::npos; at = code.find('(', at + 1)) {
    std::size_t before = at;
    while (before > 0 && is_blank(code[before - 1])) --before;
    if (before == 0) continue;
    const char last = code[before - 1];
    if (last == ']' || last == ')' || (last == '}' && before == at)) return true;
    if (!is_word(last)) continue;
    std::size_t start = before;
    while (start > 0 && is_word(code[start - 1])) --start;
    if (start > 0 && code[start - 1] == '$') return true;
  }
  return false;
}

bool may_act(std::string_view code) {
  static const WordScanner kScanner(kPhpMarks);
  return kScanner.any(code) || calls_value(code);
}

// Without the markup that was blanked out, and without what a picture is made of.
std::size_t bytes_of_code(const Segments& segments) {
  std::size_t bytes = 0;
  for (const Segment& segment : segments.parts) {
    bytes += static_cast<std::size_t>(std::count_if(segment.code.begin(), segment.code.end(),
                                                    [](char c) { return !is_blank(c); }));
  }
  return bytes;
}

}  // namespace

int combined_score(const std::vector<Witness>& witnesses, std::string_view tool) {
  std::vector<int> scores;
  for (const Witness& witness : witnesses) scores.push_back(witness.score);
  const int score = combine_scores(scores);
  return tool.empty() ? score : std::clamp(score, 40, 69);
}

int Judgement::score() const { return combined_score(witnesses, tool); }

Judgement analyse(std::string_view content, std::string_view name) {
  Judgement result;
  if (content.size() > kMostBytes) {
    content = content.substr(0, kMostBytes);
    result.cut = true;
  }
  if (!may_hold_script(content, name)) return result;
  Arena arena(std::clamp(content.size() * kArenaFactor, kArenaLeast, kArenaMost));
  const Segments segments = find_segments(content, name, arena);
  if (segments.parts.empty() && !segments.strange_encoding) return result;
  result.script = true;
  result.bytes = content.size();
  result.named_script = segments.named_script;
  bool acts = segments.strange_encoding;
  Interpreter interpreter(arena, result.facts);
  if (content.starts_with("#!")) interpreter.of_command_line();
  for (const Segment& segment : segments.parts) {
    result.languages.push_back(segment.language);
    if (segment.language == ScriptLanguage::kServerConfig) {
      read_server_config(segment.code, name, result.facts);
      acts = true;
    } else if (segment.language == ScriptLanguage::kShell) {
      read_shell_script(segment.code, result.facts);
      acts = true;
    } else if (segment.language != ScriptLanguage::kPhp || may_act(segment.code)) {
      interpreter.run(segment.language, segment.code, segment.base);
      acts = true;
    }
  }
  if (!acts) return result;
  if (segments.picture) result.bytes = bytes_of_code(segments);
  interpreter.finish();
  result.cut = result.cut || result.facts.cut;
  if (!segments.parts.empty()) {
    result.shape = shape_of(content, segments.parts.front().code, segments.parts.front().language,
                            wish_of(result.facts, segments));
  }
  judge(result, segments);
  return result;
}

}  // namespace konseki::webshell
