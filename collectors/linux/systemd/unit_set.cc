#include "collectors/linux/systemd/unit_set.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace konseki {
namespace {

using Pieces = std::vector<const UnitPiece*>;

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// The folders, without ".d", whose drop-ins apply to `name`, most specific first:
// foo-bar@x.service: itself, foo-bar@.service, foo-.service, service.
std::vector<std::string> drop_in_owners(const std::string& name) {
  std::vector<std::string> owners{name};
  const std::string generic = template_of(name);
  if (!generic.empty()) owners.push_back(generic);
  const std::string_view type = unit_type(name);
  if (type.empty()) return owners;
  std::string_view stem = std::string_view(name).substr(0, name.size() - type.size() - 1);
  stem = stem.substr(0, stem.find('@'));
  for (std::size_t dash = stem.rfind('-'); dash != std::string_view::npos && dash > 0;
       dash = stem.rfind('-', dash - 1)) {
    owners.push_back(std::string(stem.substr(0, dash + 1)) + "." + std::string(type));
  }
  owners.emplace_back(type);
  return owners;
}

class Loader {
 public:
  explicit Loader(const Pieces& pieces) {
    for (const UnitPiece* piece : pieces) {
      by_path_[piece->path] = piece;
      switch (piece->place.kind) {
        case UnitPieceKind::kFragment:
          fragments_[piece->place.unit].push_back(piece);
          break;
        case UnitPieceKind::kDropIn:
          drop_ins_[piece->place.unit].push_back(piece);
          break;
        case UnitPieceKind::kLink:
          links_.push_back(piece);
          break;
        default:
          break;
      }
    }
  }

  Units run() {
    find_aliases();
    for (const auto& [name, files] : fragments_) {
      // Links in a circle are units too: broken ones.
      if (!alias_.contains(name) || alias_.contains(resolved(name))) unit(name);
    }
    for (const UnitPiece* link : links_) unit(resolved(link->place.unit)).links.push_back(link);
    for (const auto& [owner, files] : drop_ins_) {
      const bool for_one = !unit_type(owner).empty() && owner.find("-.") == std::string::npos;
      if (for_one) unit(resolved(owner));
    }
    for (const auto& [name, target] : alias_) {
      if (auto found = units_.find(resolved(name)); found != units_.end()) {
        found->second.aliases.push_back(name);
      }
    }
    for (auto& [name, loaded] : units_) apply_drop_ins(loaded);
    return std::move(units_);
  }

 private:
  // A fragment that is a link to a unit of another name makes its name an alias of that.
  void find_aliases() {
    for (const auto& [name, files] : fragments_) {
      const UnitPiece& best = *files.front();
      if (!best.link || best.masks()) continue;
      const std::string target(base_name(*best.link));
      const bool known = fragments_.contains(target) || by_path_.contains(*best.link);
      if (target != name && known && template_of(name) != target) alias_[name] = target;
    }
  }

  std::string resolved(const std::string& name) const {
    std::string at = name;
    for (int step = 0; step < 8; ++step) {
      const auto found = alias_.find(at);
      if (found == alias_.end()) break;
      at = found->second;
    }
    return at;
  }

  Unit& unit(const std::string& name) {
    auto [found, fresh] = units_.try_emplace(name);
    if (!fresh) return found->second;
    Unit& loaded = found->second;
    loaded.name = name;
    auto files = fragments_.find(name);
    if (files == fragments_.end()) files = fragments_.find(template_of(name));
    if (files == fragments_.end()) return loaded;
    loaded.file = files->second.front();
    loaded.content = content_of(*loaded.file);
    for (const UnitPiece* other : files->second) {
      if (other != loaded.file && other != loaded.content &&
          !same_but_merge(*other, *loaded.file)) {
        loaded.shadowed.push_back(other);
      }
    }
    return loaded;
  }

  // /lib and /usr/lib are one directory on most systems.
  static bool same_but_merge(const UnitPiece& a, const UnitPiece& b) {
    return "/usr" + a.path == b.path || a.path == "/usr" + b.path;
  }

