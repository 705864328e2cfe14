// UnitSet: the unit files of one system, merged the way systemd would load them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/linux/systemd/unit_file.h"
#include "collectors/linux/systemd/unit_place.h"
#include "konseki/persistence.h"

namespace konseki {

// One file or symlink of a unit.
struct UnitPiece {
  UnitPlace place;
  std::string path;                 // of the evidence's own system
  std::optional<std::string> link;  // symlinks: where they lead, absolute
  bool empty = false;               // no bytes: masks like a link to /dev/null
  bool cut = false;                 // the file goes on beyond what was read
  UnitText text;
  PathSpec address;
  PersistenceEntry stem;  // location and times

  bool masks() const { return link ? *link == "/dev/null" : empty; }
};

// A value with the file that holds it.
struct UnitValue {
  std::string_view value;
  const UnitPiece* piece = nullptr;
  std::uint32_t line = 0;
};

// A unit as loaded. Points into the UnitSet.
struct Unit {
  std::string name;
  const UnitPiece* file = nullptr;         // what decides: a fragment, or the link in its place
  const UnitPiece* content = nullptr;      // the fragment that is read; null when absent or masked
  std::vector<const UnitPiece*> drop_ins;  // in the order in which they apply
  std::vector<const UnitPiece*> shadowed;  // fragments of the same name that lose
  std::vector<const UnitPiece*> links;     // in .wants, .requires and .upholds folders
  std::vector<std::string> aliases;

  bool masked() const { return file != nullptr && file->masks(); }
  // All values of a list setting in order; an empty assignment drops those before it.
  std::vector<UnitValue> list(std::string_view section, std::string_view key) const;
  // The last value; empty when unset.
  std::string_view last(std::string_view section, std::string_view key) const;
  // Pieces that say something: content, then drop-ins.
  std::vector<const UnitPiece*> pieces() const;
};

// The units of one manager by name: the system's, or the users' (home empty: every user's).
using Units = std::map<std::string, Unit>;

class UnitSet {
 public:
  void add(UnitPiece&& piece) { pieces_.push_back(std::move(piece)); }
  // Call once after the last add(); puts the pieces into an order that does not depend on theirs.
  void sort();

  Units system_units() const;
  Units user_units() const;
  std::vector<std::string> homes() const;
  // What the manager of one account sees: its own units and every user's.
  Units home_units(const std::string& home) const;

 private:
  std::vector<UnitPiece> pieces_;
};

}  // namespace konseki
