#include "agent/pipeline/target_stage.h"

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"
#include "agent/pipeline/volume_set.h"
#include "collectors/linux/dpkg/package_database.h"

namespace konseki {
namespace {

// Places where the operating system keeps its own programs: found there, a target is digested,
// not collected, unless the package database speaks against it.
bool is_system_place(std::string_view display_path) {
  constexpr auto kPlaces = std::to_array<std::string_view>({
      "/usr/bin/",
      "/usr/sbin/",
      "/usr/lib/",
      "/usr/lib64/",
      "/usr/libexec/",
      "/usr/share/",
      "/bin/",
      "/sbin/",
      "/lib/",
      "/lib64/",
      "/windows/",
      "/program files/",
      "/program files (x86)/",
  });
  std::string folded = fold_case(display_path);
  if (folded.size() > 2 && folded[1] == ':') folded.erase(0, 2);
  if (folded.starts_with("$vss$/")) folded.erase(0, std::min(folded.find('/', 6), folded.size()));
  return std::any_of(kPlaces.begin(), kPlaces.end(),
                     [&](std::string_view place) { return folded.starts_with(place); });
}

}  // namespace

void TargetStage::note(const FileRow& row) {
  if (!row.digests || !row.stream.empty()) return;
  read_[std::string(row.path)] = {*row.digests, row.size, row.entry->times.modified};
}

std::string TargetStage::place_of(const Record& record, const std::string& target) const {
  const VolumeDetail* copy = find_snapshot(source_.details(), record.source.volume);
  if (copy == nullptr) return target;
  const std::string prefix = copy->snapshot_of + "/";
  if (fold_case(target.substr(0, prefix.size())) != fold_case(prefix)) return target;
  return copy->mount + target.substr(prefix.size() - 1);
}

TargetStage::Target TargetStage::find(const std::string& target) {
  // No system has such a name; sources would disagree on whether that is an error.
  if (target.find('\0') != std::string::npos) return {{}, "missing", nullptr, {}};
  auto found = follow_links(source_.file_systems(), target);
  if (!found) {
    const bool missing = found.error().code == ErrorCode::kNotFound;
    return {{}, missing ? "missing" : "not_checked", nullptr, {}};
  }
  auto& [file_system, entry] = *found;
  std::string display = file_system->info().display_path(entry.path);
  return {std::move(display), "present", file_system, std::move(entry)};
}

Result<void> TargetStage::read(const Target& target, FileAction action) {
  FileTask task;
  task.file_system = target.file_system;
  task.entry = target.entry;
  task.size = target.entry.size;
  task.artifacts = {"KonsekiPersistenceTarget"};
  task.action = action;
  task.again = read_.contains(target.display_path);
  seen_.insert(target.display_path, {});
  return stage_.submit(std::move(task));
}

// Whether the digest that is known now speaks for taking a copy after all.
bool TargetStage::needs_collecting(const Target& target) const {
  auto facts = read_.find(target.display_path);
  if (!packages_ || facts == read_.end()) return false;
  const PackageState state =
      packages_->lookup(target.display_path, facts->second.digests.md5).state;
  return state == PackageState::kChanged || state == PackageState::kNobody;
}

void TargetStage::complete(Record& record, const Target& target) const {
  record.set("target_state", target.state);
  if (target.display_path.empty()) return;
  // A directory's size is the file system's own affair and no fact about the target.
  if (target.entry.type == FileType::kRegular) record.set("target_size", target.entry.size);
  if (target.entry.times.modified) record.set("target_modified", *target.entry.times.modified);
  auto facts = read_.find(target.display_path);
  if (facts == read_.end()) return;
  record.set("target_sha256", to_hex(facts->second.digests.sha256));
  if (!packages_) return;
  const PackageDatabase::Answer verdict =
      packages_->lookup(target.display_path, facts->second.digests.md5);
  if (!verdict.package.empty()) record.set("target_package", std::string(verdict.package));
  record.set("target_package_state", std::string(package_state_name(verdict.state)));
}

// Reads and digests without the stage: no row, no copy. What cannot be read stays without digest.
void TargetStage::digest(const Target& target) {
  if (target.entry.type != FileType::kRegular || target.entry.cloud_placeholder) return;
  auto reader = target.file_system->open(target.entry);
  if (!reader) return;
  DigestPass pass;
  std::vector<std::byte> buffer(1 << 20);
  std::uint64_t at = 0;
  while (true) {
    auto count = (*reader)->read_at(at, buffer);
    if (!count) return;
    if (*count == 0) break;
    pass.update(std::span(buffer).first(*count));
    at += *count;
  }
  read_[target.display_path] = {pass.finish(), at, target.entry.times.modified};
}

Result<void> TargetStage::read_targets(const std::map<std::string, Target>& targets) {
  std::vector<const Target*> digested;
  for (const auto& [name, target] : targets) {
    if (target.entry.type != FileType::kRegular || read_.contains(target.display_path)) continue;
    if (seen_.contains(target.display_path, {})) {  // its row is written, but it was not read
      digest(target);
      continue;
    }
    const bool trusted_place = is_system_place(target.display_path);
    if (trusted_place) digested.push_back(&target);
    KONSEKI_TRY(read(target, trusted_place ? FileAction::kDigest : FileAction::kCollect));
  }
  KONSEKI_TRY(stage_.drain());
  for (const Target* target : digested) {
    if (needs_collecting(*target)) KONSEKI_TRY(read(*target, FileAction::kCollect));
  }
  KONSEKI_TRY(stage_.drain());
  return {};
}

Result<void> TargetStage::run(RecordStage& records, bool digest_only) {
  std::vector<Record> held = records.take_held();
  std::map<std::string, Target> targets;
  for (const Record& record : held) {
    const auto* target = std::get_if<std::string>(&record.get("target"));
    if (!target || target->empty()) continue;
    const std::string place = place_of(record, *target);
    if (!targets.contains(place)) targets.emplace(place, find(place));
  }
  if (digest_only) {
    for (const auto& [name, target] : targets) digest(target);
  } else {
    KONSEKI_TRY(read_targets(targets));
  }
  for (Record& record : held) {
    const auto* target = std::get_if<std::string>(&record.get("target"));
    if (target && !target->empty()) complete(record, targets.at(place_of(record, *target)));
    KONSEKI_TRY(records.write(record));
  }
  return {};
}

}  // namespace konseki
