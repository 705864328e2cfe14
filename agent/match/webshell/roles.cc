// What known functions do with their arguments: the sinks, sources and decoders.
#include <algorithm>

#include "agent/match/webshell/decode.h"
#include "agent/match/webshell/interpreter.h"
#include "agent/match/webshell/lexer.h"

namespace konseki::webshell {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool names_shell(std::string_view text) {
  return contains(text, "/bin/sh") || contains(text, "/bin/bash") || contains(text, "cmd.exe") ||
         contains(text, "bash -i") || contains(text, "/dev/tcp/") || contains(text, "sh -i") ||
         text == "cmd" || contains(text, "powershell");
}

}  // namespace

Value Interpreter::apply(const NameEntry& known, Arguments& list, const Value* receiver,
                         const Place* place) {
  facts_.abilities |= known.abilities;
  const std::uint32_t from_receiver = receiver != nullptr ? receiver->traits : 0;
  const auto argument = [&](std::size_t i) { return i < list.count ? list.values[i] : Value{}; };
  const bool method = known.name.starts_with('.');
  switch (known.role) {
    case Role::kNone:
      return {};
    case Role::kStep:
      if (php() && known.abilities & kCanDelete && argument(0).has(kUndefined) && reached_) {
        fact(FactKind::kFileUndefined, known.name);
      }
      return {};
    case Role::kClean: {
      Value value;
      if (list.traits & kInput)
        value.type = known.name == "len" || known.name == "strlen" ? "" : "input digest";
      if (value.type == "input digest" && known.name != "md5" && known.name != ".digest" &&
          known.name != ".computehash" && known.name != "hash") {
        value.type = {};
      }
      // "secret".equals(request.getParameter("pwd"))
      if (known.name == ".equals" && receiver != nullptr &&
          ((receiver->is_text() && list.traits & kInput) ||
           (receiver->has(kInput) && argument(0).is_text()))) {
        fact(FactKind::kGate, "equals");
      }
      return value;
    }
    case Role::kPass: {
      if (language() == ScriptLanguage::kJava || language() == ScriptLanguage::kCSharp) {
        if (const auto value = reflection(known, list, receiver)) return *value;
      }
      Value value = Value::unknown((list.traits | from_receiver) & ~(kPrefixed | kRequest));
      // A header picked from $_SERVER by its place.
      static constexpr std::array<std::string_view, 8> kPicks = {
          "array_values", "array_pop", "end", "current", "reset", "next", "implode", "array_slice"};
      if (argument(0).type == "$server" &&
          std::find(kPicks.begin(), kPicks.end(), known.name) != kPicks.end()) {
        value.traits |= kInput;
        fact(FactKind::kSource, "request");
      }
      // A cut or changed text no longer begins as it did, but for trimmings.
      if (known.name == "sprintf" || known.name == "trim" || known.name == "basename") {
        value.traits |= list.traits & kPrefixed;
      }
      if (list.count > 0 && script_name(list.values[list.count - 1])) value.traits |= kScriptName;
      // is.read(buffer): the buffer holds what was read.
      if (known.name == ".read" && list.count > 0 && from_receiver & (kForeign | kRemote)) {
        Value filled = list.values[0];
        filled.traits |= from_receiver & (kForeign | kRemote | kDecrypted);
        assign(list.places[0], filled);
      }
      return value;
    }
    case Role::kChar:
      return Value::unknown((list.traits | kDecoded) & ~kPrefixed);
    case Role::kDecode:
      return Value::unknown((list.traits | from_receiver | kDecoded) & ~kPrefixed);
    case Role::kDecrypt:
      if ((list.traits | from_receiver) & kForeign) fact(FactKind::kDecrypt, known.name);
      return Value::unknown((list.traits | from_receiver | kDecoded | kDecrypted) & ~kPrefixed);
    case Role::kRunCode: {
      if (known.name == "create_function" || known.at > 0) {
        run_value(argument(known.at), known.name);
        if (known.name == "create_function") return Value::unknown(list.traits & kForeign);
        return {};
      }
      if (method && php()) return {};
      Value code = argument(0);
      // JScript .NET's eval(code, "unsafe"): https://learn.microsoft.com/previous-versions/b51a45x6
      if (language() == ScriptLanguage::kJScript && known.name == "eval" && list.count == 2)
        fact(FactKind::kHiddenName, "unsafe");
      if (known.name == "function" && list.count > 0) code = list.values[list.count - 1];
      run_value(code, known.name);
      return {};
    }
    case Role::kCommand:
      command(known, list);
      return Value::unknown(0);
    case Role::kInclude:
      include(argument(known.at), known.name);
      return {};
    case Role::kCallback:
      return callback(known, list);
    case Role::kReplace:
      return replace(known, list);
    case Role::kWrite: {
      if (language() == ScriptLanguage::kCfml) {
        std::string_view action;
        Value name;
        Value content;
        for (std::size_t i = 0; i < list.count; ++i) {
          if (list.keys[i] == "action" && list.values[i].is_text())
            action = arena_.lower(list.values[i].text);
          if (list.keys[i] == "file" || list.keys[i] == "destination") name = list.values[i];
          if (list.keys[i] == "output") content = list.values[i];
        }
        if (list.count > 0 && list.keys[0].empty()) {
          name = argument(0);
          content = argument(1);
        }
        if (action == "upload") {
          facts_.abilities |= kCanUpload;
          fact(name.has(kForeign) ? FactKind::kUploadInput : FactKind::kSource, "cffile");
        } else {
          if (action == "delete") facts_.abilities |= kCanDelete;
          if (action == "read") facts_.abilities |= kCanRead;
          write(name, content, known.name);
        }
        return {};
      }
      write(argument(0), argument(1), known.name);
      return {};
    }
    case Role::kOpen:
      if (method && list.count == 0 && receiver != nullptr) {  // new FileInfo(name).CreateText()
        list.values[0] = *receiver;
        list.count = 1;
      }
      return open(known, list);
    case Role::kPut: {
      if (method) {
        if (receiver != nullptr && receiver->type == "handle")
          write(*receiver, argument(0), known.name);
        // A stream that collects what is put into it.
        if (place != nullptr && receiver != nullptr && receiver->type != "handle") {
          if (Value* slot = frame_->find(place->name)) {
            slot->traits |= list.traits & (kForeign | kDecoded | kRemote);
          }
        }
        return {};
      }
      write(argument(0), argument(1), known.name);
      return {};
    }
    case Role::kMove: {
      const Value target = argument(known.at);
      const Value from = known.at == 0 ? (receiver != nullptr ? *receiver : Value{}) : argument(0);
      if (target.has(kForeign)) {
        fact(target.has(kInput) && !from.has(kUpload) ? FactKind::kWriteInput
                                                      : FactKind::kUploadInput,
             known.name);
      } else if ((from.has(kForeign) || from.has(kRemote)) && script_name(target)) {
        fact(FactKind::kWriteInput, known.name);
      } else if (from.is_text() && contains(from.text, "://") && script_name(target)) {
        fact(FactKind::kWriteInput, known.name);
      } else if (from.has(kUpload)) {
        fact(FactKind::kUploadInput, "fixed");
      } else if (php() && known.name == "move_uploaded_file" && from.has(kUndefined) &&
                 (script_name(target) || target.has(kUndefined))) {
        fact(FactKind::kUploadInput, known.name);  // an upload as register_globals gave it
      }
      return {};
    }
    case Role::kRead:
      return read(known, list, receiver);
    case Role::kFetch:
      return Value::unknown(kRemote);
    case Role::kSource: {
      fact(FactKind::kSource, "request");
      return Value::unknown(kInput);
    }
    case Role::kUploads:
      return Value::unknown(kUpload);
    case Role::kRequest: {
      fact(FactKind::kSource, "request");
      // VBScript's Request("name"); Request.ServerVariables was told apart by its path.
      return Value::unknown(kInput);
    }
    case Role::kStored: {
      Value value = Value::unknown(kStored);
      return value;
    }
    case Role::kLoad: {
      const std::uint32_t traits =
          list.traits | (known.name == ".load" || known.name == ".loadclass" ? from_receiver : 0);
      if (traits & kForeign) {
        fact(FactKind::kLoadInput, known.name);
      } else if (traits & kRemote) {
        fact(FactKind::kRunRemote, known.name);
      } else if (traits & kStored) {
        fact(FactKind::kRunStored, known.name);
      } else if (traits & (kDecoded | kBlob)) {
        fact(FactKind::kRunOpaque, known.name);
      } else if (traits != 0 && known.name == ".defineclass") {
        fact(FactKind::kRunCode, known.name);
      }
      return Value::unknown(traits & ~kPrefixed);
    }
    case Role::kUnserialize:
      if ((list.traits | from_receiver) & kForeign) fact(FactKind::kUnserialize, known.name);
      return Value::unknown((list.traits | from_receiver) & ~kPrefixed);
    case Role::kQuery:
      if (known.at == 8) {
        if (argument(0).has(kForeign)) fact(FactKind::kMailInput, known.name);
        return {};
      }
      if (known.at == 9) {
        if (list.traits & kInput) fact(FactKind::kAccountInput, known.name);
        return {};
      }
      if (argument(known.at).has(kInput) && !argument(known.at).has(kPrefixed))
        fact(FactKind::kQueryInput, known.name);
      return Value::unknown(kStored);
    case Role::kSocket: {
      if (argument(known.name == "socket_connect" ? 1 : 0).has(kInput))
        fact(FactKind::kConnectInput, known.name);
      Value value = Value::unknown(kSocket | kRemote);
      if (php() || perl()) value.type = "socket";
      fact(FactKind::kSource, "socket");
      return value;
    }
    case Role::kEnvironment: {
      Operand server;
      server.value.type = "$server";
      if (list.count == 0) return server.value;
      return index(server, argument(known.at)).value;
    }
    case Role::kExtract:
      extract(list);
      return {};
    case Role::kMemory:
      fact(FactKind::kMemoryShell, known.name);
      return {};
    case Role::kObject:
      return object(argument(known.at));
    case Role::kAppend: {
      if (place != nullptr && place->kind == Place::Kind::kVariable) {
        Value& slot = frame_->at(place->name);
        if (slot.is_text() && list.count > 0 && known.name == ".append") {
          slot = concatenated(slot, list.values[0]);
        } else {
          slot.traits |= list.traits & ~kPrefixed;
          slot.kind = slot.kind == Value::Kind::kText ? Value::Kind::kUnknown : slot.kind;
        }
      }
      Value value = receiver != nullptr ? *receiver : Value{};
      value.traits |= list.traits & ~kPrefixed;
      if (value.is_text() && list.count > 0) value = concatenated(value, list.values[0]);
      return value;
    }
  }
  return {};
}