  const UnitPiece* content_of(const UnitPiece& file) const {
    const UnitPiece* at = &file;
    for (int step = 0; step < 8 && at->link; ++step) {
      if (at->masks()) return nullptr;
      auto found = by_path_.find(*at->link);
      if (found == by_path_.end() && at->link->starts_with("/lib/")) {
        found = by_path_.find("/usr" + *at->link);
      }
      if (found == by_path_.end()) return nullptr;
      at = found->second;
    }
    return at->link || at->masks() ? nullptr : at;
  }

  void apply_drop_ins(Unit& loaded) const {
    // By file name; of several with one name the first in (rank, specificity) counts.
    std::map<std::string, std::tuple<int, std::size_t, const UnitPiece*>> chosen;
    const std::vector<std::string> owners = drop_in_owners(loaded.name);
    for (std::size_t i = 0; i < owners.size(); ++i) {
      const auto found = drop_ins_.find(owners[i]);
      if (found == drop_ins_.end()) continue;
      for (const UnitPiece* piece : found->second) {
        const std::tuple candidate{piece->place.rank, i, piece};
        const auto [at, fresh] = chosen.try_emplace(piece->place.file_name, candidate);
        const auto order = [](const auto& entry) {
          return std::pair(std::get<0>(entry), std::get<1>(entry));
        };
        if (!fresh && order(candidate) < order(at->second)) at->second = candidate;
      }
    }
    for (const auto& [name, entry] : chosen) {
      const UnitPiece* piece = std::get<2>(entry);
      if (!piece->masks()) loaded.drop_ins.push_back(piece);
    }
  }

  std::map<std::string, Pieces> fragments_;  // best first
  std::map<std::string, Pieces> drop_ins_;   // by what they apply to
  Pieces links_;
  std::map<std::string, const UnitPiece*> by_path_;
  std::map<std::string, std::string> alias_;
  Units units_;
};

}  // namespace

std::vector<const UnitPiece*> Unit::pieces() const {
  std::vector<const UnitPiece*> all;
  if (content != nullptr) all.push_back(content);
  all.insert(all.end(), drop_ins.begin(), drop_ins.end());
  return all;
}

std::vector<UnitValue> Unit::list(std::string_view section, std::string_view key) const {
  std::vector<UnitValue> values;
  for (const UnitPiece* piece : pieces()) {
    for (const UnitAssignment& assignment : piece->text.assignments) {
      if (assignment.section != section || assignment.key != key) continue;
      if (assignment.value.empty()) {
        values.clear();
      } else {
        values.push_back({assignment.value, piece, assignment.line});
      }
    }
  }
  return values;
}

std::string_view Unit::last(std::string_view section, std::string_view key) const {
  const std::vector<UnitValue> values = list(section, key);
  return values.empty() ? std::string_view() : values.back().value;
}

void UnitSet::sort() {
  std::sort(pieces_.begin(), pieces_.end(), [](const UnitPiece& a, const UnitPiece& b) {
    return std::tie(a.place.rank, a.path) < std::tie(b.place.rank, b.path);
  });
}

Units UnitSet::system_units() const {
  Pieces pieces;
  for (const UnitPiece& piece : pieces_) {
    if (!piece.place.user) pieces.push_back(&piece);
  }
  return Loader(pieces).run();
}

Units UnitSet::user_units() const {
  Pieces pieces;
  for (const UnitPiece& piece : pieces_) {
    const bool outside = piece.place.kind == UnitPieceKind::kOutside;
    if (outside || (piece.place.user && piece.place.home.empty())) pieces.push_back(&piece);
  }
  return Loader(pieces).run();
}

std::vector<std::string> UnitSet::homes() const {
  std::set<std::string> found;
  for (const UnitPiece& piece : pieces_) {
    if (!piece.place.home.empty()) found.insert(piece.place.home);
  }
  return {found.begin(), found.end()};
}

Units UnitSet::home_units(const std::string& home) const {
  Pieces pieces;
  for (const UnitPiece& piece : pieces_) {
    const bool outside = piece.place.kind == UnitPieceKind::kOutside;
    const bool visible = piece.place.user && (piece.place.home.empty() || piece.place.home == home);
    if (outside || visible) pieces.push_back(&piece);
  }
  return Loader(pieces).run();
}

}  // namespace konseki
