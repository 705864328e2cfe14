// What Python writes in its own way: imports, `with`, several targets at once, and which functions
// a server calls.
#include <algorithm>
#include <array>

#include "agent/match/webshell/interpreter.h"
#include "agent/match/webshell/lex_support.h"
#include "agent/match/webshell/word_list.h"

namespace konseki::webshell {
namespace {

constexpr std::size_t kMostImports = 4096;
constexpr std::uint32_t kMostOfDecorator = 60;  // tokens
constexpr int kMostDecorators = 6;

}  // namespace

// a.b.c, with the dots before it left out.
std::string Interpreter::dotted_name() {
  std::string name;
  while (now().is(".") || now().is("...")) ++at_;
  while (now().kind == TokenKind::kName) {
    name += now().text;
    ++at_;
    if (!now().is(".")) break;
    name += '.';
    ++at_;
  }
  return name;
}

// import a.b as c; from a import b, c as d. What the new names stand for is kept.
void Interpreter::python_import() {
  const bool from = now().name("from");
  ++at_;
  std::string module;
  if (from) {
    module = dotted_name();
    if (!now().name("import")) return;
    ++at_;
    if (!module.empty()) module += '.';
  }
  while (at_ < end_ && now().kind != TokenKind::kBreak && step()) {
    if (now().kind != TokenKind::kName) {
      ++at_;
      continue;
    }
    const std::string name = module + dotted_name();
    std::string_view known;
    if (now().name("as") && ahead().kind == TokenKind::kName) {
      known = ahead().text;
      at_ += 2;
    } else if (from) {
      known = arena_.keep(name.substr(name.rfind('.') + 1));
    }
    if (!known.empty() && known != name && imported_.size() < kMostImports) {
      imported_[known] = arena_.keep(name);
    }
  }
}

// with a() as b, c() as d: the block behind it is read as any other.
void Interpreter::python_with() {
  ++at_;
  while (at_ < end_ && now().kind != TokenKind::kBreak && !now().is("{") && step()) {
    const std::uint32_t before = at_;
    const Value value = expression(2);
    if (now().name("as")) {
      ++at_;
      assign(unary().place, value);
    }
    if (now().is(",") || at_ == before) ++at_;
  }
}

// Behind the head of a compound statement: what stands on the same line is under its condition, as
// the indented block is that follows it.
void Interpreter::python_suite() {
  while (at_ < end_ && now().kind != TokenKind::kBreak && !now().is("{")) ++at_;
  while (at_ < end_ && now().kind == TokenKind::kBreak) ++at_;
  if (at_ >= end_ || now().is("{")) return;
  ++condition_;
  statement();
  --condition_;
}

// a, b = value and (a, b) = value. False, with nothing read, for every other statement.
bool Interpreter::python_targets() {
  std::uint32_t end = at_;
  int commas = 0;
  for (; end < end_ && end < at_ + 64; ++end) {
    const Token& token = code_->tokens[end];
    if (token.is(",")) {
      ++commas;
    } else if (token.kind != TokenKind::kName && !token.is(".") && !token.is("(") &&
               !token.is(")") && !token.is("[") && !token.is("]")) {
      break;
    }
  }
  if (commas == 0 || end >= end_ || !code_->tokens[end].is("=")) return false;
  std::vector<Place> places;
  while (at_ < end && step()) {
    if (now().kind == TokenKind::kName) {
      places.push_back(unary().place);
    } else {
      ++at_;
    }
  }
  at_ = end + 1;
  Value list = expression(2);
  if (now().is(",")) {  // a, b = c, d
    Value several;
    several.kind = Value::Kind::kArray;
    several.array = make_array();
    if (several.array == nullptr) return true;
    several.array->elements.emplace_back("0", list);
    several.traits = list.traits;
    while (now().is(",") && several.array->elements.size() < Arguments::kMost && step()) {
      ++at_;
      const Value next = expression(2);
      several.traits |= next.traits;
      several.array->elements.emplace_back(
          arena_.keep(std::to_string(several.array->elements.size())), next);
    }
    list = several;
  }
  assign_list(places, list);
  return true;
}

// What a name stands for: through the script's imports, or itself.
std::string_view Interpreter::python_name(std::string_view name) {
  const auto found = imported_.find(name);
  if (found == imported_.end() || function_of_.contains(name) || frame_->find(name) != nullptr) {
    return name;
  }
  return found->second;
}

// Traits of what a server hands to the function whose `def` stands at `at`, by the decorators above
// it: the parts of an address, the fields of a form, a message.
std::uint32_t Interpreter::python_served(const Tokens& tokens, std::uint32_t at) const {
  static constexpr std::array<std::string_view, 5> kExposed = {"expose", "route", "websocket",
                                                               "api_route", "view_config"};
  static constexpr std::array<std::string_view, 6> kMethods = {"get",   "post",   "put",
                                                               "patch", "delete", "head"};
  static constexpr std::array<std::string_view, 4> kMessages = {"message_handler", "on_message",
                                                                "listen", "event"};
  for (int i = 0; i < kMostDecorators; ++i) {
    if (at < 3 || tokens[at - 1].kind != TokenKind::kBreak) return 0;
    std::uint32_t start = at - 1;
    while (start > 0 && at - start < kMostOfDecorator && !tokens[start].is("@")) --start;
    if (!tokens[start].is("@")) return 0;
    std::uint32_t last = start + 1;
    while (last + 2 < at && tokens[last + 1].is(".")) last += 2;
    const std::string_view name = tokens[last].text;
    const bool address = last + 2 < at && tokens[last + 1].is("(") &&
                         tokens[last + 2].kind == TokenKind::kText &&
                         tokens[last + 2].text.starts_with("/");
    if (is_one_of(name, kExposed) || (address && is_one_of(name, kMethods))) return kInput;
    if (is_one_of(name, kMessages)) return kRemote;
    at = start;
  }
  return 0;
}

// The parameters of a function that nobody here calls, as a server gives them.
void Interpreter::python_parameters(const Function& function, Arguments& list) const {
  for (std::size_t i = 0; i < list.count; ++i) {
    if (i == 0 && function.method) {
      list.values[i] = {};
      list.values[i].type = "self";
    } else if (function.served != 0) {
      list.values[i] = Value::unknown(function.served);
    } else if (i + 1 < list.count && function.parameters[i + 1].starts_with("start")) {
      list.values[i] = {};  // https://peps.python.org/pep-3333/
      list.values[i].type = "$server";
    }
    list.traits |= list.values[i].traits;
  }
}

// Functions of the script that are handed to others by their names; a server calls them with what
// its clients send.
void Interpreter::python_registers(std::string_view name, const Arguments& list) {
  const std::uint32_t served = name == ".register_function"                  ? kInput
                               : name == ".serve" || name == ".start_server" ? kRemote
                                                                             : 0U;
  for (std::size_t i = 0; i < list.count; ++i) {
    if (list.places[i].kind != Place::Kind::kVariable) continue;
    const auto own = function_of_.find(list.places[i].name);
    if (own == function_of_.end()) continue;
    own->second->hooked = true;
    if (own->second->served == 0) own->second->served = served;
  }
}

// Whether a function that nobody here calls by its name is called all the same: by a server.
bool Interpreter::python_reached(const Function& function) {
  static constexpr std::array<std::string_view, 8> kVerbs = {
      "get", "post", "put", "delete", "patch", "head", "handle", "application"};
  std::string_view name = function.name;
  for (const std::string_view prefix : {"do_", "on_", "render_"}) {
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  }
  return function.hooked || function.served != 0 || is_one_of(name, kVerbs);
}

// What a value or variable that is called stands for: a function of the script, or by `type` a
// known one; nothing of both for all others.
Value Interpreter::python_callee(const Operand& callee) {
  const Value* value = &callee.value;
  if (value->type.empty() && !callee.path.empty() && !function_of_.contains(callee.path)) {
    const Value* known = frame_->find(callee.path);
    if (known == nullptr) known = global_.find(callee.path);
    if (known != nullptr) value = known;
  }
  Value held;
  held.function = value->function;
  if (!value->type.empty() && dangerous(value->type)) held.type = value->type;
  return held;
}

// value[begin:end:step] behind its bracket. Slices of constants are computed; false, with nothing
// read, for an index.
bool Interpreter::python_slice(Operand& left) {
  const std::uint32_t close = at_ > 0 ? code_->tokens[at_ - 1].match : 0;
  if (close <= at_ || close > end_) return false;
  const auto colons = [](const Token& token) { return token.is(":") ? 1 : token.is("::") ? 2 : 0; };
  bool slice = false;
  for (std::uint32_t i = at_; i < close; ++i) {
    slice |= colons(code_->tokens[i]) > 0;
    if (code_->tokens[i].match > i) i = code_->tokens[i].match;
  }
  if (!slice) return false;
  std::array<std::optional<std::int64_t>, 3> parts;
  std::size_t part = 0;
  bool known = left.value.is_text();
  while (at_ < close && part < parts.size() && step()) {
    if (const int more = colons(now()); more > 0) {
      part += static_cast<std::size_t>(more);
      ++at_;
      continue;
    }
    const std::uint32_t before = at_;
    const Value value = expression();
    parts[part] = value.is_number() ? std::optional(value.number) : std::nullopt;
    known &= value.is_number();
    if (at_ == before) ++at_;
  }
  at_ = std::min(close + 1, end_);
  const Value& base = left.value;
  Operand result;
  result.value = Value::unknown(base.traits & ~kPrefixed);
  result.path = left.path;
  if (known && parts[2].value_or(1) != 0) {
    const auto size = static_cast<std::int64_t>(base.text.size());
    const std::int64_t by = parts[2].value_or(1);
    const auto bound = [&](std::optional<std::int64_t> at, std::int64_t none) {
      if (!at) return none;
      return std::clamp<std::int64_t>(*at < 0 ? *at + size : *at, by < 0 ? -1 : 0,
                                      by < 0 ? size - 1 : size);
    };
    const std::int64_t end = bound(parts[1], by < 0 ? -1 : size);
    std::string text;
    for (std::int64_t i = bound(parts[0], by < 0 ? size - 1 : 0); by < 0 ? i > end : i < end;
         i += std::clamp<std::int64_t>(by, -size - 1, size + 1)) {
      text += base.text[static_cast<std::size_t>(i)];
    }
    result.value = Value::of_text(arena_.keep(text), base.traits | kBuilt);
  }
  left = result;
  return true;
}

// __builtins__["eval"], globals()["os"]: a function that is taken from a table of names.
void Interpreter::python_element(Operand& left, const Value& key) {
  if (key.is_text() && key.text.size() < 64 && contains(left.path, "__")) {
    const std::string_view name = arena_.lower(key.text);
    if (dangerous(name)) left.value.type = name;
  }
}

// The entry of the last parts of a path: of self.request.form that of request.form.
const NameEntry* Interpreter::python_entry(std::string_view path) const {
  const NameEntry* known = find_name(ScriptLanguage::kPython, path);
  const std::size_t last = path.rfind('.');
  for (std::size_t dot = path.find('.'); known == nullptr && dot < last;
       dot = path.find('.', dot + 1)) {
    known = find_name(ScriptLanguage::kPython, path.substr(dot + 1));
  }
  return known;
}

// What names modules and functions by texts: __import__("os"), getattr(os, "system"). A name that
// is put together is a hidden one.
std::optional<Value> Interpreter::python_made(std::string_view name, const Arguments& list) {
  Value value;
  if ((name == "__import__" || name == ".import_module") && list.count > 0 &&
      list.values[0].is_text()) {
    value.type = arena_.lower(list.values[0].text);
    return value;
  }
  if (name == "getattr" && list.count > 1 && list.values[1].is_text()) {
    std::string path(list.values[0].type);
    if (path.empty()) path = python_name(list.places[0].name);
    const std::string_view member = list.values[1].text;
    const std::string_view named = arena_.lower((path += '.') += member);
    if (!dangerous(named)) return std::nullopt;
    if (list.values[1].has(kBuilt | kDecoded)) fact(FactKind::kHiddenName, named);
    value.type = named;
    return value;
  }
  if (name == "compile" && list.count > 0) return list.values[0];
  return std::nullopt;
}

// The arguments of a method, its object before them.
Interpreter::Arguments Interpreter::python_method_arguments(const Arguments& list) {
  Arguments all;
  all.values[0].type = "self";
  for (std::size_t i = 0; i < list.count; ++i) {
    all.values[i + 1] = list.values[i];
    all.places[i + 1] = list.places[i];
    all.keys[i + 1] = list.keys[i];
  }
  all.count = list.count + 1;
  all.traits = list.traits;
  return all;
}

// lambda a, b: expression. It is read once where it stands, and at its calls.
Interpreter::Operand Interpreter::python_lambda() {
  Operand result;
  ++at_;
  Function& function = functions_.emplace_back();
  function.code = code_;
  function.arrow = true;
  function.runs = 1;
  while (at_ < end_ && !now().is(":") && now().kind != TokenKind::kBreak) {
    if (now().kind == TokenKind::kName) function.parameters.push_back(now().text);
    ++at_;
  }
  if (at_ < end_) ++at_;
  function.begin = at_;
  const Value value = expression(2);
  function.end = at_;
  result.value.traits = value.traits;
  result.value.function = &function;
  return result;
}

// Whether a class of the script answers requests of HTTP: only there are the object's path, headers
// and streams a request's.
bool Interpreter::answers_http() const {
  static constexpr std::array<std::string_view, 8> kVerbs = {
      "do_get", "do_post", "do_put", "do_head", "do_delete", "do_patch", "do_options", "handle"};
  return std::any_of(kVerbs.begin(), kVerbs.end(),
                     [&](std::string_view verb) { return function_of_.contains(verb); });
}

// Whether the script answers through its standard output: what it reads there is a request then.
bool Interpreter::answers_cgi() {
  if (cgi_ >= 0) return cgi_ != 0;
  cgi_ = 0;
  for (const Token& token : code_->tokens) {
    if (token.kind != TokenKind::kText || token.text.size() < 12) continue;
    const std::string_view text = arena_.lower(token.text.substr(0, 14));
    if (text.starts_with("content-type:") || text == "content_length" || text == "request_method" ||
        text == "query_string") {
      cgi_ = 1;
    }
  }
  return cgi_ != 0;
}

// Of a command that is a list only the program and what a shell is given are commands.
std::uint32_t Interpreter::python_command(const NameEntry& known, const Arguments& list) const {
  if (list.count == 0) return list.traits;
  // A program below a folder that is fixed: as a server's own scripts are.
  const auto program = [](const Value& value) {
    return value.has(kPrefixed) ? value.traits & ~std::uint32_t{kForeign} : value.traits;
  };
  const Value* first = &list.values[0];
  if (known.name.starts_with("os.exec") || known.name.starts_with("os.spawn"))
    return first->is_text() ? list.traits : program(*first);
  for (std::size_t i = 0; i < list.count; ++i) {
    if (list.keys[i] == "args") first = &list.values[i];
  }
  if (first->array == nullptr || first->array->elements.empty()) return first->traits;
  const auto& elements = first->array->elements;
  for (const auto& [key, element] : elements) {
    if (element.is_text() && (element.text == "-c" || element.text == "/c" || element.text == "/C"))
      return first->traits;
  }
  return program(elements.front().second);
}

}  // namespace konseki::webshell
