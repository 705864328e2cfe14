// Where values end: code that is run, commands, included files.
#include <algorithm>

#include "agent/match/webshell/interpreter.h"
#include "agent/match/webshell/lex_support.h"
#include "agent/match/webshell/lexer.h"
#include "agent/match/webshell/word_list.h"

namespace konseki::webshell {
namespace {

bool names_shell(std::string_view argument) {
  const std::string_view text = argument.substr(0, kCommandBytes);
  return contains(text, "/bin/sh") || contains(text, "/bin/bash") || contains(text, "cmd.exe") ||
         contains(text, "bash -i") || contains(text, "/dev/tcp/") || contains(text, "sh -i") ||
         text == "cmd" || text == "sh" || text == "bash" || contains(text, "powershell");
}

bool has_address(std::string_view command) {
  return contains(command, "http://") || contains(command, "https://") ||
         contains(command, "ftp://");
}

// "wget http://…/a.txt -O a.php": what comes over the network becomes a script.
bool fetches_script(std::string_view command) {
  static constexpr std::array<std::string_view, 3> kInto = {" -O", " -o", ">"};
  if (!has_address(command) || (!contains(command, "wget ") && !contains(command, "curl ")))
    return false;
  return std::any_of(kInto.begin(), kInto.end(), [&](std::string_view option) {
    const std::size_t found = command.find(option);
    if (found == std::string_view::npos) return false;
    std::string_view target = command.substr(found + option.size());
    target.remove_prefix(std::min(target.find_first_not_of(" '\""), target.size()));
    target = target.substr(0, target.find_first_of(" ;&|'\""));
    return target.ends_with(".php") || target.ends_with(".phtml");
  });
}

// "cd /tmp; wget http://…/a.txt; perl a.txt": a program comes over the network and is run.
bool fetches_and_runs(std::string_view command) {
  if (!has_address(command)) return false;
  const bool fetches = contains(command, "wget ") || contains(command, "curl ") ||
                       contains(command, "lwp-download ") || contains(command, "fetch ") ||
                       contains(command, "GET ");
  const bool runs =
      contains(command, "perl ") || contains(command, "python ") || contains(command, "chmod +x") ||
      contains(command, "chmod 7") || contains(command, "|sh") || contains(command, "| sh") ||
      contains(command, "|bash") || contains(command, "| bash") || contains(command, ";sh ") ||
      contains(command, "; sh ") || contains(command, ";./") || contains(command, "; ./");
  return fetches && runs;
}

}  // namespace

void Interpreter::run_value(const Value& value, std::string_view function) {
  if (value.has(kForeign)) {
    fact(FactKind::kRunInput, function);
    return;
  }
  if (value.kind == Value::Kind::kText) {
    if (value.text.empty()) return;
    const bool hidden =
        value.has(kDecoded) || (value.has(kBuilt) && value.text.size() > 8 && value.has(kBlob));
    if (hidden) fact(FactKind::kRunUnpacked, function);
    layer(value.text, value, function);
    return;
  }
  if (value.has(kRemote)) {
    fact(FactKind::kRunRemote, function);
  } else if (value.has(kBlob) || (value.has(kDecoded) && value.has(kSelf | kOpaque | kDecrypted))) {
    fact(FactKind::kRunOpaque, function);
  } else if (value.has(kDecoded | kSpelled)) {
    const bool handed = value.has(kParameter) || (python() && !reached_);
    fact(FactKind::kRunOpaque, handed ? "parameter" : function);
  } else if (php() && value.has(kOpaque) && !value.has(kParameter | kPrefixed | kScriptName)) {
    fact(FactKind::kRunOpaque, "arithmetic");
  } else if (value.has(kFileData | kStored)) {
    fact(FactKind::kRunStored, function);
  } else if (value.has(kUndefined)) {
    fact(FactKind::kRunUndefined, function);
  } else if (value.kind == Value::Kind::kUnknown) {
    fact(FactKind::kRunCode, function);
  }
}

// Code of a further layer, read with the variables of this one.
void Interpreter::layer(std::string_view text, const Value& value, std::string_view function) {
  (void)function;
  if (text.size() < 2 || code_->layer >= limits_.layers || text.size() > limits_.layer_bytes) {
    if (text.size() >= 2) facts_.cut = true;
    return;
  }
  limits_.layer_bytes -= text.size();
  const bool unpacked = value.has(kDecoded | kBlob);
  if (unpacked && text.size() > 8) {
    ++facts_.layers;
    facts_.core.assign(text.substr(0, 400));
  }
  auto code = std::make_unique<Code>();
  code->language = language();
  code->text = text;
  code->layer = code_->layer + 1;
  if (php()) {
    // eval() begins in code; "?>" leaves it.
    lex_php(text, arena_, code->tokens);
    match_brackets(code->tokens);
  } else {
    lex(language(), text, arena_, code->tokens);
  }
  codes_.push_back(std::move(code));
  const Code* outer = code_;
  const std::uint32_t at = at_;
  const std::uint32_t end = end_;
  const std::uint32_t site = site_;
  const bool in_class = in_class_;
  code_ = codes_.back().get();
  in_class_ = false;
  declare_functions(*code_);
  at_ = 0;
  end_ = static_cast<std::uint32_t>(code_->tokens.size());
  if (++calls_ < 30) block(end_);
  --calls_;
  code_ = outer;
  at_ = at;
  end_ = end;
  site_ = site;
  in_class_ = in_class;
}

// conn.Exec(sql): a database connection that another file opened. Statements begin with a constant,
// so what a request sends whole is none.
bool Interpreter::foreign_connection(const NameEntry& known, const Arguments& list,
                                     const Value* receiver, const Place* place) const {
  if (!basic() || known.name != ".exec" || receiver == nullptr || !receiver->type.empty() ||
      place == nullptr || place->kind != Place::Kind::kVariable) {
    return false;
  }
  if (!contains(place->name, "conn") && !contains(place->name, "db")) return false;
  return std::none_of(
      list.values.begin(), list.values.begin() + list.count,
      [](const Value& value) { return value.has(kInput) && !value.has(kPrefixed); });
}

// Execute("Update " & …) and eval("&h" & …) of VBScript: a function of the site's for statements of
// SQL, and a number. Neither text can begin a statement of VBScript.
bool Interpreter::no_basic_code() const {
  if (!basic()) return false;
  const Tokens& tokens = code_->tokens;
  std::uint32_t at = site_ + 1;
  if (at < tokens.size() && tokens[at].is("(")) ++at;
  if (at >= tokens.size() || tokens[at].kind != TokenKind::kText) return false;
  std::string start(tokens[at].text.substr(0, 12));
  for (char& c : start) c = static_cast<char>(is_alpha(c) ? c | 32 : c);
  return start.starts_with("&h") || start.starts_with("update ") || start.starts_with("delete ") ||
         start.starts_with("insert ") ||
         (start.starts_with("select ") && !start.starts_with("select case"));
}

// A text of the script holds a compiler's command.
bool Interpreter::names_compiler() {
  if (compiler_ >= 0) return compiler_ != 0;
  static constexpr std::array<std::string_view, 5> kCompilers = {"gcc ", "g++ ", "tcc ", "javac ",
                                                                 "csc "};
  const auto holds = [](const Token& token) {
    return token.kind == TokenKind::kText &&
           contains_any(token.text.substr(0, kCommandBytes), kCompilers);
  };
  compiler_ = std::any_of(code_->tokens.begin(), code_->tokens.end(), holds) ? 1 : 0;
  return compiler_ != 0;
}

void Interpreter::command(const NameEntry& known, const Arguments& list) {
  std::uint32_t traits = list.traits;
  bool shell = false;
  for (std::size_t i = 0; i < list.count; ++i) {
    if (list.values[i].is_text() && names_shell(list.values[i].text)) shell = true;
    if (list.values[i].array != nullptr) {
      for (const auto& [key, element] : list.values[i].array->elements) {
        if (element.is_text() && names_shell(element.text)) shell = true;
      }
    }
  }
  if (php() && list.count > 0 && known.name != "pcntl_exec") traits = list.values[0].traits;
  if (python()) traits = python_command(known, list);
  if (traits & kForeign) {
    fact(FactKind::kCommandInput, known.name);
    return;
  }
  // What a request sent lies in a file by now, and a compiler makes a program of it.
  if (php() && wrote_input_ && names_compiler()) {
    fact(FactKind::kRunInput, "compiler");
    return;
  }
  // What comes from a peer may be a parameter of a program that the page itself names, such as a
  // header that is handed on to curl; that says no more than that a command is run.
  const bool whole = !(traits & kPrefixed) || shell;
  if ((traits & kRemote) && whole && (sigils() || python())) {
    fact(FactKind::kReverse, known.name);
    return;
  }
  if (traits & (kStored | kFileData) && php()) fact(FactKind::kCommand, "stored");
  const Value& first = list.values[0];
  if (list.count > 0 && first.is_text() && fetches_and_runs(first.text.substr(0, kCommandBytes))) {
    fact(FactKind::kRunRemote, known.name);
    return;
  }
  if (list.count > 0 && first.is_text() && fetches_script(first.text.substr(0, kCommandBytes)))
    fact(FactKind::kWriteScript, known.name);
  if (list.count > 0 && first.is_text() && first.has(kDecoded))
    fact(FactKind::kRunUnpacked, known.name);
  if (list.count > 0 && !first.is_text() && first.has(kUndefined) && php()) {
    fact(FactKind::kRunUndefined, known.name);
    return;
  }
  if (shell) {
    fact(FactKind::kReverse, "shell");
    return;
  }
  const bool fixed = list.count > 0 && stands_so(first);
  fact(FactKind::kCommand, fixed ? "fixed" : known.name);
}

// "include" and its kin where they stand as an operand; they take what follows as their file.
Interpreter::Operand Interpreter::include_operand(std::string_view function) {
  const std::uint32_t offset = at_++;
  const Value file = operand(2).value;
  site_ = offset;
  include(file, function);
  return {};
}

// Whether the path in the statement that is followed is written in numeric escapes, though all of
// it could be read: include "\x2f\x68\x6f…". Only what hides from its readers is written so.
bool Interpreter::path_in_escapes() const {
  const Tokens& tokens = code_->tokens;
  for (std::uint32_t i = site_; i < tokens.size() && i < site_ + 12 && !tokens[i].is(";"); ++i) {
    const Token& token = tokens[i];
    if (token.kind == TokenKind::kText && token.escaped && token.text.size() >= 4 &&
        std::all_of(token.text.begin(), token.text.end(),
                    [](char c) { return c > ' ' && c < 127; }))
      return true;
  }
  return false;
}

void Interpreter::include(const Value& value, std::string_view function) {
  if (php() && path_in_escapes()) fact(FactKind::kIncludeStrange, "hidden");
  if (value.is_text()) {
    const std::string_view path = value.text;
    if (std::find(written_.begin(), written_.end(), path) != written_.end()) {
      fact(FactKind::kRunInput, function);
      return;
    }
    if (path.starts_with("php://input") || path.starts_with("data:")) {
      fact(FactKind::kRunInput, function);
      return;
    }
    if (path.starts_with("http://") || path.starts_with("https://") || path.starts_with("ftp://") ||
        path.starts_with("\\\\")) {
      fact(FactKind::kRunRemote, function);
      return;
    }
    const std::size_t slash = path.rfind('/');
    const std::string_view base = slash == std::string_view::npos ? path : path.substr(slash + 1);
    const std::string_view lowered = arena_.lower(base);
    static constexpr std::array<std::string_view, 9> kPictures = {
        ".jpg", ".jpeg", ".gif", ".png", ".ico", ".bmp", ".txt", ".log", ".svg"};
    const bool picture =
        std::any_of(kPictures.begin(), kPictures.end(),
                    [&](std::string_view ending) { return lowered.ends_with(ending); });
    if (value.has(kBuilt) && value.has(kDecoded)) {
      fact(FactKind::kIncludeStrange, "hidden");
    } else if (picture && !path.starts_with("php")) {
      fact(FactKind::kIncludeStrange, "picture");
    } else if (path.starts_with("/tmp/") || path.starts_with("/var/tmp/") ||
               path.starts_with("/dev/shm/")) {
      fact(FactKind::kIncludeStrange, "temporary");
    } else if (base.size() > 1 && base[0] == '.' && base[1] != '.' && base != ".htaccess") {
      fact(FactKind::kIncludeStrange, "hidden");
    }
    return;
  }
  if (value.type == kTemporaryName) {
    if (temporary_written_) {
      fact(FactKind::kRunInput, function);
    } else {
      fact(FactKind::kIncludeStrange, "temporary");
    }
    return;
  }
  if (value.has(kForeign)) {
    const bool part = value.has(kPrefixed | kScriptName) && !value.has(kDecoded);
    fact(FactKind::kIncludeInput, !part                  ? function
                                  : value.has(kPrefixed) ? std::string_view("part")
                                                         : std::string_view("tail"));
  } else if (value.has(kRemote)) {
    fact(FactKind::kRunRemote, function);
  } else if (value.has(kUndefined) && !value.has(kPrefixed | kScriptName)) {
    fact(FactKind::kSource, "undefined include");
  } else if (value.has(kDecoded) && value.has(kBlob)) {
    fact(FactKind::kRunOpaque, function);
  }
}

}  // namespace konseki::webshell
