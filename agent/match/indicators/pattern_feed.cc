#include "agent/match/indicators/pattern_feed.h"

#include <utility>

namespace konseki {
namespace {

// True when `node` is an atom, or an OR of atoms alone.
bool collect_atoms(const PatternNode& node, std::vector<Atom>& out) {
  if (node.atom) {
    out.push_back(*node.atom);
    return true;
  }
  if (node.kind != PatternNode::Kind::kOr) return false;
  for (const PatternNode& child : node.children) {
    if (!collect_atoms(child, out)) return false;
  }
  return true;
}

}  // namespace

void give_tree(IndicatorInfo info, const PatternNode& root, const FeedOptions& options,
               IndicatorSink& sink) {
  std::vector<Atom> atoms;
  if (options.atoms && collect_atoms(root, atoms)) {
    sink.take(std::move(info), std::move(atoms));
    return;
  }
  auto pattern = pattern_of_tree(root);
  if (!pattern) {
    sink.refuse(std::move(info), std::move(pattern.error().detail),
                std::move(pattern.error().advice));
    return;
  }
  if (options.atoms) {
    if (auto simple = atoms_of_pattern(*pattern)) {
      sink.take(std::move(info), *std::move(simple));
      return;
    }
  }
  sink.take(std::move(info), *std::move(pattern));
}

void give_alternatives(const IndicatorInfo& info, const PatternNode& root,
                       const FeedOptions& options, IndicatorSink& sink) {
  if (root.kind == PatternNode::Kind::kOr && !root.atom) {
    for (const PatternNode& child : root.children) {
      give_alternatives(info, child, options, sink);
    }
    return;
  }
  IndicatorInfo own = info;
  if (!root.id.empty()) own.id += "/" + root.id;
  give_tree(std::move(own), root, options, sink);
}

}  // namespace konseki
