// Classes, methods and objects that texts name.
#include "agent/match/webshell/interpreter.h"
#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {

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
