#include "agent/match/indicators/stix_object_atoms.h"

#include <algorithm>
#include <array>

#include "agent/match/indicators/pattern_text.h"
#include "agent/match/indicators/value_fields.h"

namespace konseki {
namespace {

using stix::Value;

constexpr std::array<std::string_view, 18> kTypes = {"artifact",
                                                     "autonomous-system",
                                                     "directory",
                                                     "domain-name",
                                                     "email-addr",
                                                     "email-message",
                                                     "file",
                                                     "ipv4-addr",
                                                     "ipv6-addr",
                                                     "mac-addr",
                                                     "mutex",
                                                     "network-traffic",
                                                     "process",
                                                     "software",
                                                     "url",
                                                     "user-account",
                                                     "windows-registry-key",
                                                     "x509-certificate"};

void add(ObjectAtoms& out, AtomType type, const std::string& text) {
  if (text.empty()) return;
  auto atom = make_atom(type, text);
  if (atom) {
    out.atoms.push_back(*std::move(atom));
  } else {
    out.detail = atom.error().detail;
    out.reason = atom.error().advice;
  }
}

void add_hashes(ObjectAtoms& out, const Value& object, const std::string& type) {
  const Value* hashes = object.find("hashes");
  if (hashes == nullptr || hashes->kind != Value::Kind::kDictionary) return;
  for (std::size_t i = 0; i < hashes->names.size(); ++i) {
    const auto kind = atom_type_of_path(type, "hashes." + hashes->names[i]);
    if (kind) add(out, *kind, hashes->items[i].text);
  }
}

void add_registry(ObjectAtoms& out, const Value& object) {
  const std::string key = text_of(object, "key");
  bool has_names = false;
  for (const Value& value : items_of(object, "values")) {
    const std::string name = text_of(value, "name");
    if (name.empty()) continue;
    has_names = true;
    add(out, AtomType::kRegistryKey, key + "\\" + name);
  }
  if (!has_names) add(out, AtomType::kRegistryKey, key);
}

// Objects that only tie others together.
bool is_context(const std::string& type) {
  return type == "network-traffic" || type == "process" || type == "email-message" ||
         type == "directory" || type == "artifact";
}

}  // namespace

bool is_observable_type(std::string_view type) {
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

ObjectAtoms atoms_of_object(const Value& object) {
  ObjectAtoms out;
  const std::string type = text_of(object, "type");
  if (type == "file" || type == "artifact" || type == "x509-certificate") {
    add_hashes(out, object, type);
    if (type == "file" && out.atoms.empty()) add(out, AtomType::kFileName, text_of(object, "name"));
  } else if (type == "email-message") {
    add(out, AtomType::kEmailSubject, text_of(object, "subject"));
  } else if (type == "windows-registry-key") {
    add_registry(out, object);
  } else if (type == "mutex") {
    add(out, AtomType::kMutex, text_of(object, "name"));
  } else if (type == "process") {
    add(out, AtomType::kCommandLine, text_of(object, "command_line"));
  } else if (type == "user-account") {
    const std::string login = text_of(object, "account_login");
    add(out, AtomType::kUserAccount, login.empty() ? text_of(object, "user_id") : login);
  } else if (const auto kind = atom_type_of_path(type, "value")) {
    add(out, *kind, text_of(object, "value"));
  }
  if (out.atoms.empty() && out.reason.empty() && !is_context(type)) {
    out.detail = type;
    out.reason = {
        "objects of this type, or without a value that identifies them, are not looked for",
        "この型のオブジェクト、または特定に足る値のないオブジェクトは照合しません"};
  }
  return out;
}

}  // namespace konseki
