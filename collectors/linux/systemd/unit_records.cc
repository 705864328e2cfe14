#include "collectors/linux/systemd/unit_records.h"

#include <algorithm>
#include <array>

#include "collectors/linux/shared/command_target.h"
#include "collectors/linux/shared/evidence_file.h"
#include "collectors/linux/shared/text_lines.h"
#include "collectors/linux/systemd/activation.h"
#include "collectors/linux/systemd/schema.h"

namespace konseki {
namespace {

constexpr std::string_view kServiceTechnique = "T1543.002";
constexpr std::string_view kTimerTechnique = "T1053.006";

constexpr auto kCommands =
    std::to_array<std::string_view>({"ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost",
                                     "ExecReload", "ExecStop", "ExecStopPre", "ExecStopPost"});

// The section in which a unit of this type keeps commands.
std::string_view command_section(std::string_view type) {
  if (type == "service") return "Service";
  if (type == "socket") return "Socket";
  return {};
}

std::string joined(const std::vector<std::string>& texts, std::string_view separator) {
  std::string out;
  for (const std::string& text : texts) {
    if (!out.empty()) out += separator;
    out += text;
  }
  return out;
}

// Without systemd's own prefixes, systemd.service(5) "SPECIAL EXECUTABLE PREFIXES".
std::string_view without_prefix(std::string_view command) {
  while (!command.empty() &&
         std::string_view("@-:+!|").find(command.front()) != std::string_view::npos) {
    command.remove_prefix(1);
  }
  return trim_left(command);
}

// '+' among the prefixes: User= does not count.
bool has_full_privileges(std::string_view command) {
  const std::string_view rest = without_prefix(command);
  return command.substr(0, command.size() - rest.size()).find('+') != std::string_view::npos;
}

struct Command {
  std::string_view key;
  UnitValue value;
};

class Emitter {
 public:
  Emitter(const Units& units, const UnitScope& scope, const RecordEmitter& emit)
      : units_(units), scope_(scope), emit_(emit), activation_(units) {}

  void run() {
    for (const auto& [name, unit] : units_) {
      if (!scope_.home.empty() && !has_part_of_home(unit)) continue;
      emit_unit(unit);
      if (!unit.masked() && !is_template(name)) emit_persistence(unit);
    }
  }

 private:
  bool has_part_of_home(const Unit& unit) const {
    const auto of_home = [&](const UnitPiece* piece) { return piece->place.home == scope_.home; };
    const auto pieces = unit.pieces();
    return (unit.file != nullptr && of_home(unit.file)) ||
           std::any_of(pieces.begin(), pieces.end(), of_home) ||
           std::any_of(unit.links.begin(), unit.links.end(), of_home);
  }

  static std::vector<Command> commands_of(const Unit& unit) {
    std::vector<Command> commands;
    const std::string_view section = command_section(unit_type(unit.name));
    if (section.empty()) return commands;
    for (std::string_view key : kCommands) {
      for (const UnitValue& value : unit.list(section, key)) commands.push_back({key, value});
    }
    return commands;
  }

  std::string user_of(const Unit& unit) const {
    const std::string_view section = command_section(unit_type(unit.name));
    const std::string_view user = unit.last(section, "User");
    if (!user.empty()) return std::string(user);
    if (unit.last(section, "DynamicUser") == "yes") return "dynamic";
    return scope_.user;
  }

  static std::string_view state_of(const Unit& unit) {
    if (unit.masked()) return "masked";
    if (unit.file == nullptr) return "missing";
    if (unit.content == nullptr) return "linked";
    if (is_template(unit.name)) return "template";
    return configured_state(unit);
  }

