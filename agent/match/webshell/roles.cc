// What known functions do with their arguments, by the role that the tables give them.
#include <algorithm>

#include "agent/match/webshell/interpreter.h"
#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {

Value Interpreter::apply(const NameEntry& known, Arguments& list, const Value* receiver,
                         const Place* place) {
  if (foreign_connection(known, list, receiver, place)) return Value::unknown(kStored);
  if (known.role == Role::kRunCode && no_basic_code()) return {};
  // A field of that name is a command's only where there is a process.
  if (known.name == ".filename" && (facts_.abilities & kCanCommand) == 0) return {};
  facts_.abilities |= known.abilities;
  for (std::size_t i = 0; i < std::min<std::size_t>(list.count, 2); ++i) {
    if (list.values[i].has(kInput) && !list.values[i].has(kPrefixed))
      facts_.chosen |= known.abilities;
  }
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
      if (php() && (known.name == "readdir" || known.name == "glob" ||
                    known.name.ends_with("directoryiterator"))) {
        return Value::unknown(kListed);
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
      if (known.name == "os.path.join" && list.count > 0 &&
          (!list.values[0].has(kInput) || list.values[0].has(kPrefixed))) {
        value.traits |= kPrefixed;
      }
      // A cut or changed text no longer begins as it did, but for trimmings.
      if (known.name == "sprintf" || known.name == "trim" || known.name == "basename" ||
          known.name == "realpath" || known.name.ends_with("mappath")) {
        value.traits |= list.traits & kPrefixed;
      }
      if (list.count > 0 && script_name(list.values[list.count - 1])) value.traits |= kScriptName;
      if ((known.name == "pathinfo" || known.name == "basename") && script_name(argument(0)))
        value.traits |= kScriptName;
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
        if (known.name != "create_function") return {};
        Value made = made_function(argument(0), argument(1));
        made.traits |= list.traits & kForeign;
        return made;
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
      if (python()) {
        Value process;
        process.type = "process";
        return process;
      }
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
          if (action == "read" || action == "readbinary") {
            facts_.abilities |= kCanRead;
            if (name.has(kInput) && !name.has(kPrefixed)) fact(FactKind::kReadInput, "cffile");
            return {};
          }
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
        const bool sent = target.has(kInput) && !from.has(kUpload);
        fact(sent ? FactKind::kWriteInput : FactKind::kUploadInput,
             !sent && kind_compared_ ? "compared" : known.name);
      } else if ((from.has(kForeign) || from.has(kRemote)) && script_name(target)) {
        fact(FactKind::kWriteInput, known.name);
      } else if (from.is_text() && contains(from.text, "://") && script_name(target)) {
        fact(FactKind::kWriteInput, known.name);
      } else if (from.has(kUpload)) {
        fact(FactKind::kUploadInput, "fixed");
      } else if (php() && known.name == "copy" && from.has(kInput) && !from.has(kPrefixed)) {
        fact(FactKind::kReadInput, known.name);  // into a file that is shown then
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
      // A stream of text has getvalue(), too; of a form only what cgi.FieldStorage() gave is one.
      if (python() && method && known.name.starts_with(".get") &&
          !contains(known.name, "argument") && !(from_receiver & (kInput | kRequest))) {
        return Value::unknown(from_receiver & ~kPrefixed);
      }
      if (python() && known.at == kStandardInput && !answers_cgi()) return {};
      if (python() && known.name.starts_with("self.") && !answers_http()) {
        return Value::unknown(from_receiver & ~kPrefixed);
      }
      fact(FactKind::kSource, known.name == "<stdin>" ? "standard input" : "request");
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
        const Value& to = argument(0);
        const bool whole = to.has(kInput) && argument(1).has(kInput) && argument(2).has(kInput) &&
                           !argument(2).has(kPrefixed);
        if (to.has(kForeign)) {
          fact(FactKind::kMailInput, to.has(kDecoded) ? "encoded"
                                     : mails_owner_   ? "copy"
                                     : whole          ? "whole"
                                                      : known.name);
        }
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

}  // namespace konseki::webshell