// Java's and C#'s ways to name what is called: Class.forName, getMethod, invoke,
// java.beans.Expression, typeof(Assembly).GetMethod("Load").
std::optional<Value> Interpreter::reflection(const NameEntry& known, const Arguments& list,
                                             const Value* receiver) {
  const auto loads = [&](std::string_view method) {
    return method == "defineclass" || (method == "load" && language() == ScriptLanguage::kCSharp);
  };
  const auto sink = [&](std::string_view method) {
    return loads(method) || method == "exec" || method == "defineclass" || method == "start" ||
           method == "eval" || method == "forkandexec" || method == "create";
  };
  if (known.name == "class.forname" || known.name == ".loadclass") {
    const Value name = list.count > 0 ? list.values[0] : Value{};
    Value value = Value::unknown(name.traits & (kForeign | kDecoded));
    if (name.has(kForeign)) fact(FactKind::kCallInput, "forName");
    if (name.is_text()) {
      const std::string_view lower = arena_.lower(name.text);
      const bool dangerous_class =
          contains(lower, "java.lang.runtime") || contains(lower, "processbuilder") ||
          contains(lower, "processimpl") || contains(lower, "unixprocess") ||
          contains(lower, "scriptenginemanager");
      if (dangerous_class) {
        facts_.abilities |= kCanCommand;
        fact(name.has(kDecoded | kBuilt) ? FactKind::kHiddenName : FactKind::kCommand, "forName");
      }
      const std::size_t dot = lower.rfind('.');
      value.type = dot == std::string_view::npos ? lower : lower.substr(dot + 1);
    }
    return value;
  }
  if (known.name == ".getmethod" || known.name == ".getdeclaredmethod") {
    if (list.count == 0) return Value{};  // of a servlet's request
    facts_.abilities |= kCanReflect;
    const Value name = list.count > 0 ? list.values[0] : Value{};
    if (name.has(kForeign)) fact(FactKind::kCallInput, "getMethod");
    Value value;
    if (name.is_text()) {
      const std::string_view lower = arena_.lower(name.text);
      if (sink(lower)) {
        value.type = lower;
        if (name.has(kDecoded) || (name.has(kBuilt) && lower != "start")) {
          fact(FactKind::kHiddenName, lower);
        }
      }
    }
    return value;
  }
  if (known.name == ".invoke" || known.name == "expression" || known.name == "statement") {
    std::string_view method = receiver != nullptr ? receiver->type : std::string_view();
    for (std::size_t i = 0; i < list.count && method.empty(); ++i) {
      if (list.values[i].is_text()) method = arena_.lower(list.values[i].text);
    }
    if (sink(method)) {
      facts_.abilities |= kCanCommand;
      if (list.traits & kForeign) {
        fact(loads(method) ? FactKind::kLoadInput : FactKind::kCommandInput, method);
      } else if (loads(method) && list.traits & (kDecoded | kBlob)) {
        fact(FactKind::kRunOpaque, method);
      } else {
        fact(FactKind::kCommand, method);
      }
    }
    return Value::unknown(list.traits & ~kPrefixed);
  }
  return std::nullopt;
}

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
    fact(FactKind::kRunOpaque, value.has(kParameter) ? "parameter" : function);
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
  if (traits & kForeign) {
    fact(FactKind::kCommandInput, known.name);
    return;
  }
  if ((traits & kRemote) && (sigils() || language() == ScriptLanguage::kPython)) {
    fact(FactKind::kReverse, known.name);
    return;
  }
  if (traits & (kStored | kFileData) && php()) fact(FactKind::kCommand, "stored");
  const Value& first = list.values[0];
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
  fact(FactKind::kCommand, known.name);
}