  // The word of `systemctl is-enabled`: links that packages bring along in /usr do not count.
  static std::string_view configured_state(const Unit& unit) {
    const bool configured =
        std::any_of(unit.links.begin(), unit.links.end(), [](const UnitPiece* link) {
          return !link->path.starts_with("/usr/") && !link->path.starts_with("/lib/");
        });
    if (configured) return "enabled";
    const bool installable =
        !unit.list("Install", "WantedBy").empty() || !unit.list("Install", "RequiredBy").empty() ||
        !unit.list("Install", "UpheldBy").empty() || !unit.list("Install", "Alias").empty();
    if (!installable) return "static";
    const bool by_alias = unit.links.empty() && is_enabled(unit) == true;
    return by_alias ? "enabled" : "disabled";
  }

  static std::vector<std::string> display_paths(const std::vector<const UnitPiece*>& pieces) {
    std::vector<std::string> paths;
    for (const UnitPiece* piece : pieces) paths.push_back(piece->address.path);
    return paths;
  }

  static void set_values(Record& record, std::string_view field, const Unit& unit,
                         std::string_view section, std::initializer_list<std::string_view> keys) {
    std::vector<std::string> texts;
    for (std::string_view key : keys) {
      for (const UnitValue& value : unit.list(section, key)) {
        texts.push_back(std::string(key) + "=" + std::string(value.value));
      }
    }
    set_unless_empty(record, field, std::move(texts));
  }

  void emit_unit(const Unit& unit) {
    Record record(kLinuxSystemdUnitSchema);
    const UnitPiece* first = unit.content != nullptr  ? unit.content
                             : unit.file != nullptr   ? unit.file
                             : !unit.links.empty()    ? unit.links.front()
                             : !unit.drop_ins.empty() ? unit.drop_ins.front()
                                                      : nullptr;
    if (first == nullptr) return;  // only drop-ins that are masked
    record.source = first->address;
    const std::string_view section = command_section(unit_type(unit.name));
    record.set("name", unit.name);
    record.set("scope", scope_.name);
    record.set("state", std::string(state_of(unit)));
    set_unless_empty(record, "description", unit.last("Unit", "Description"));
    if (unit.file != nullptr) record.set("file", unit.file->address.path);
    if (unit.file != nullptr && unit.file->link) record.set("link_target", *unit.file->link);
    set_unless_empty(record, "drop_ins", display_paths(unit.drop_ins));
    set_unless_empty(record, "overrides", display_paths(unit.shadowed));
    set_unless_empty(record, "aliases", unit.aliases);
    set_unless_empty(record, "service_type", unit.last("Service", "Type"));
    std::vector<std::string> commands;
    for (const Command& command : commands_of(unit)) {
      commands.push_back(std::string(command.key) + "=" + std::string(command.value.value));
    }
    if (!commands.empty()) record.set("user", user_of(unit));
    set_unless_empty(record, "commands", std::move(commands));
    set_values(record, "environment", unit, section, {"Environment", "EnvironmentFile"});
    set_unless_empty(record, "conditions", own_conditions(unit));
    set_unless_empty(record, "activates", activated_unit(unit));
    set_unless_empty(record, "triggers", activation_.triggers_of(unit));
    set_values(record, "install", unit, "Install",
               {"WantedBy", "RequiredBy", "UpheldBy", "Alias", "Also", "DefaultInstance"});
    std::vector<std::string> remarks;
    for (const UnitPiece* piece : unit.pieces()) {
      for (const std::string& remark : piece->text.remarks) {
        remarks.push_back(piece->address.path + ": " + remark);
      }
      add_note(record, *piece);
    }
    set_unless_empty(record, "remarks", std::move(remarks));
    emit_(std::move(record));
  }

  static void add_note(Record& record, const UnitPiece& piece) {
    std::string note = piece.text.problem;
    if (piece.cut) note = "the file goes on beyond what was read";
    if (note.empty()) return;
    record.status = ParseStatus::kPartial;
    if (!record.note.empty()) record.note += "; ";
    record.note += piece.address.path + ": " + note;
  }

  // Where the command lies: the piece's own location and times.
  static PersistenceEntry entry_of(const Unit& unit, const UnitPiece& piece,
                                   std::string_view mechanism, std::string_view technique) {
    PersistenceEntry entry = piece.stem;
    entry.mechanism = mechanism;
    entry.technique = technique;
    entry.name = unit.name;
    return entry;
  }

