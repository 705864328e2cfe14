#include "agent/artifact/volume_patterns.h"

#include <algorithm>
#include <vector>

#include "agent/artifact/evidence_links.h"
#include "agent/artifact/path_pattern.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

}  // namespace

std::optional<std::string> windows_pattern_on(std::string_view pattern, const VolumeInfo& volume) {
  for (std::string_view device : {"//./", "//?/",
                                  "/?"
                                  "?/"}) {
    if (pattern.starts_with(device)) pattern.remove_prefix(device.size());
  }
  if (pattern.starts_with('/')) return std::string(pattern);
  const bool drive = pattern.size() >= 2 && is_letter(pattern[0]) && pattern[1] == ':';
  if (!drive && !pattern.starts_with("$fs$/")) return std::nullopt;
  if (volume.mount.empty())
    return drive ? std::optional(std::string(pattern.substr(2))) : std::nullopt;
  const std::string& mount = volume.mount;
  if (pattern.size() < mount.size() ||
      fold_case(pattern.substr(0, mount.size())) != fold_case(mount)) {
    return std::nullopt;
  }
  const std::string_view rest = pattern.substr(mount.size());
  if (!rest.starts_with('/')) return std::nullopt;
  return std::string(rest);
}

void add_pattern(PatternTrie& trie, std::string_view pattern, const ArtifactPath& path,
                 const VolumeInfo& volume, std::uint32_t artifact, bool content) {
  std::string inside(pattern);
  PatternTarget target;
  if (has_windows_paths(volume)) {
    auto placed = windows_pattern_on(pattern, volume);
    if (!placed) return;
    inside = std::move(*placed);
    const auto colon = inside.find(':', inside.rfind('/') + 1);
    if (colon != std::string::npos) {
      target.stream = inside.substr(colon + 1);
      inside.erase(colon);
    }
  } else if (!inside.starts_with('/')) {
    return;
  }
  auto segments = split_pattern(inside);
  if (segments.empty()) return;
  target.artifact = artifact;
  target.content = content;
  target.digest = path.digest;
  target.exact = segments.back().kind == PatternSegment::Kind::kLiteral;
  target.min_size = path.min_size;
  target.max_size = path.max_size;
  if (!path.name_expression.empty()) {
    if (auto compiled = NameExpression::compile(path.name_expression)) {
      target.expression = std::move(*compiled);
    } else {
      return;  // reported when it was read
    }
  }
  trie.add(segments, target);
  if (path.recursive) {
    segments.insert(segments.end() - 1, {PatternSegment::Kind::kGlobstar, {}, kUnboundedDepth});
    trie.add(segments, target);
  }
}

PatternStates states_at_root(const PatternTrie& trie, const VolumeInfo& volume) {
  PatternStates states = trie.start();
  const bool unplaced = volume.mount.find("$fs$") != std::string::npos;
  if (has_windows_paths(volume) || unplaced) return states;
  std::string_view rest = volume.mount;
  while (!rest.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view name = rest.substr(0, slash);
    if (!name.empty())
      states = trie.advance(
          states, volume.style == PathStyle::kWindows ? fold_case(name) : std::string(name));
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
  return states;
}

}  // namespace konseki