// "include" and its kin where they stand as an operand; they take what follows as their file.
Interpreter::Operand Interpreter::include_operand(std::string_view function) {
  const std::uint32_t offset = at_++;
  const Value file = operand(2).value;
  site_ = offset;
  include(file, function);
  return {};
}

void Interpreter::include(const Value& value, std::string_view function) {
  if (value.is_text()) {
    const std::string_view path = value.text;
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
  if (value.type == "temporary name") {
    fact(FactKind::kIncludeStrange, "temporary");
    return;
  }
  if (value.has(kForeign)) {
    fact(FactKind::kIncludeInput,
         value.has(kPrefixed | kScriptName) && !value.has(kDecoded) ? "part" : function);
  } else if (value.has(kRemote)) {
    fact(FactKind::kRunRemote, function);
  } else if (value.has(kUndefined) && !value.has(kPrefixed | kScriptName)) {
    fact(FactKind::kSource, "undefined include");
  } else if (value.has(kDecoded) && value.has(kBlob)) {
    fact(FactKind::kRunOpaque, function);
  }
}

Value Interpreter::callback(const NameEntry& known, Arguments& list) {
  if (known.at >= list.count) {
    // usort(...$_GET): the request gives the function, too.
    if (list.spread && list.traits & kForeign) fact(FactKind::kCallInput, known.name);
    return Value::unknown(list.traits & ~kPrefixed);
  }
  Value function = list.values[known.at];
  // filter_var(…, FILTER_CALLBACK, array('options' => 'assert'))
  if (known.name == "filter_var" && function.array != nullptr) {
    if (const Value* option = function.array->find("options")) function = *option;
  }
  Arguments others;
  std::uint32_t traits = 0;
  if (known.name == "ob_start") {  // gets what the script prints, which a request may choose
    others.values[others.count++] = Value::unknown(kStored);
    traits = kStored;
  }
  for (std::size_t i = 0; i < list.count; ++i) {
    if (i == known.at) continue;
    others.values[others.count++] = list.values[i];
    traits |= list.values[i].traits;
  }
  others.traits = traits;
  if (function.kind == Value::Kind::kArray) {
    // preg_replace_callback_array(['/a/' => function …]): each of them is called.
    for (const auto& [key, element] : function.array->elements) {
      if (element.function != nullptr)
        call_function(*const_cast<Function*>(element.function), others);
    }
    return Value::unknown(traits & ~kPrefixed);
  }
  if (!function.is_text() && !function.type.empty() && !function.has(kForeign)) {
    // An object that can be called.
    const auto invoked = function_of_.find("__invoke");
    if (invoked != function_of_.end()) return call_function(*invoked->second, others);
  }
  if (function.has(kForeign)) {
    if (!function.has(kPrefixed)) fact(FactKind::kCallInput, known.name);
    return Value::unknown(traits & ~kPrefixed);
  }
  if (function.function != nullptr) {
    Value value = call_function(*const_cast<Function*>(function.function), others);
    value.traits |= traits & ~kPrefixed;
    value.kind = Value::Kind::kUnknown;
    return value;
  }
  if (function.is_text()) {
    const std::string_view name = arena_.lower(function.text);
    if (dangerous(name)) {
      if (function.has(kBuilt | kDecoded) || entry(name)->role != Role::kReplace) {
        fact(FactKind::kHiddenName, name);
      }
      // Elements of arrays come one by one.
      if (others.count > 0 && others.values[0].array != nullptr && known.name != "call_user_func") {
        Value element = Value::unknown(others.values[0].traits);
        for (const auto& [key, value] : others.values[0].array->elements) {
          element = value;
          Arguments one;
          one.values[0] = element;
          one.count = 1;
          one.traits = element.traits;
          call_name(name, one, nullptr, nullptr, true);
        }
        return {};
      }
      if (traits & kForeign && others.count > 0) {
        // Whichever place it lands in, input reaches the function.
        Value any = Value::unknown(traits);
        others.values[0] = any;
      }
      if (others.count == 0) {  // ob_start('system'), register_shutdown_function('eval…')
        others.values[0] = Value::unknown(0);
        others.count = 1;
        fact(FactKind::kRunCode, name);
        return {};
      }
      call_name(name, others, nullptr, nullptr, true);
      return Value::unknown(traits & ~kPrefixed);
    }
    if (!function.text.empty() && (others.count > 0 || function_of_.contains(name))) {
      if (known.name == "array_map" && others.values[0].array != nullptr) {
        // array_map('chr', …) and the like: computed element by element.
        ValueArray* mapped = make_array();
        Value value = Value::unknown(traits);
        bool constant = mapped != nullptr && others.values[0].array->elements.size() < 20000;
        if (constant) {
          for (const auto& [key, element] : others.values[0].array->elements) {
            Arguments one;
            one.values[0] = element;
            one.count = 1;
            one.traits = element.traits;
            const Value result = call_name(name, one, nullptr, nullptr, false);
            mapped->elements.emplace_back(key, result);
            value.traits |= result.traits;
            if (!step()) break;
          }
          value.kind = Value::Kind::kArray;
          value.array = mapped;
          return value;
        }
      }
      Value value = call_name(name, others, nullptr, nullptr, function.has(kDecoded));
      value.traits |= traits & ~kPrefixed & (kForeign | kDecoded | kRemote | kStored);
      if (known.name.starts_with("call_user") || known.name == "forward_static_call") return value;
      value.kind = Value::Kind::kUnknown;
      return value;
    }
    return Value::unknown(traits & ~kPrefixed);
  }
  if (function.has(kUndefined) && reached_ && known.name != "ob_start") {
    if (traits & kForeign) fact(FactKind::kOpaqueCall, "input");
  } else if (function.has(kDecoded | kOpaque) && !function.has(kParameter)) {
    fact(FactKind::kOpaqueCall, traits & kForeign ? "input" : known.name);
  } else if (function.has(kRemote)) {
    fact(FactKind::kRunRemote, known.name);
  }
  return Value::unknown(traits & ~kPrefixed);
}

Value Interpreter::replace(const NameEntry& known, const Arguments& list) {
  const Value pattern = list.count > 0 ? list.values[0] : Value{};
  const Value text = list.count > 1 ? list.values[1] : Value{};
  const Value subject = list.count > 2 ? list.values[2] : Value{};
  const bool multibyte = known.name.starts_with("mb_");
  bool code = false;
  const auto has_e = [](std::string_view expression) {
    if (expression.size() < 3) return false;
    const char open = expression[0];
    const char close = open == '('   ? ')'
                       : open == '{' ? '}'
                       : open == '[' ? ']'
                       : open == '<' ? '>'
                                     : open;
    const std::size_t end = expression.rfind(close);
    if (end == std::string_view::npos || end == 0 || expression.size() - end > 10) return false;
    const std::string_view modifiers = expression.substr(end + 1);
    if (!std::all_of(modifiers.begin(), modifiers.end(),
                     [](char c) { return c >= 'A' && c <= 'z'; })) {
      return false;
    }
    return modifiers.find('e') != std::string_view::npos;
  };
  if (multibyte) {
    code = list.count > 3 && list.values[3].is_text() && contains(list.values[3].text, "e");
  } else if (pattern.is_text()) {
    code = has_e(pattern.text);
  } else if (pattern.array != nullptr) {
    for (const auto& [key, element] : pattern.array->elements)
      code |= element.is_text() && has_e(element.text);
  }
  if (code) {
    if (text.has(kForeign) ||
        (text.is_text() && subject.has(kForeign) && contains(text.text, "\\"))) {
      fact(FactKind::kRunInput, known.name);
    } else {
      // '\\1' runs the subject itself.
      const bool whole = text.is_text() && text.text.size() <= 8 && contains(text.text, "\\");
      run_value(whole ? subject : text, known.name);
      if (subject.has(kForeign)) fact(FactKind::kRunInput, known.name);
    }
    return {};
  }
  if (pattern.has(kForeign) && !pattern.has(kPrefixed) && text.has(kForeign)) {
    fact(FactKind::kRunInput, known.name);
  }
  if (pattern.has(kRemote) && text.has(kRemote)) fact(FactKind::kRunRemote, known.name);
  // Of constants alone: a text that hides what it says.
  const bool constant = pattern.is_text() && text.is_text() && subject.is_text();
  return Value::unknown((text.traits | subject.traits | (constant ? kDecoded | kOpaque : 0U)) &
                        ~kPrefixed);
}

void Interpreter::write(const Value& name, const Value& content, std::string_view function) {
  if (name.type == "socket" || name.type == "handle:input") return;
  const bool chosen = name.has(kForeign);
  const bool script = script_name(name) || name.has(kSelf);
  const bool whole = chosen && !name.has(kPrefixed) && name.has(kInput);
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
  if (!php() && !sigils() && script && !content.has(kForeign | kRemote | kDecoded | kBlob)) {
    fact(FactKind::kWriteScript, "fixed");
    return;
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
    const std::string_view line = written.substr(0, written.find(';'));
    if (contains(line, "|\"") || contains(line, "| \"") || contains(line, "\"|") ||
        contains(line, "'|")) {
      facts_.abilities |= kCanCommand;
      fact(FactKind::kCommand, "open");
    }
    if (name.has(kForeign) && list.count <= 2) fact(FactKind::kCommandInput, "open");
    const auto text = name.is_text() ? name.text : std::string_view();
    if (list.count > 2 && list.values[2].has(kForeign) &&
        text.find('|') != std::string_view::npos) {
      fact(FactKind::kCommandInput, "open");
    }
  }
  if (list.count > 1 && list.values[1].is_text() && !list.values[1].text.empty() &&
      list.values[1].text[0] != 'r') {
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
  if (known.name == ".getdoccomment") return Value::unknown(kFileData | kSelf | kOpaque);
  if (name.has(kInput) && !name.has(kPrefixed) && name.type != "handle") {
    fact(FactKind::kReadInput, known.name);
  }
  if (name.has(kUpload)) return Value::unknown(kUpload | kFileData);
  if (name.has(kRemote | kSocket)) return Value::unknown(kRemote | (name.traits & kSocket));
  return Value::unknown(kFileData | (name.traits & kSelf));
}

void Interpreter::extract(const Arguments& list) {
  if (list.count == 0) {
    frame_->foreign = true;
    return;
  }
  const Value& from = list.values[0];
  if (!from.has(kForeign)) return;
  if (list.count > 1 && list.places[1].kind != Place::Kind::kNone) {
    assign(list.places[1], Value::unknown(kInput));
  } else {
    frame_->foreign = true;
  }
}

Value Interpreter::object(const Value& name) {
  Value value;
  if (!name.is_text()) {
    if (name.has(kForeign)) fact(FactKind::kCallInput, "object");
    return value;
  }
  const std::string_view type = arena_.lower(name.text);
  value.type = type;
  struct Known {
    std::string_view part;
    std::uint32_t ability;
  };
  static constexpr std::array<Known, 12> kKnown = {{{"wscript.shell", kCanCommand},
                                                    {"shell.application", kCanCommand},
                                                    {"wscript.network", kCanSystem},
                                                    {"scripting.filesystemobject", kCanList},
                                                    {"adodb.stream", kCanWrite},
                                                    {"adodb.connection", kCanDatabase},
                                                    {"adox.catalog", kCanDatabase},
                                                    {"msxml2.", kCanNetwork},
                                                    {"microsoft.xmlhttp", kCanNetwork},
                                                    {"winhttp.", kCanNetwork},
                                                    {"java.lang.runtime", kCanCommand},
                                                    {"scriptcontrol", kCanCode}}};
  for (const Known& known : kKnown) {
    if (!contains(type, known.part)) continue;
    facts_.abilities |= known.ability;
    if (name.has(kBuilt) && (known.ability == kCanCommand || known.ability == kCanList)) {
      fact(FactKind::kHiddenName, known.part);
    }
    if (known.ability == kCanCommand) fact(FactKind::kCommand, known.part);
    if (contains(type, "msscriptcontrol")) value.type = {};
  }
  // Version numbers do not matter.
  if (type.starts_with("wscript.shell")) value.type = "wscript.shell";
  return value;
}

}  // namespace konseki::webshell
