// Files: opened, read, written.
#include <algorithm>

#include "agent/match/webshell/interpreter.h"
#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {

namespace {

constexpr std::size_t kMostWritten = 64;

// A script for an interpreter or for server-side includes, a program of Linux or Windows, an
// archive of some.
bool is_program(std::string_view content) {
  content.remove_prefix(std::min(content.find_first_not_of(" \t\r\n"), content.size()));
  return contains(content.substr(0, 4096), "<!--#exec") || content.starts_with("#!/") ||
         content.starts_with(
             "\x7f"
             "ELF") ||
         content.starts_with("MZ\x90") || content.starts_with("PK\x03\x04");
}

}  // namespace

// Whether a text of the statement that is followed begins a script that runs something:
// "<?eval($_POST[c]);", whose value is no constant when the request's part stands in double quotes.
bool Interpreter::writes_code() const {
  const Tokens& tokens = code_->tokens;
  static constexpr std::array<std::string_view, 6> kRuns = {"eval",     "assert", "system(",
                                                            "passthru", "exec(",  "include"};
  bool script = false;
  bool runs = false;
  for (std::uint32_t i = site_; i < tokens.size() && i < site_ + 40 && !tokens[i].is(";"); ++i) {
    if (tokens[i].kind != TokenKind::kText || tokens[i].text.size() > 4096) continue;
    script |= contains(tokens[i].text, "<?");
    runs |= std::any_of(kRuns.begin(), kRuns.end(),
                        [&](std::string_view word) { return contains(tokens[i].text, word); });
  }
  return script && runs;
}

// A file that was found by listing a folder is written.
void Interpreter::infect(const Value& content) {
  const bool script = content.is_text() && contains(content.text.substr(0, 4096), "<?php");
  if (script || content.has(kDecoded | kBlob | kRemote)) {
    fact(FactKind::kInfects, "hidden");
  } else if (content.has(kForeign) || (content.has(kFileData) && !command_line_)) {
    fact(FactKind::kInfects, content.has(kForeign) ? "request" : "changed");
  }
}

void Interpreter::write(const Value& name, const Value& content, std::string_view function) {
  if (name.type == "socket" || name.type == "handle:input") return;
  const bool chosen = name.has(kForeign);
  wrote_input_ = wrote_input_ || content.has(kForeign);
  const bool script = script_name(name) || name.has(kSelf);
  const bool whole = chosen && !name.has(kPrefixed) && name.has(kInput);
  const bool named = name.is_text() || name.type == "handle";
  if (php() && named && !name.text.empty() && content.has(kForeign | kRemote) &&
      written_.size() < kMostWritten) {
    written_.push_back(name.text);
  }
  if (name.type == kTemporaryName && content.has(kForeign)) temporary_written_ = true;
  if (php() && content.is_text() && content.has(kDecoded)) {
    // Decoded to a script or program; the name it gets does not matter.
    if (contains(content.text, "<?php") || is_program(content.text)) {
      fact(FactKind::kWriteScript, function);
      return;
    }
    // A page that leads its visitors away.
    const std::string_view head = content.text.substr(0, 4096);
    if (contains(head, "<script") || contains(head, "http-equiv")) {
      fact(FactKind::kWriteScript, "page");
      return;
    }
  }
  if (php() && name.has(kListed)) infect(content);
  if (whole &&
      (content.has(kFileData | kDecoded) || (!php() && content.kind == Value::Kind::kUnknown))) {
    fact(FactKind::kWriteInput, function);
    return;
  }
  if (!php() && script && content.is_text() && contains(content.text, "<%") &&
      (contains(content.text, "eval") || contains(content.text, "execute") ||
       contains(content.text, "Runtime") || contains(content.text, "Process"))) {
    fact(FactKind::kWriteScript, function);
    return;
  }
  if (!sigils() && !python() && script && !content.has(kForeign | kRemote | kDecoded | kBlob)) {
    fact(FactKind::kWriteScript, "fixed");
    return;
  }
  if (php() && script && content.has(kForeign) && writes_code()) {
    fact(FactKind::kWriteScript, function);
    return;
  }
  if (php() && content.has(kRemote) && !content.has(kForeign) && !chosen && !script &&
      name.has(kSelf | kPrefixed | kBuilt) == false && name.is_text()) {
    fact(FactKind::kKeepsRemote, function);
  }
  if (content.has(kForeign | kRemote) && (chosen || script)) {
    const bool configured = !chosen && content.has(kPrefixed);  // installers write settings so
    const bool kept = chosen && !script && name.has(kPrefixed);
    fact(FactKind::kWriteInput, configured ? "settings" : kept ? "part" : function);
    return;
  }
  if (script && (content.has(kDecoded) || content.has(kBlob))) {
    fact(FactKind::kWriteScript, function);
  }
  if (content.is_text() && (script || chosen) && content.text.size() < (1U << 20) &&
      (contains(content.text, "<?php") || contains(content.text, "<?=") ||
       contains(content.text, "<%"))) {
    if (content.has(kDecoded)) fact(FactKind::kWriteScript, function);
    // What is written is read as well.
    const std::size_t tag = content.text.find("<?");
    if (php() && tag != std::string_view::npos) {
      std::string_view code = content.text.substr(tag + 2);
      if (code.starts_with("php")) code.remove_prefix(3);
      if (code.starts_with("=")) code.remove_prefix(1);
      Value layered = content;
      layered.traits |= kBuilt;
      layer(code, layered, function);
    }
  }
}

