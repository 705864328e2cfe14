#include "agent/cli/collect_plan.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "agent/cli/bundle_file.h"
#include "agent/cli/definition_files.h"
#include "agent/cli/kit_folder.h"

namespace konseki {
namespace {

// Paths given by hand become one more definition, so that they are found by the same walk.
std::string include_definition(const std::vector<std::string>& globs) {
  std::string text =
      "name: CommandLine\ndoc: Paths given on the command line.\nsources:\n"
      "- type: FILE\n  attributes:\n    paths:\n";
  for (const std::string& glob : globs) {
    std::string quoted;
    for (const char c : glob) quoted += c == '\'' ? "''" : std::string(1, c);
    text += "    - '" + quoted + "'\n";
  }
  return text;
}

}  // namespace

void CollectPlan::load_embedded() {
  if (embedded_.valid()) definitions_ = embedded_.get();
}

SnapshotChoice CollectPlan::snapshots() {
  if (settings_.snapshots) return *settings_.snapshots;
  load_embedded();
  const ProfileSet profiles = embedded_profiles(definitions_);
  const Profile* profile = profiles.find(settings_.profile);
  return profile ? profile->snapshots : SnapshotChoice::kNone;
}

Result<CollectionRequest> CollectPlan::make(Source& source, Observer& observer) {
  KONSEKI_TRY(read_definitions(observer));
  CollectionRequest request;
  KONSEKI_ASSIGN(request.profile, choose_profile());
  knowledge_ = build_knowledge_base(source);
  request.limits = limits_of(request.profile);
  request.files = files_of(request.profile, source, observer);
  request.definitions = &definitions_;
  request.knowledge = &knowledge_;
  request.include_environment = settings_.environment;
  request.scan_processes = settings_.scan_processes;
  request.command_time = settings_.command_time;
  request.evidence = settings_.source.empty() ? "live" : base_name(settings_.source);
  return request;
}

Result<void> CollectPlan::read_definitions(Observer& observer) {
  KONSEKI_ASSIGN(DefinitionFiles files, read_definition_files(settings_.definition_paths));
  if (!settings_.kit.empty()) {
    KONSEKI_ASSIGN(auto members, read_kit_members(settings_.kit, kKitDefinitions));
    for (KitMember& member : members) files.add(member.name, std::move(member.content));
  }
  load_embedded();
  std::vector<NamedText> texts = files.texts();
  const std::string include = include_definition(settings_.include);
  if (!settings_.include.empty()) texts.push_back({"command line", include});
  definitions_.add(texts);
  for (const DefinitionProblem& problem : definitions_.problems()) {
    if (problem.level != DefinitionProblem::Level::kError || !files.holds(problem.file)) continue;
    observer.warned({problem.describe(Language::kEnglish), problem.describe(Language::kJapanese)});
  }
  return {};
}

// With the artifacts that were asked for by hand.
Result<Profile> CollectPlan::choose_profile() {
  ProfileSet profiles;
  if (settings_.profile == kNoProfile) {
    profiles.profiles.emplace_back().name = kNoProfile;
  } else {
    profiles = embedded_profiles(definitions_);
  }
  const Profile* found = profiles.find(settings_.profile);
  if (!found) {
    return fail(ErrorCode::kInvalidArgument, "--profile " + settings_.profile,
                {"See: konseki list profiles", "一覧は konseki list profiles で確認できます"});
  }
  Profile profile = *found;
  for (const std::string& name : settings_.artifacts) {
    if (!definitions_.find(name)) {
      return fail(ErrorCode::kInvalidArgument, "--artifact " + name,
                  {"See: konseki list artifacts", "一覧は konseki list artifacts で確認できます"});
    }
    profile.artifacts.push_back(name);
  }
  if (!settings_.include.empty()) profile.artifacts.emplace_back("CommandLine");
  return profile;
}

// What was asked by hand counts before what the profile says.
Limits CollectPlan::limits_of(const Profile& profile) const {
  Limits limits = settings_.limits;
  if (settings_.max_file_size) {
    limits.max_file_size = *settings_.max_file_size;
  } else if (profile.limits.max_file_size > 0) {
    limits.max_file_size = profile.limits.max_file_size;
  }
  if (!limits.max_total_size && profile.limits.max_total_size > 0) {
    limits.max_total_size = profile.limits.max_total_size;
  }
  if (!limits.max_time && profile.limits.max_seconds > 0) {
    limits.max_time = std::chrono::seconds(profile.limits.max_seconds);
  }
  return limits;
}

FilesMode CollectPlan::files_of(const Profile& profile, const Source& source,
                                Observer& observer) const {
  if (settings_.files) return *settings_.files;
  if (profile.listing == Profile::Listing::kAll) {
    return profile.digests == Profile::DigestScope::kAll ? FilesMode::kDigest : FilesMode::kList;
  }
  if (settings_.profile == kNoProfile || !is_loose_folder(source)) return FilesMode::kNone;
  observer.warned(
      {"This folder holds no system; all of its files are read and matched.",
       "このフォルダーにはシステムがないため、すべてのファイルを読み取って照合します。"});
  return FilesMode::kDigest;
}

// Somebody's folder of files: no definition of a system's artifacts would find anything in it.
bool CollectPlan::is_loose_folder(const Source& source) const {
  return source.info().kind == SourceKind::kDirectory && source.info().format == "tree" &&
         knowledge_.host.os == OperatingSystem::kUnknown;
}

}  // namespace konseki
