#include "collectors/linux/systemd/activation.h"

#include <algorithm>
#include <array>

#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

struct ActivatorType {
  std::string_view type;
  std::string_view section;
  std::string_view unit_key;
};

constexpr auto kActivators = std::to_array<ActivatorType>(
    {{"timer", "Timer", "Unit"}, {"socket", "Socket", "Service"}, {"path", "Path", "Unit"}});

constexpr auto kConditions = std::to_array<std::string_view>({"OnActiveSec",
                                                              "OnBootSec",
                                                              "OnStartupSec",
                                                              "OnUnitActiveSec",
                                                              "OnUnitInactiveSec",
                                                              "OnCalendar",
                                                              "OnClockChange",
                                                              "OnTimezoneChange",
                                                              "ListenStream",
                                                              "ListenDatagram",
                                                              "ListenSequentialPacket",
                                                              "ListenFIFO",
                                                              "ListenSpecial",
                                                              "ListenNetlink",
                                                              "ListenMessageQueue",
                                                              "ListenUSBFunction",
                                                              "PathExists",
                                                              "PathExistsGlob",
                                                              "PathChanged",
                                                              "PathModified",
                                                              "DirectoryNotEmpty"});

constexpr auto kDependencies = std::to_array<std::string_view>(
    {"Wants", "Requires", "BindsTo", "Upholds", "OnFailure", "OnSuccess"});

constexpr auto kInstall =
    std::to_array<std::string_view>({"WantedBy", "RequiredBy", "UpheldBy", "Alias"});

constexpr std::size_t kMaxDependants = 8;  // in a trigger text; the rest is counted

const ActivatorType* activator_type(const Unit& unit) {
  const std::string_view type = unit_type(unit.name);
  const auto found = std::find_if(kActivators.begin(), kActivators.end(),
                                  [&](const auto& known) { return known.type == type; });
  return found == kActivators.end() ? nullptr : &*found;
}

std::string joined(const std::vector<std::string>& texts, std::string_view separator) {
  std::string out;
  for (const std::string& text : texts) {
    if (!out.empty()) out += separator;
    out += text;
  }
  return out;
}

}  // namespace

std::string activated_unit(const Unit& unit) {
  const ActivatorType* type = activator_type(unit);
  if (type == nullptr) return {};
  const std::string_view named = unit.last(type->section, type->unit_key);
  if (!named.empty()) return std::string(named);
  const std::string stem = unit.name.substr(0, unit.name.rfind('.'));
  const bool accepts = type->type == "socket" && unit.last("Socket", "Accept") == "yes";
  return stem + (accepts ? "@.service" : ".service");
}

std::vector<std::string> own_conditions(const Unit& unit) {
  std::vector<std::string> conditions;
  const ActivatorType* type = activator_type(unit);
  if (type == nullptr) return conditions;
  for (std::string_view key : kConditions) {
    for (const UnitValue& value : unit.list(type->section, key)) {
      conditions.push_back(std::string(key) + "=" + std::string(value.value));
    }
  }
  return conditions;
}

std::optional<bool> is_enabled(const Unit& unit) {
  if (unit.masked()) return false;
  if (!unit.links.empty()) return true;
  bool installable = false;
  for (std::string_view key : kInstall) {
    for (const UnitValue& value : unit.list("Install", key)) {
      installable = true;
      if (key != "Alias") continue;
      const auto& aliases = unit.aliases;
      if (std::find(aliases.begin(), aliases.end(), value.value) != aliases.end()) return true;
    }
  }
  if (installable) return false;
  return std::nullopt;
}

Activation::Activation(const Units& units) {
  for (const auto& [name, unit] : units) {
    if (unit.masked()) continue;
    const std::string target = activated_unit(unit);
    if (!target.empty()) activators_[target].push_back(&unit);
    for (std::string_view key : kDependencies) {
      for (const UnitValue& value : unit.list("Unit", key)) {
        for (std::string_view other : split(value.value, ' ')) {
          if (unit_type(other).empty()) continue;
          dependants_[std::string(other)].push_back(name + " (" + std::string(key) + "=)");
        }
      }
    }
  }
}

std::vector<std::string> Activation::triggers_of(const Unit& unit) const {
  std::vector<std::string> triggers;
  std::vector<std::string> names{unit.name};
  names.insert(names.end(), unit.aliases.begin(), unit.aliases.end());
  if (const std::string generic = template_of(unit.name); !generic.empty()) {
    names.push_back(generic);
  }
  for (const UnitPiece* link : unit.links) {
    const bool required = link->place.relation == "requires";
    triggers.push_back((required ? "required by " : "wanted by ") + link->place.owner);
  }
  for (const std::string& name : names) {
    if (const auto found = activators_.find(name); found != activators_.end()) {
      for (const Unit* activator : found->second) {
        std::string text(unit_type(activator->name));
        text += " " + activator->name;
        const std::string conditions = joined(own_conditions(*activator), ", ");
        if (!conditions.empty()) text += ": " + conditions;
        if (is_enabled(*activator) == false) text += " (not enabled)";
        triggers.push_back(std::move(text));
      }
    }
    if (const auto found = dependants_.find(name); found != dependants_.end()) {
      const std::size_t shown = std::min(found->second.size(), kMaxDependants);
      for (std::size_t i = 0; i < shown; ++i) {
        triggers.push_back("wanted by " + found->second[i]);
      }
      const std::size_t more = found->second.size() - shown;
      if (more > 0) triggers.push_back("wanted by " + std::to_string(more) + " more units");
    }
  }
  const std::string_view bus = unit.last("Service", "BusName");
  if (!bus.empty()) triggers.push_back("D-Bus " + std::string(bus));
  if (is_enabled(unit) == false && !unit.masked()) {
    for (std::string_view key : kInstall) {
      for (const UnitValue& value : unit.list("Install", key)) {
        triggers.push_back("when enabled: " + std::string(key) + "=" + std::string(value.value));
      }
    }
  }
  std::sort(triggers.begin(), triggers.end());
  triggers.erase(std::unique(triggers.begin(), triggers.end()), triggers.end());
  return triggers;
}

std::optional<bool> Activation::starts_by_itself(const Unit& unit) const {
  const std::optional<bool> enabled = is_enabled(unit);
  if (unit.masked() || enabled == true) return enabled;
  for (const std::string& name : {unit.name, template_of(unit.name)}) {
    const auto found = activators_.find(name);
    if (found == activators_.end()) continue;
    for (const Unit* activator : found->second) {
      if (is_enabled(*activator) == true) return true;
    }
  }
  return enabled;
}

}  // namespace konseki
