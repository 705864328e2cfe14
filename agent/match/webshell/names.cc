#include "agent/match/webshell/names.h"

#include <span>
#include <unordered_map>

#include "agent/match/webshell/name_hash.h"
#include "agent/match/webshell/name_tables.h"

namespace konseki::webshell {
namespace {

using Table = std::unordered_map<std::string_view, const NameEntry*, NameHash>;

Table table_of(std::span<const NameEntry> entries) {
  Table table;
  table.reserve(entries.size() * 2);
  for (const NameEntry& entry : entries) table.emplace(entry.name, &entry);
  return table;
}

const Table& table_for(ScriptLanguage language) {
  static const Table kPhp = table_of(php_names());
  static const Table kAsp = table_of(asp_names());
  static const Table kDotNet = table_of(dotnet_names());
  static const Table kJava = table_of(java_names());
  static const Table kCfml = table_of(cfml_names());
  static const Table kPerl = table_of(perl_names());
  static const Table kPython = table_of(python_names());
  switch (language) {
    case ScriptLanguage::kPhp:
      return kPhp;
    case ScriptLanguage::kVbScript:
      return kAsp;
    case ScriptLanguage::kJScript:
    case ScriptLanguage::kCSharp:
    case ScriptLanguage::kVbNet:
      return kDotNet;
    case ScriptLanguage::kJava:
      return kJava;
    case ScriptLanguage::kCfml:
      return kCfml;
    case ScriptLanguage::kPerl:
      return kPerl;
    default:
      return kPython;
  }
}

}  // namespace

const NameEntry* find_name(ScriptLanguage language, std::string_view name) {
  const Table& table = table_for(language);
  const auto found = table.find(name);
  return found == table.end() ? nullptr : found->second;
}

std::string_view language_name(ScriptLanguage language) {
  switch (language) {
    case ScriptLanguage::kPhp:
      return "php";
    case ScriptLanguage::kVbScript:
      return "vbscript";
    case ScriptLanguage::kJScript:
      return "jscript";
    case ScriptLanguage::kCSharp:
      return "csharp";
    case ScriptLanguage::kVbNet:
      return "vbnet";
    case ScriptLanguage::kJava:
      return "jsp";
    case ScriptLanguage::kCfml:
      return "cfml";
    case ScriptLanguage::kPerl:
      return "perl";
    case ScriptLanguage::kPython:
      return "python";
    case ScriptLanguage::kShell:
      return "shell";
    case ScriptLanguage::kServerConfig:
      return "config";
  }
  return "";
}

}  // namespace konseki::webshell
