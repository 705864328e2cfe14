// Members of objects: methods and fields, by what is known of their object.
#include <algorithm>
#include <array>

#include "agent/match/webshell/interpreter.h"

namespace konseki::webshell {

Interpreter::Operand Interpreter::member(Operand left) {
  // now() is the operator.
  const bool dot = now().is(".");
  const bool scope = now().is("::");
  ++at_;
  Operand result;
  if (now().kind == TokenKind::kName) {
    const std::string_view name = now().text;
    const std::uint32_t offset = at_;
    ++at_;
    if (now().is("(")) {
      Arguments list;
      ++at_;
      arguments(list, ")");
      site_ = offset;
      if (left.value.has(kRequest) && name != "mappath" && name != "servervariables" &&
          name != "saveas" && name != "physicalpath") {
        result.value.traits = kInput;
        fact(FactKind::kSource, "request");
        return result;
      }
      // By what is known of the receiver: its class, its path, or the method alone.
      Value value;
      const std::string_view receiver = !left.path.empty() ? left.path : left.value.type;
      std::string full;
      if (!left.value.type.empty() &&
          entry(full = std::string(left.value.type) + '.' + std::string(name))) {
        value = call_name(full, list, &left.value, &left.place, false);
      } else if (!receiver.empty() &&
                 entry(full = std::string(receiver) + '.' + std::string(name))) {
        value = call_name(full, list, &left.value, &left.place, false);
      } else if (!left.path.empty() && left.path.rfind('.') != std::string_view::npos &&
                 entry(full = std::string(left.path.substr(left.path.rfind('.') + 1)) + '.' +
                              std::string(name))) {
        value = call_name(full, list, &left.value, &left.place, false);
      } else {
        full = '.';
        full += name;
        value = call_name(full, list, &left.value, &left.place, false);
      }
      result.value = value;
      if (dot) result.path = arena_.keep(full[0] == '.' ? full : full + "()");
      return result;
    }
    if (php() && scope) {  // Class::NAME, Class::class
      const Value* known = global_.find("#" + std::string(name));
      if (name == "class") {
        result.value = Value::of_text(left.value.type);
      } else if (known != nullptr) {
        result.value = *known;
      }
      return result;
    }
    if (sigils()) {
      // A field of this object, or of one whose class is known; of others only what they hold.
      if (php() && left.value.type.empty() && left.place.kind != Place::Kind::kField) {
        result.value.traits = left.value.traits & (kForeign | kStored | kRemote | kFileData);
        return result;
      }
      const std::string field = "->" + std::string(name);
      Value* known = global_.find(field);
      result.place.kind = Place::Kind::kField;
      result.place.name = known != nullptr ? std::string_view() : arena_.keep(field);
      if (known != nullptr) {
        result.value = *known;
        result.place.name = arena_.keep(field);
      } else {
        result.value.traits = left.value.traits & (kForeign | kStored | kRemote);
      }
      return result;
    }
    std::string path = left.path.empty() ? std::string(left.value.type) : std::string(left.path);
    path += '.';
    path += name;
    if (name == "request" && !python()) path = "request";
    result.path = arena_.keep(path);
    const NameEntry* known = entry(result.path);
    if (known == nullptr) {
      const std::size_t last = path.rfind('.');
      if (last != std::string::npos) known = entry(path.substr(last));
    }
    if (known != nullptr && known->name.starts_with("self.") && !answers_http()) known = nullptr;
    if (left.value.has(kRequest)) {
      static constexpr std::array<std::string_view, 20> kHarmless = {"url",
                                                                     "path",
                                                                     "filepath",
                                                                     "physicalpath",
                                                                     "physicalapplicationpath",
                                                                     "mappath",
                                                                     "totalbytes",
                                                                     "contentlength",
                                                                     "contenttype",
                                                                     "servervariables",
                                                                     "applicationpath",
                                                                     "currentexecutionfilepath",
                                                                     "isauthenticated",
                                                                     "islocal",
                                                                     "userhostaddress",
                                                                     "httpmethod",
                                                                     "requesttype",
                                                                     "contentencoding",
                                                                     "browser",
                                                                     "issecureconnection"};
      if (language() == ScriptLanguage::kCfml ||
          std::find(kHarmless.begin(), kHarmless.end(), name) == kHarmless.end()) {
        result.value.traits = kInput | kRequest;
        if (name == "files") result.value.traits = kUpload;
        fact(FactKind::kSource, "request");
      }
      return result;
    }
    if (known != nullptr) {
      facts_.abilities |= known->abilities;
      if (known->role == Role::kRequest) {
        result.value.traits = kRequest | kInput;
        return result;
      }
      if (known->role == Role::kSource || known->role == Role::kFetch ||
          known->role == Role::kUploads) {
        Arguments none;
        result.value = apply(*known, none, &left.value, nullptr);
        return result;
      }
      if (known->role == Role::kClean) return result;
      if (known->role == Role::kEnvironment) {  // os.environ['QUERY_STRING']
        result.value.type = "$server";
        return result;
      }
    }
    // What a page's controls hold comes from the request.
    if (language() == ScriptLanguage::kCSharp || language() == ScriptLanguage::kVbNet ||
        language() == ScriptLanguage::kJScript) {
      static constexpr std::array<std::string_view, 6> kControl = {
          "text", "value", "selectedvalue", "commandargument", "selecteditem", "commandname"};
      static constexpr std::array<std::string_view, 4> kControlFile = {"postedfile", "filebytes",
                                                                       "filecontent", "filename"};
      const bool text = std::find(kControl.begin(), kControl.end(), name) != kControl.end();
      const bool file =
          std::find(kControlFile.begin(), kControlFile.end(), name) != kControlFile.end();
      const bool plain = left.value.type.empty() && left.value.kind == Value::Kind::kUnknown;
      if ((text || file) && plain && !left.path.empty() && !is_assignment(now()) &&
          !now().is("=")) {
        result.value.traits = (text ? kInput : kUpload) | left.value.traits;
        fact(FactKind::kSource, "control");
        result.place.kind = Place::Kind::kVariable;
        result.place.name = result.path;
        return result;
      }
    }
    // A field under its path, so that startInfo.Arguments keeps what was put there.
    Value* stored = owner_of(result.path).find(result.path);
    result.place.kind = Place::Kind::kVariable;
    result.place.name = result.path;
    if (stored != nullptr) {
      result.value = *stored;
    } else {
      result.value.traits = left.value.traits & ~kPrefixed;
      // A function that is given another name.
      if (python() && dangerous(result.path)) result.value.type = result.path;
    }
    return result;
  }
  // $object->$name, $object->{expression}, Class::$field
  Value name;
  if (now().is("{")) {
    const std::uint32_t close = now().match;
    ++at_;
    name = expression();
    at_ = std::max(at_, close) + 1;
  } else if (now().kind == TokenKind::kVariable) {
    const Token& token = now();
    ++at_;
    if (code_->tokens[at_ - 2].is("::") && !now().is("(")) {
      const std::string_view field = arena_.keep("->" + std::string(token.text));
      result.place.kind = Place::Kind::kField;
      result.place.name = field;
      if (const Value* known = global_.find(field)) result.value = *known;
      return result;
    }
    name = variable(token.text);
  } else if (now().is("[") || now().is("(")) {
    return left;  // Perl's ->[…] and ->(…)
  } else if (now().is("$")) {
    primary();
    return result;
  } else if (!now().is(")") && !now().is(";")) {
    ++at_;
    return result;
  }
  if (now().is("(")) {
    Arguments list;
    ++at_;
    arguments(list, ")");
    if (const auto text = text_of(name, arena_); text && name.is_text()) {
      const std::string full = "." + std::string(arena_.lower(*text));
      result.value = call_name(full, list, &left.value, &left.place, name.has(kDecoded));
    }
  } else if (name.is_text()) {
    const std::string_view field = arena_.keep("->" + std::string(name.text));
    result.place.kind = Place::Kind::kField;
    result.place.name = field;
    if (const Value* known = global_.find(field)) result.value = *known;
  }
  return result;
}

}  // namespace konseki::webshell
