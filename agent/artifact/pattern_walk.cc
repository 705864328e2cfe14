#include "agent/artifact/pattern_walk.h"

#include <algorithm>

#include "agent/artifact/glob.h"
#include "agent/artifact/volume_patterns.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr int kMaxLinksOnOneWay = 8;
// More names than this are cheaper to find in a listing than one by one.
constexpr std::size_t kMaxLookUps = 24;

std::string join(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty()) path += '/';
  path += name;
  return path;
}

// NTFS keeps the data of these metadata files in named streams alone; a definition that names the
// file means them. $BadClus:$Bad is not among them: it spans the whole volume and holds nothing.
bool data_is_in_streams(const Entry& entry) {
  const std::string path = fold_case(entry.path);
  return path == "$secure" || path.starts_with("$extend/");
}

// Name and size as far as the target narrows them.
bool admits(const PatternTarget& target, std::string_view name, const Entry& file) {
  if (target.expression && !target.expression->matches(name)) return false;
  return file.size >= target.min_size && (target.max_size == 0 || file.size <= target.max_size);
}

}  // namespace

Result<WalkMatches> PatternWalk::run() {
  for (std::size_t i = volumes_.size(); i-- > 0;) {
    PatternStates states = states_at_root(tries_[i], volumes_[i]->info());
    if (tries_[i].leads_on(states)) pending_.push_back({i, i, "", std::move(states), 0});
  }
  while (!pending_.empty()) {
    if (options_.stop.stop_requested()) return fail(ErrorCode::kCancelled, "resolving artifacts");
    Work work = std::move(pending_.back());
    pending_.pop_back();
    if (work.links > 0) work.states = unseen(work);
    if (!work.states.empty()) walk_directory(work);
  }
  return std::move(matches_);
}

void PatternWalk::walk_directory(const Work& work) {
  if (!options_.include_deleted) {
    const auto names = tries_[work.trie].literal_names(work.states);
    if (names && names->size() <= kMaxLookUps) return look_up(work, *names);
  }
  auto listed = volumes_[work.volume]->list(work.directory, [&](const Entry& entry) {
    see(work, entry);
    return options_.stop.stop_requested() ? WalkAction::kStop : WalkAction::kContinue;
  });
  if (!listed) gap(work.volume, work.directory, listed.error());
}

void PatternWalk::look_up(const Work& work, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::string path = join(work.directory, name);
    auto entry = volumes_[work.volume]->stat(path);
    if (entry) {
      see(work, *entry);
    } else if (entry.error().code == ErrorCode::kPermissionDenied) {
      // The directory refuses; it would refuse the other names just so.
      return gap(work.volume, work.directory, entry.error());
    } else {
      gap(work.volume, path, entry.error());
    }
  }
}

void PatternWalk::see(const Work& work, const Entry& entry) {
  const PatternTrie& trie = tries_[work.trie];
  const PatternStates states = trie.case_blind()
                                   ? trie.advance(work.states, fold_case(entry.name()))
                                   : trie.advance(work.states, entry.name());
  if (states.empty()) return;
  if (entry.allocation != Allocation::kAllocated) {
    if (options_.include_deleted) match(work, entry, states);
    return;
  }
  match(work, entry, states);
  if (is_link(entry)) {
    follow(work, entry, states);
  } else if (entry.type == FileType::kDirectory && trie.leads_on(states)) {
    pending_.push_back({work.trie, work.volume, entry.path, states, work.links});
  }
}

void PatternWalk::follow(const Work& work, const Entry& link, const PatternStates& states) {
  if (work.links >= kMaxLinksOnOneWay) {
    return gap(work.volume, link.path,
               Error{ErrorCode::kLimitExceeded, "too many links on one way", {}});
  }
  const auto target = links_.follow(work.volume, link);
  if (!target || target->entry.allocation != Allocation::kAllocated) return;
  const PatternTrie& trie = tries_[work.trie];
  PatternStates onward = trie.without_globstars(states);
  if (target->entry.type == FileType::kRegular) {
    trie.for_each_target(onward, [&](const PatternTarget& wanted) {
      if (wanted.stream.empty() && admits(wanted, link.name(), target->entry)) {
        add(target->volume, target->entry, "", wanted, wanted.content);
      }
    });
  } else if (target->entry.type == FileType::kDirectory) {
    if (trie.leads_on(onward)) {
      pending_.push_back(
          {work.trie, target->volume, target->entry.path, std::move(onward), work.links + 1});
    }
  }
}

PatternStates PatternWalk::unseen(const Work& work) {
  auto& reached = reached_[{work.trie, work.volume, work.directory}];
  PatternStates fresh;
  for (const PatternState& state : work.states) {
    auto [known, added] = reached.emplace(state.node, state.levels_left);
    if (!added && known->second >= state.levels_left) continue;
    known->second = state.levels_left;
    fresh.push_back(state);
  }
  return fresh;
}

void PatternWalk::match(const Work& work, const Entry& entry, const PatternStates& states) {
  tries_[work.trie].for_each_target(states, [&](const PatternTarget& target) {
    if (!target.stream.empty()) {
      for (const StreamInfo& stream : entry.streams) {
        if (glob_matches(target.stream, fold_case(stream.name))) {
          add(work.volume, entry, stream.name, target, target.content);
        }
      }
      return;
    }
    if (target.content && entry.type == FileType::kRegular) {
      if (!admits(target, entry.name(), entry)) return;
      add(work.volume, entry, "", target, true);
      if (!data_is_in_streams(entry)) return;
      for (const StreamInfo& stream : entry.streams) {
        add(work.volume, entry, stream.name, target, true);
      }
    } else if (!target.content || target.exact || entry.type != FileType::kDirectory) {
      // A FILE pattern with wild cards does not ask for the folders among its matches.
      if (!target.expression || target.expression->matches(entry.name())) {
        add(work.volume, entry, "", target, false);
      }
    }
  });
}

void PatternWalk::add(std::size_t volume, const Entry& entry, const std::string& stream,
                      const PatternTarget& target, bool content) {
  auto [found, fresh] =
      matches_.try_emplace(WalkKey{volume, entry.path, stream, entry.inode, entry.sequence});
  WalkMatch& match = found->second;
  if (fresh) match.entry = entry;
  match.content = match.content || content;
  const bool small = target.max_size == 0 || entry.size <= target.max_size;
  match.digest = match.digest || (target.digest && small && entry.type == FileType::kRegular);
  match.artifacts.insert(target.artifact);
}

void PatternWalk::gap(std::size_t volume, std::string_view path, const Error& error) const {
  // What a pattern names need not exist.
  if (error.code == ErrorCode::kNotFound || !options_.on_gap) return;
  options_.on_gap(volumes_[volume]->info(), path, error);
}

}  // namespace konseki