Value Interpreter::open(const NameEntry& known, const Arguments& list) {
  Value value;
  value.type = "handle";
  const std::size_t at = known.at < list.count ? known.at : 0;
  if (list.count == 0) return value;
  const Value& name = list.values[at];
  if (php() && name.has(kUndefined) && reached_) fact(FactKind::kFileUndefined, known.name);
  if (name.has(kInput) && !name.has(kPrefixed) && php() && list.count > 1 &&
      list.values[1].is_text() && list.values[1].text.starts_with("r")) {
    fact(FactKind::kReadInput, known.name);
  }
  value.traits = name.traits & (kForeign | kScriptName | kRemote | kSelf);
  if (php() && name.is_text()) value.text = name.text;  // of no kind: it only tells the name
  if (script_name(name)) value.traits |= kScriptName;
  if (name.is_text()) {
    if (name.text == "php://input" || name.text == "php://stdin") {
      value.type = "handle:input";
      fact(FactKind::kSource, "request");
    } else if (contains(name.text, "://") && !name.text.starts_with("php:")) {
      value.traits |= kRemote;
    }
  }
  if (perl() && known.name == "open") {
    const std::size_t from = code_->tokens[site_ < code_->tokens.size() ? site_ : 0].offset;
    const std::string_view written = code_->text.substr(std::min(from, code_->text.size()), 120);
    // Up to the statement's end; a command may hold semicolons itself.
    const std::string_view line =
        written.substr(0, std::min(written.find(");"), written.find(";\n")));
    if (contains(line, "|\"") || contains(line, "| \"") || contains(line, "\"|") ||
        contains(line, "'|")) {
      facts_.abilities |= kCanCommand;
      const Value& program = list.values[list.count > 2 ? 2 : at];
      fact(FactKind::kCommand, stands_so(program) ? "fixed" : "open");
    }
    // open(STDIN, "<&S"): what a connection sends is what the next program reads.
    if (contains(line, "STDIN") && contains(line, "<&") && !contains(line, "SAVE") &&
        !contains(line, "OLD") && (facts_.abilities & kCanNetwork) != 0) {
      fact(FactKind::kReverse, "STDIN");
    }
    if (name.has(kForeign) && list.count <= 2) fact(FactKind::kCommandInput, "open");
    const auto text = name.is_text() ? name.text : std::string_view();
    if (list.count > 2 && list.values[2].has(kForeign) &&
        text.find('|') != std::string_view::npos) {
      fact(FactKind::kCommandInput, "open");
    }
  }
  if (list.count > 1 && list.values[1].is_text() && !list.values[1].text.empty() &&
      list.values[1].text[0] != 'r' && !contains(list.values[1].text, "|")) {
    facts_.abilities |= kCanWrite;
  }
  // Writers around writers keep what they write to.
  if (name.type == "handle") value = name;
  return value;
}

Value Interpreter::read(const NameEntry& known, const Arguments& list, const Value* receiver) {
  (void)known;
  Value name = list.count > 0 ? list.values[0] : Value{};
  if (receiver != nullptr && known.name.starts_with('.')) name = *receiver;
  if (name.is_text()) {
    if (name.text == "php://input" || name.text == "php://stdin") {
      fact(FactKind::kSource, "request");
      return Value::unknown(kInput);
    }
    if (name.text.starts_with("http") || name.text.starts_with("ftp:") ||
        name.text.starts_with("//")) {
      return Value::unknown(kRemote);
    }
    if (name.text.starts_with("data:")) return Value::unknown(kFileData | kBlob);
  }
  if (name.type == "handle:input") return Value::unknown(kInput);
  // A stream gives what was put into it; that is no file's name.
  if (known.name == ".readtext" || known.name == ".readall") {
    return Value::unknown(kFileData | (name.traits & (kForeign | kRemote | kDecoded | kSelf)));
  }
  if (known.name == ".getdoccomment") return Value::unknown(kFileData | kSelf | kOpaque);
  if (name.has(kInput) && !name.has(kPrefixed) && name.type != "handle") {
    fact(FactKind::kReadInput, known.name);
  }
  if (known.name == "scandir") return Value::unknown(kListed);
  if (name.has(kUpload)) return Value::unknown(kUpload | kFileData);
  if (name.has(kRemote | kSocket)) return Value::unknown(kRemote | (name.traits & kSocket));
  return Value::unknown(kFileData | (name.traits & kSelf));
}

}  // namespace konseki::webshell