  void emit_entry(const PersistenceEntry& entry, const UnitPiece& piece) {
    Record record = entry.to_record();
    record.source = piece.address;
    emit_(std::move(record));
  }

  std::string target_of(std::string_view command) const {
    std::string text(without_prefix(command));
    if (!scope_.home.empty() && !scope_.home.starts_with("/run/")) {
      for (std::size_t at = text.find("%h"); at != std::string::npos; at = text.find("%h", at)) {
        text.replace(at, 2, scope_.home);
        at += scope_.home.size();
      }
    }
    const std::string target = command_target(text);
    return target.empty() ? target : scope_.prefix + target;
  }

  void emit_persistence(const Unit& unit) {
    const std::string_view type = unit_type(unit.name);
    const std::string mechanism = "linux.systemd_" + std::string(type);
    const std::string triggers = joined(activation_.triggers_of(unit), "; ");
    for (const Command& command : commands_of(unit)) {
      PersistenceEntry entry = entry_of(unit, *command.value.piece, mechanism, kServiceTechnique);
      entry.command = command.value.value;
      entry.target = target_of(command.value.value);
      entry.user = has_full_privileges(command.value.value) ? "root" : user_of(unit);
      entry.trigger = triggers;
      if (command.key != "ExecStart") {
        entry.trigger = std::string(command.key) + (triggers.empty() ? "" : "; ") + triggers;
      }
      entry.enabled = activation_.starts_by_itself(unit);
      emit_entry(entry, *command.value.piece);
    }
    if (!activated_unit(unit).empty()) emit_activator(unit, mechanism);
    if (unit.file != nullptr && unit.content == nullptr) emit_linked(unit, mechanism, triggers);
  }

  // A timer, socket or path unit: what runs is the service's command.
  void emit_activator(const Unit& unit, const std::string& mechanism) {
    const UnitPiece* piece = unit.content != nullptr ? unit.content : unit.file;
    if (piece == nullptr && !unit.drop_ins.empty()) piece = unit.drop_ins.front();
    if (piece == nullptr) return;
    const bool timer = unit_type(unit.name) == "timer";
    PersistenceEntry entry =
        entry_of(unit, *piece, mechanism, timer ? kTimerTechnique : kServiceTechnique);
    const std::string name = activated_unit(unit);
    entry.user = scope_.user;
    auto service = units_.find(name);
    if (service == units_.end()) service = units_.find(template_of(name));
    if (service != units_.end() && !service->second.masked()) {
      std::vector<std::string> commands;
      for (const UnitValue& value : service->second.list("Service", "ExecStart")) {
        commands.emplace_back(value.value);
      }
      entry.command = joined(commands, "\n");
      if (!commands.empty()) entry.target = target_of(commands.front());
      entry.user = user_of(service->second);
    }
    std::vector<std::string> parts = own_conditions(unit);
    parts.push_back("starts " + name);
    entry.trigger = joined(parts, "; ");
    entry.enabled = is_enabled(unit);
    emit_entry(entry, *piece);
  }

  // The unit file is a link to where nothing was read.
  void emit_linked(const Unit& unit, const std::string& mechanism, const std::string& triggers) {
    if (!unit.file->link) return;
    PersistenceEntry entry = entry_of(unit, *unit.file, mechanism, kServiceTechnique);
    entry.target = scope_.prefix + *unit.file->link;
    entry.user = scope_.user;
    entry.trigger = triggers;
    entry.enabled = is_enabled(unit);
    emit_entry(entry, *unit.file);
  }

  const Units& units_;
  const UnitScope& scope_;
  const RecordEmitter& emit_;
  Activation activation_;
};

}  // namespace

void emit_units(const Units& units, const UnitScope& scope, const RecordEmitter& emit) {
  Emitter(units, scope, emit).run();
}

}  // namespace konseki
